"""A reader of OTRF lines and a matcher by substrings, to try the engines with rules anyone can read."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import orjson
import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.engines.work import Split, lines_between
from rempart.detection.events import FILE, LENGTH, OFFSET, TIME, Block, EventClass
from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import Compare, Gather
from tests.detection.correlation.made import compiled, correlation

ALL_TIME = timedelta(days=3650)
FIELDS = ("Hostname", "TargetUserName", "Image")
CODES = ("4624", "4625", "4688", "1", "10", "3")  # one rule each


def rules():
    """Six rules and five correlations, two of them chained."""
    first = len(CODES)
    found = compiled(
        first,
        correlation(Gather.EVENT_COUNT, (2, 3), ("Hostname",), 60, ((Compare.GTE, 10.0),)),
        correlation(Gather.VALUE_COUNT, (0,), ("Hostname",), 300, ((Compare.GTE, 3.0),), field="TargetUserName"),
        correlation(Gather.TEMPORAL, (3, 4, 5), ("Hostname", "Image"), 120),
        correlation(Gather.TEMPORAL_ORDERED, (first, 0), ("Hostname",), 600),
        correlation(Gather.EVENT_COUNT, (4,), (), 10, ((Compare.GTE, 50.0),)),
    )
    return replace(found, carried=tuple((name, ()) for name in FIELDS))


def read(split: Split, _rules, census: Census) -> Iterator[Block]:
    for path in split.paths:
        start, end = (0, 1 << 62) if split.start is None else lines_between(path, split.start, split.end)
        with open(path, "rb") as file:  # noqa: PTH123 — as short as can be
            file.seek(start)
            columns = {name: [] for name in (FILE, OFFSET, LENGTH, TIME, "EventID", *FIELDS)}
            while file.tell() < end and (line := file.readline()):
                event = orjson.loads(line)
                census.bytes += len(line)
                columns[FILE].append(path)
                columns[OFFSET].append(file.tell() - len(line))
                columns[LENGTH].append(len(line))
                moment = event.get("EventTime") or event.get("@timestamp")
                columns[TIME].append(moment and datetime.fromisoformat(moment.removesuffix("Z") + "+00:00"))
                columns["EventID"].append(str(event["EventID"]))
                for name in FIELDS:
                    columns[name].append(None if event.get(name) is None else str(event[name]))
            census.events[EventClass("windows/other", "")] += len(columns[FILE])
            yield Block(EventClass("windows/other", ""), pa.record_batch(columns))


def match(block: Block, _rules) -> pa.Table:
    batch = pa.Table.from_batches([block.batch])
    tables = [matched_schema(FIELDS).empty_table()]
    for rule, code in enumerate(CODES):
        hit = batch.filter(pa.compute.equal(batch["EventID"], code))
        empty = pa.array([""] * hit.num_rows, pa.string())
        columns = {
            "rule": [rule] * hit.num_rows,
            "source": empty,
            "code": hit["EventID"],
            "file": hit[FILE],
            "offset": hit[OFFSET],
        }
        columns |= {
            "length": hit[LENGTH].cast(pa.int32()),
            "time": hit[TIME],
            "host": hit["Hostname"],
            "user": empty,
            "address": empty,
        }
        columns |= {"=" + name: hit[name] for name in FIELDS}
        tables.append(pa.table(columns).cast(matched_schema(FIELDS)) if hit.num_rows else tables[0])
    return pa.concat_tables(tables)


def read_slowly(split: Split, rules, census: Census) -> Iterator[Block]:
    """As `read`, long enough for a test to look at the cluster meanwhile."""
    time.sleep(0.5)
    return read(split, rules, census)


def made_up(count: int) -> bytes:
    """Lines with the fields that are read here, a night of a fictional hospital's noise."""
    random = Random(5)  # noqa: S311 — noise needs no secret
    start = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    lines = []
    for _ in range(count):
        event = {
            "EventID": random.choice((4624, 4625, 4688, 1, 10, 3, 7, 12, 13)),
            "EventTime": (start + timedelta(seconds=random.randrange(20_000))).strftime("%Y-%m-%d %H:%M:%S"),
            "Hostname": f"PC{random.randrange(12)}.valmont.example",
            "TargetUserName": random.choice(("anne", "bruno", "chloe", None)),
            "Image": random.choice(("C:\\dpi.exe", "C:\\pacs.exe", None)),
            "Message": "x" * 2000,
        }
        lines.append(orjson.dumps({name: value for name, value in event.items() if value is not None}))
    return b"\n".join(lines) + b"\n"
