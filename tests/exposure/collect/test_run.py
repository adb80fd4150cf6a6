"""Whole runs on a small hospital in a namespace: what is asked, what is kept, what is never touched."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from rempart.exposure.collect import surveys
from rempart.exposure.collect.front_page import FrontPage
from rempart.exposure.collect.question import Load
from rempart.exposure.collect.run import Plan, Run
from rempart.exposure.perimeter import read_perimeter
from rempart.measurement.errors import InputError
from tests.exposure.collect.by_port import identify
from tests.exposure.lab import small

PERIMETER = """
resolvers = ["127.0.9.53:5353"]
[mandate]
by = "Direction"
on = 2000-01-01
until = 2999-12-31
contact = "https://www.valmont.test/mesure"
[[names]]
name = "www.valmont.test"
weight = 1.0
role = "portail"
[[names]]
name = "portail.valmont.test"
[[names]]
name = "shared.valmont.test"
[[ranges]]
range = "127.0.9.0/29"
[[exclusions]]
range = "127.0.9.3"
author = "Imagerie"
reason = "migration"
until = 2999-12-31
"""
PORTS = (22, 80, 443, 7777)
QUESTIONS = 12


@dataclass(frozen=True)
class Hello:
    """Says one line of its own."""

    number: int
    probe = "test.hello"
    version = 1
    load = Load.LOW

    @property
    def label(self):
        return f"hello {self.number}"

    async def ask(self, wire):
        await wire.open()
        await wire.send(f"hello {self.number}\n".encode())
        await wire.receive(100)


def register():
    """Give this process two surveys of its own, and no other."""
    surveys.surveys()
    registered = surveys.Registered({}, {})
    surveys._REGISTERED = registered

    @surveys.service_survey("page", wants=lambda service: service.protocol == "http")
    async def page(service, ask):
        await ask(FrontPage("Rempart"), service.endpoint, "")

    @surveys.service_survey("greeting", wants=lambda service: service.endpoint.port == small.GREETING)
    async def greeting(service, ask):
        await asyncio.gather(*(ask(Hello(number), service.endpoint, "") for number in range(QUESTIONS)))

    @surveys.service_survey("broken", wants=lambda service: service.protocol == "http")
    async def broken(service, ask):  # noqa: ARG001 — the form of a survey
        raise ZeroDivisionError("a defect of a survey")


def plan(work: Path, text: str = PERIMETER, **changes: object) -> Plan:
    made = Plan(read_perimeter(text, "perimeter.toml"), work, identify, ports=PORTS, seconds=1.0)
    return replace(made, **changes)


async def whole(work: Path, text: str = PERIMETER, *, discover: bool = False) -> dict[str, list[dict[str, object]]]:
    """Measure, and return the tables of the snapshot as rows."""
    register()
    with Run(plan(work, text)) as run:
        await run.measure(only_discover=discover)
        snapshot = run.save(work / "out.rempart")
    return {name: frame.to_dicts() for name, frame in snapshot.tables().items()}


def cut_short(work: Path, answers: int) -> int:
    """Begin a run and kill it (-9) once it kept some answers of the greeting; return how many it kept."""
    child = os.fork()
    if child == 0:
        asyncio.run(whole(work))
        os._exit(0)
    kept = 0
    while kept < answers and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.02)
        kept = sum(line.startswith("greeting") for line in (work / "log").read_text().splitlines())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return kept


@pytest.fixture
def hospital(namespace, tmp_path):
    """The small hospital, its log empty."""
    log = tmp_path / "log"
    log.touch()
    daemon = namespace.start(
        [sys.executable, "-m", "tests.exposure.lab.small", str(log)], ready=(small.HOSTS[-1], 7777)
    )
    yield lambda: Counter(log.read_text().splitlines())
    daemon.stop()


def test_a_whole_run(namespace, hospital, tmp_path):
    tables = namespace.run(whole, tmp_path)
    opened = {(row["address"], row["port"]) for row in tables["services"] if row["state"] == "open"}
    assert opened == {(host, port) for host in ("127.0.9.1", "127.0.9.2", "127.0.9.4") for port in (80, 7777)}
    asked = hospital()
    assert asked["web 127.0.9.1 www.valmont.test"] == 1
    assert asked["web 127.0.9.1 portail.valmont.test"] == 1
    assert asked["web 127.0.9.2 127.0.9.2"] == 1
    assert {asked[f"greeting 127.0.9.1 hello {number}"] for number in range(QUESTIONS)} == {1}
    assert not [line for line in asked if "127.0.9.3" in line]  # excluded
    assert not [line for line in asked if "127.0.8.1" in line]  # a name leads to the loopback: nobody's address
    assert {row["place"].partition(",")[0] for row in tables["flaws"]} == {"broken"}
    observations = pl.DataFrame(tables["observations"])
    assert observations.filter(pl.col("probe") == "test.hello")["received"].to_list() == [b"welcome\n"] * 36
    load = {(row["address"], row["port"]): row for row in tables["load"]}
    assert load["127.0.9.1", 7777]["connections"] == QUESTIONS
    assert load["127.0.9.1", 7777]["bytes_received"] == QUESTIONS * 8
    assert load["127.0.9.1", 0]["connections"] == len(PORTS)
    assets = {(row["name"], row["address"], row["distance"]) for row in tables["assets"]}
    assert ("www.valmont.test", "127.0.9.1", 0) in assets
    assert ("", "127.0.9.2", 0) in assets
    assert ("extranet.valmont.test", "", 1) in assets
    weights = {row["name"]: row["weight"] for row in tables["assets"]}
    assert weights["www.valmont.test"] == 1.0


async def breaking(endpoint, names, ask):
    """Name a service, with a defect on one port."""
    if endpoint.port == 7777:
        raise ZeroDivisionError("a defect of the identification")
    return await identify(endpoint, names, ask)


async def with_a_defect(work: Path) -> dict[str, list[dict[str, object]]]:
    register()
    with Run(plan(work, identify=breaking)) as run:
        await run.measure()
        snapshot = run.save(work / "out.rempart")
    return {name: frame.to_dicts() for name, frame in snapshot.tables().items()}


def test_a_defect_of_the_identification_costs_one_name_and_is_written_down(namespace, hospital, tmp_path):
    tables = namespace.run(with_a_defect, tmp_path)
    named = {row["port"]: row["protocol"] for row in tables["services"] if row["state"] == "open"}
    assert named == {80: "http", 7777: ""}
    assert sum(row["place"].startswith("identify, ") for row in tables["flaws"]) == 3
    assert hospital()["web 127.0.9.2 127.0.9.2"] == 1


def test_a_run_killed_at_any_moment_goes_on_and_asks_nothing_twice(namespace, hospital, tmp_path):
    text = PERIMETER + "[rates]\nat_once = 2\n"
    kept = namespace.run(cut_short, tmp_path, 8)
    assert 8 <= kept < 3 * QUESTIONS
    tables = namespace.run(whole, tmp_path)
    twice = {line: count for line, count in hospital().items() if line.startswith("greeting") and count > 1}
    assert len(twice) <= 9  # only what was on its way when it was killed: three at once on each of three hosts
    hellos = [row for row in tables["observations"] if row["probe"] == "test.hello"]
    assert len(hellos) == 3 * QUESTIONS
    assert len({(row["address"], row["question"]) for row in hellos}) == 3 * QUESTIONS
    before = hospital()
    again = namespace.run(whole, tmp_path)
    assert hospital() == before  # all is in the folder: not one question more
    assert len(again["observations"]) == len(tables["observations"])
    with pytest.raises(InputError, match="another run"):
        namespace.run(whole, tmp_path, text)


def test_discovery_lists_and_never_touches(namespace, hospital, tmp_path):
    tables = namespace.run(discovered, tmp_path)
    found = {(row["name"], row["origin"], row["distance"]) for row in tables["assets"] if row["distance"]}
    assert ("mx.autre.example", "mx", 2) in found
    assert ("_spf.fournisseur.example", "spf", 2) in found
    assert ("extranet.valmont.test", "redirect", 1) in found
    assert not [line for line in hospital() if "extranet" in line or "autre" in line or "fournisseur" in line]


async def discovered(work: Path):
    return await whole(work, discover=True)


@pytest.mark.parametrize(("on", "until"), [("2000-01-01", "2000-12-31"), ("2999-01-01", "2999-12-31")])
def test_without_a_mandate_nothing_is_sent(namespace, hospital, tmp_path, on, until):
    text = PERIMETER.replace("on = 2000-01-01", f"on = {on}").replace("until = 2999-12-31", f"until = {until}", 1)
    before = namespace.opened()
    with pytest.raises(InputError, match="no mandate"):
        namespace.run(whole, tmp_path, text)
    assert namespace.opened() == before
    assert hospital() == Counter()


def test_politeness_may_be_dropped_on_this_machine_only(tmp_path):
    with pytest.raises(InputError, match="this very machine"):
        Run(plan(tmp_path, PERIMETER.replace("127.0.9.0/29", "198.51.100.0/29"), polite=False))
