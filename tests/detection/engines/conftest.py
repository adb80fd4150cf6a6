"""The logs and the clusters that the tests of engines share."""

import lzma
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rempart.detection.collect.sources import Declarations
from rempart.detection.engines import reading, threads
from rempart.detection.engines import spark as spark_engine
from rempart.detection.engines.work import Work, cut
from rempart.detection.rules.load import load
from tests.detection.engines import standin
from tests.detection.engines.cluster import SETTINGS, cluster
from tests.shared_data import shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Path:
    """20 000 events, one JSON object a line: real ones where they are installed, else made up."""
    packed = shared_data(SAMPLE)
    path = tmp_path_factory.mktemp("otrf") / "sample.jsonl"
    if packed is None:
        path.write_bytes(standin.made_up(20_000))
        return path
    with lzma.open(packed) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


@pytest.fixture(scope="session")
def work(sample) -> Work:
    """The sample in some 16 splits, rules of every kind of engine's work."""
    compiled = load([Path(__file__).parent / "rules.yml"])
    assert not compiled.refusals
    whole = reading.on_cluster([sample], compiled)
    return replace(whole, splits=cut([sample], partial(reading.stands_alone, Declarations()), 3 << 20))


@pytest.fixture(scope="session")
def expected(work):
    """What threads find."""
    return threads.run(work)


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("spark")) as running:
        yield running


@pytest.fixture(scope="session")
def spark(spark_cluster):
    with spark_engine.session(spark_cluster.master, SETTINGS) as session:
        yield session
