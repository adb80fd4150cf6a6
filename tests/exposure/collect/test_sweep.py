import asyncio
import contextlib
import os
import signal
from random import Random

import pytest

from rempart.exposure.collect.question import NEVER
from rempart.exposure.collect.scheduler import Limits, Scheduler, Stop
from rempart.exposure.collect.sweep import State, Sweep
from rempart.exposure.perimeter import Rates, Scope, read_perimeter
from tests.exposure.lab.namespace import Namespace

PERIMETER = """
[mandate]
by = "Direction"
on = 2000-01-01
until = 2999-12-31
contact = "https://www.valmont.example/mesure"
[[ranges]]
range = "127.0.9.0/24"
[[ranges]]
range = "fd00:77::9"
[[exclusions]]
port = 85
author = "DSI"
reason = "essai"
until = 2999-12-31
"""


@pytest.fixture(scope="module")
def network():
    with Namespace("sweep", addresses=["fd00:77::9"]) as made:
        made.filtered("127.0.9.2", but=[80, 81])
        yield made


async def swept(address: str, listening: list[int], ports: list[int], stop: Stop | None = None) -> dict[int, str]:
    for port in listening:
        await asyncio.start_server(lambda _, writer: writer.close(), address, port)
    scheduler = Scheduler(scope=Scope(read_perimeter(PERIMETER, "x")), limits=Limits(), stop=stop)
    with Sweep(scheduler, Random(7)) as sweep:  # noqa: S311 — an order is no secret
        found = await sweep.host(address, ports)
    return {"states": {port: str(state) for port, state in found.states.items()}, "tries": found.tries}


def test_open_and_closed_ports_are_told_apart(network):
    found = network.run(swept, "127.0.9.1", [80, 8042], [79, 80, 81, 8042])
    assert found["states"] == {79: "closed", 80: "open", 81: "closed", 8042: "open"}
    assert set(found["tries"].values()) == {1}


def test_a_silent_port_is_tried_twice_then_filtered(network):
    found = network.run(swept, "127.0.9.2", [80], [80, 81, 82, 83])
    assert found["states"] == {80: "open", 81: "closed", 82: "filtered", 83: "filtered"}
    assert found["tries"] == {80: 1, 81: 1, 82: 2, 83: 2}


def test_ipv6_is_swept_as_ipv6(network):
    assert network.run(swept, "fd00:77::9", [443], [443, 444])["states"] == {443: "open", 444: "closed"}


def test_ports_that_must_not_be_touched_are_not(network):
    before = network.opened()
    found = network.run(swept, "127.0.9.3", [], [84, 85, *NEVER])
    assert found["states"] == {84: "closed"}
    assert network.opened() == before + 1


def test_an_address_outside_the_perimeter_is_not_tried(network):
    before = network.opened()
    assert network.run(swept, "127.0.10.1", [], [80, 443])["states"] == {}
    assert network.opened() == before


def test_every_port_of_a_large_host_is_found(network):
    wide = list(range(1, 12_001))
    opened = wide[::60]
    states = network.run(swept, "127.0.9.4", opened, wide)["states"]
    assert sorted(port for port, state in states.items() if state == "open") == [p for p in opened if p not in NEVER]


async def stopped_by(folder) -> dict[str, object]:
    """A slow sweep that a file STOP ends."""
    limits = Limits(run=Rates(connections_per_second=20), address=Rates())
    scheduler = Scheduler(limits=limits, stop=Stop(folder))
    with Sweep(scheduler, Random(7)) as sweep:  # noqa: S311 — an order is no secret
        task = asyncio.ensure_future(sweep.host("127.0.9.5", range(1, 101)))
        await asyncio.sleep(0.3)
        (folder / "STOP").touch()
        found = await task
    return {"states": list(found.states.values()), "asked": scheduler.stop.asked}


def test_a_file_named_stop_ends_the_sweep_and_the_rest_is_unknown(network, tmp_path):
    found = network.run(stopped_by, tmp_path)
    assert found["asked"]
    assert len(found["states"]) == 100
    assert found["states"].count(State.UNKNOWN) > 50
    assert State.CLOSED in found["states"]


async def interrupted(times: int) -> tuple[bool, bool]:
    """Press Ctrl-C; tell whether the run was asked to stop, and whether it was cut."""
    stop, cut = Stop(), False
    with stop.on_interrupt(), contextlib.suppress(asyncio.CancelledError):
        cut = True
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
        cut = False
    return stop.asked, cut


@pytest.mark.parametrize(("times", "cut"), [(1, False), (2, True)])
def test_ctrl_c_once_stops_and_twice_cuts(network, times, cut):
    assert network.run(interrupted, times) == (True, cut)
