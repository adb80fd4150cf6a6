"""The logs of the night, read: text by the formats of the collection, JSON of Windows here."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson

from rempart.detection.collect.kinds import formats
from rempart.detection.collect.sources import Declarations, load
from rempart.detection.demo.night import Night
from rempart.detection.events import TIME, EventClass
from rempart.detection.logsources import source_of_channel
from rempart.detection.pack.cases import Event
from tests.detection.formats.reading import fields, read


def events(night: Night) -> Iterator[Event]:
    """Give every event of the night."""
    declared = load(night.sources)
    for path in night.logs:
        if path.parent.name == "windows":
            yield from windows(path)
        else:
            yield from exchanges(path) if path.suffix == ".jsonl" else text(path, declared)


def exchanges(path: Path) -> Iterator[Event]:
    for line in path.read_bytes().splitlines():
        told = orjson.loads(line)
        at = datetime.fromisoformat(told["timestamp"])
        yield Event(EventClass("hospital/imaging", told["operation"]), at, {k: str(v) for k, v in told.items()})


def text(path: Path, declarations: Declarations) -> Iterator[Event]:
    data = path.read_bytes()
    declared = declarations.of(str(path), data)
    name = declared.format or max(formats().values(), key=lambda one: one.recognises(data, path.name)).name
    rows, census = read(name, data, declared)
    assert (census.flawed, census.undated) == (0, 0), path
    for row in rows:
        yield Event(EventClass(row["@source"], row["@code"]), row[TIME], fields(row))


def windows(path: Path) -> Iterator[Event]:
    for line in path.read_bytes().splitlines():
        told = orjson.loads(line)
        known = told.get("winlog")
        if known is None:
            system = {"Channel": told["Channel"], "EventID": str(told["EventID"]), "Computer": told["Hostname"]}
            said = {k: str(v) for k, v in told.items()} | system | {"Provider_Name": told["SourceName"]}
        else:
            system = {"Channel": known["channel"], "EventID": known["event_id"], "Computer": known["computer_name"]}
            said = system | {"Provider_Name": known["provider_name"]} | known["event_data"]
        yield Event(
            EventClass(source_of_channel(said["Channel"]), system["EventID"]),
            datetime.fromisoformat(told["@timestamp"]),
            said,
        )
