"""Logs and blocks for the tests of the store."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.collect.read import read as read_logs
from rempart.detection.events import ADDRESS, FILE, HOST, LENGTH, MOMENT, OFFSET, TIME, USER, Block, EventClass, Reading
from rempart.detection.store.adding import STORED
from rempart.detection.store.reading import read

START = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
EVERYTHING = Reading({}, every_field=True)
SYSMON = EventClass("windows/sysmon", "1")


def logs(folder: Path, name: str = "poste.jsonl", count: int = 60, *, start: datetime = START) -> Path:
    """Write events of two classes, one each ten minutes; the seventh of each ten says no moment."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("wb") as stream:
        for number in range(count):
            stream.write(orjson.dumps(line(number, start)) + b"\n")
    return path


def line(number: int, start: datetime = START) -> dict[str, object]:
    moment = {"@timestamp": (start + timedelta(minutes=10 * number)).isoformat()} if number % 10 != 7 else {}
    sysmon = number % 3 != 0
    return moment | {
        "Channel": "Microsoft-Windows-Sysmon/Operational" if sysmon else "Security",
        "EventID": 1 if sysmon else 4688,
        "Hostname": f"poste-{number % 4}.valmont.example",
        "EventRecordID": number,
        "Image" if sysmon else "NewProcessName": f"C:\\Windows\\prog{number % 5}.exe",
        "CommandLine": f"prog{number % 5}.exe --été {number}",
        "Message": "a long text that repeats the fields",
    }


def rows(blocks: Iterable[Block]) -> Counter[tuple[object, ...]]:
    """Return all events of blocks, whole, counted."""
    told: Counter[tuple[object, ...]] = Counter()
    for block in blocks:
        for row in block.batch.to_pylist():
            cells = tuple(sorted((name, repr(value)) for name, value in row.items() if value is not None))
            told[(block.event_class, cells)] += 1
    return told


def stored(folder: Path, **period: datetime) -> Counter[tuple[object, ...]]:
    census = Census()
    found = rows(read(folder, EVERYTHING, census, **period))
    assert not census.flaws
    return found


def logged(*paths: Path) -> Counter[tuple[object, ...]]:
    return rows(read_logs(paths, STORED, Census()))


def block(fields: dict[str, list[object]], times: list[datetime | None], event_class: EventClass = SYSMON) -> Block:
    """Return a block by hand: a field of lists where one of its values is a list."""
    count = len(times)
    columns: dict[str, pa.Array] = {
        FILE: pa.array(["a.jsonl"] * count, pa.string()).dictionary_encode(),
        OFFSET: pa.array([100 * number for number in range(count)], pa.int64()),
        LENGTH: pa.array([100] * count, pa.int32()),
        TIME: pa.array(times, MOMENT),
    }
    for name in (HOST, USER, ADDRESS):
        columns[name] = pa.nulls(count, pa.string()).dictionary_encode()
    for name, values in fields.items():
        if any(isinstance(value, list) for value in values):
            columns[name] = pa.array(values, pa.list_(pa.string()))
        else:
            columns[name] = pa.array(values, pa.string()).dictionary_encode()
    return Block(event_class, pa.RecordBatch.from_pydict(columns))
