"""The intruder of the night, and what only looks like one: told in `story.toml`, played into the log files."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.detection import pack
from rempart.detection.demo import shapes
from rempart.detection.demo.logbook import PARIS, Logbook
from rempart.measurement.text import Text


@dataclass(frozen=True)
class Step:
    """What the intruder does at a moment (hospital's time), and the identifiers of the rules that must see it."""

    at: datetime
    title: Text
    rules: tuple[str, ...]


def play(book: Logbook, evening: datetime) -> tuple[Step, ...]:
    """Write what the intruder does, and return it step by step."""
    return tuple(_played(book, evening, told) for told in _story()["step"])


def odd(book: Logbook, evening: datetime) -> Mapping[str, Text]:
    """Write what looks odd and is innocent; return, by the rules that may speak of it, what it is."""
    steps = [_played(book, evening, told) for told in _story()["odd"]]
    return {rule: step.title for step in steps for rule in step.rules}


@cache
def _story() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("story.toml").read_text(encoding="utf-8"))


def _played(book: Logbook, evening: datetime, told: Mapping[str, Any]) -> Step:
    hour, minute = map(int, told["at"].split(":"))
    at = evening.astimezone(PARIS).replace(hour=hour, minute=minute)
    at = at if at >= evening else at + timedelta(days=1)
    for event in told["event"]:
        for moment, filled in _repeated(at.astimezone(UTC), event):
            _written(book, moment, filled)
    return Step(at, Text(**told["title"]), tuple(pack.identifier(stem) for stem in told["rules"]))


def _repeated(at: datetime, event: Mapping[str, Any]) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    first = at + timedelta(seconds=event.get("after", 0))
    for n in range(1, event.get("repeat", 1) + 1):
        yield first + timedelta(seconds=event.get("every", 0) * (n - 1)), _filled(event, str(n))


def _filled(value: Any, number: str) -> Any:  # noqa: ANN401 — a tree of TOML
    if isinstance(value, str):
        return value.replace("{n}", number)
    if isinstance(value, list):
        return [_filled(part, number) for part in value]
    return {name: _filled(part, number) for name, part in value.items()} if isinstance(value, dict) else value


def _written(book: Logbook, at: datetime, event: Mapping[str, Any]) -> None:
    if "log" in event:
        book.windows(at, event["log"], event["code"], event["machine"], event["fields"])
    elif "squid" in event:
        told = event["squid"]
        shapes.squid(book, at, told["client"], (told["method"], told["url"]), (120, told["size"]))
    elif "firewall" in event:
        told = event["firewall"]
        shapes.firewall(book, at, (told["source"], told["destination"], told["port"]), told["action"], told["size"])
    elif "pacs" in event:
        book.record("pacs/pacs.jsonl", at, event["pacs"])
    elif "record" in event:
        user, own, station, patient, action, unit = event["record"]
        shapes.records(book, at, (user, own), (patient, action, unit), station)
    elif "vpn" in event:
        shapes.session(book, at, "vpn/vpn.csv", tuple(event["vpn"]))
    else:
        shapes.session(book, at, "maintenance/bastion.csv", tuple(event["maintenance"]))
