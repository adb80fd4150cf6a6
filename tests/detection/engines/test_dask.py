"""On a real cluster of processes, with a worker killed in the middle."""

import os
import signal
import sys
import threading
import time
from dataclasses import replace

import pytest
from distributed import LocalCluster

from rempart.detection.engines import dask as engine
from rempart.detection.findings import Findings
from rempart.measurement.errors import InputError
from tests.detection.engines import standin
from tests.detection.engines.same import assert_same

pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(scope="module")
def dask_cluster():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
    ) as running:
        yield running


def test_a_cluster_finds_what_threads_do(dask_cluster, work, expected):
    assert_same(engine.run(work, dask_cluster.scheduler_address), expected)


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(dask_cluster, work, expected):
    slow = replace(work, read=standin.read_slowly)
    found: list[Findings] = []
    with engine.client(dask_cluster.scheduler_address) as client:
        running = threading.Thread(target=lambda: found.append(engine.run_in(client, slow)))
        running.start()
        until = time.monotonic() + 60
        while True:
            executing = {name: calls for name, calls in client.processing().items() if calls}
            done = sum(map(len, client.has_what().values()))
            if len(executing) == 2 and done >= 4:
                break
            assert time.monotonic() < until
            time.sleep(0.02)
        victim = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
        process = client.run(os.getpid, workers=[victim])[victim]
        assert running.is_alive()
        os.kill(process, signal.SIGKILL)
        running.join()
    assert_same(found[0], expected)


def test_without_dask_the_extra_to_install_is_named(work, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"rempart\[dask\]"):
        engine.run(work, "tcp://127.0.0.1:1")


def test_a_scheduler_that_does_not_answer_is_named(work, monkeypatch):
    monkeypatch.setattr(engine, "WAIT_SECONDS", 1)
    with pytest.raises(InputError, match=r"tcp://127\.0\.0\.1:1"):
        engine.run(work, "tcp://127.0.0.1:1")
