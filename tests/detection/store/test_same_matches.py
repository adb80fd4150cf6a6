"""The kernel finds in a store what it finds in the logs."""

import lzma
import tarfile
from collections import Counter
from datetime import timedelta

import pytest

from rempart.detection import kernel
from rempart.detection.census import Census
from rempart.detection.collect.read import read as read_logs
from rempart.detection.commands.hunt import Hunt, hunt
from rempart.detection.rules.load import load
from rempart.detection.rules.reading import reading
from rempart.detection.store.adding import add
from rempart.detection.store.reading import read
from rempart.detection.store.search import search
from rempart.detection.store.text import hunted
from rempart.detection.store.upkeep import compact
from rempart.measurement.errors import InputError
from tests.detection.store.made import START, logs
from tests.shared_data import needs_data, shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"
RULES = "detection/sigmahq-rules.tar.xz"
COLUMNS = ("rule", "source", "code", "file", "offset", "length", "time", "host", "user", "address")


def found(blocks, compiled):
    told = Counter()
    for block in blocks:
        table = kernel.match(block, compiled)
        told.update(zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True))
    return told


def same(path, folder, compiled):
    wanted = reading(compiled)
    from_logs = found(read_logs([path], wanted, Census()), compiled)
    add([path], folder)
    assert found(read(folder, wanted, Census()), compiled) == from_logs
    assert found(read(folder, hunted(compiled), Census()), compiled) == from_logs
    compact(folder, Census())
    assert found(read(folder, wanted, Census()), compiled) == from_logs
    return from_logs


def test_a_search_finds_in_the_store_what_it_finds_in_the_logs(tmp_path):
    path = logs(tmp_path / "logs")
    for terms, count in (
        (["Image=*\\PROG2.exe"], 12),
        (["Image=*\\prog?.exe", "CommandLine~été [0-9]$", "@host=POSTE-1*"], 3),
        (["Image!=*"], 0),
        (["EventID!=1"], 20),
        (["été 1*"], 11),
        (["absent"], 0),
        (["Sysmon*été 3"], 6),
    ):
        folder = tmp_path / str(abs(hash(tuple(terms))))
        assert same(path, folder, search(terms)).total() == count, terms


def test_a_search_looks_in_one_source_and_one_period_only(tmp_path):
    add([logs(tmp_path / "logs")], tmp_path / "store")
    compiled = search(["Image=*"], "windows/security")
    findings = hunt(Hunt(tmp_path / "store", compiled, START, START + timedelta(hours=2)))
    assert {row["source"] for row in findings.matched.to_pylist()} == {"windows/security"}
    dated = [row["time"] for row in findings.matched.to_pylist() if row["time"]]
    assert dated
    assert all(START <= time < START + timedelta(hours=2) for time in dated)
    assert findings.census.events.total() == 11 + 6  # what is of the period, and what says no moment


@pytest.mark.parametrize("term", ["a~(", "a~(?=b)", "@none=1"])
def test_a_search_that_cannot_be_is_refused_with_the_term(term):
    with pytest.raises(InputError) as error:
        search([term])
    assert error.value.where == term


@needs_data(SAMPLE)
@needs_data(RULES)
def test_public_rules_find_in_the_store_what_they_find_in_real_logs(tmp_path):
    with tarfile.open(shared_data(RULES)) as archive:
        members = [one for one in archive if "/rules/windows/" in f"/{one.name}"]
        archive.extractall(tmp_path / "rules", members, filter="data")
    with lzma.open(shared_data(SAMPLE)) as stream:
        (tmp_path / "sample.jsonl").write_bytes(stream.read())
    assert same(tmp_path / "sample.jsonl", tmp_path / "store", load([tmp_path / "rules"])).total() > 100
