"""Queries run by DuckDB against the kernel, on real events and real rules."""

import lzma
import tarfile
from collections import defaultdict

import duckdb
import orjson
import pyarrow as pa
import pytest

from rempart.detection.events import EventClass
from rempart.detection.kernel import match
from rempart.detection.lake import Asked, Dialect, query
from rempart.detection.logsources import source_of_channel
from rempart.detection.rules.load import load
from rempart.measurement.errors import InputError
from tests.detection.kernel.making import block
from tests.shared_data import needs_data, shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"
RULES = "detection/sigmahq-rules.tar.xz"
EVENTS = 10_000
ONE_IN = 25


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    with tarfile.open(shared_data(RULES)) as archive:
        archive.extractall(folder, [one for one in archive if "rules/windows/" in one.name], filter="data")
    return load([folder])


@pytest.fixture(scope="module")
def events(compiled):
    """A part of the sample, with the fields that rules read; the lake has one NULL for absent and null."""
    wanted = {predicate.field for predicate in compiled.predicates} | {"Channel", "EventID"}
    kept = []
    with lzma.open(shared_data(SAMPLE)) as lines:
        for _, line in zip(range(EVENTS), lines, strict=False):
            found = {name: value for name, value in orjson.loads(line).items() if name in wanted and value is not None}
            kept.append({name: str(v).lower() if isinstance(v, bool) else str(v) for name, v in found.items()})
    return kept


def by_the_kernel(compiled, events):
    rows = defaultdict(list)
    for row, event in enumerate(events):
        rows[EventClass(source_of_channel(event["Channel"]), event["EventID"])].append(row)
    found = defaultdict(set)
    for event_class, numbers in rows.items():
        table = match(block([events[row] for row in numbers], event_class=event_class), compiled)
        for rule, place in zip(table.column("rule").to_pylist(), table.column("offset").to_pylist(), strict=True):
            found[rule].add(numbers[place])
    return found


@needs_data(SAMPLE)
@needs_data(RULES)
def test_duckdb_finds_what_the_kernel_finds_in_real_events(compiled, events):
    expected = by_the_kernel(compiled, events)
    names = sorted({name for event in events for name in event})
    columns = {name: pa.array([event.get(name) for event in events], pa.string()) for name in names}
    asked = Asked(Dialect.DUCKDB, columns=frozenset(names))
    tried = 0
    with duckdb.connect() as lake:
        lake.register("given", pa.table(columns | {"row": pa.array(range(len(events)))}))
        lake.execute("CREATE TABLE events AS SELECT * FROM given")
        for number in sorted({*expected, *range(0, len(compiled.rules), ONE_IN)}):
            try:
                sql = query(compiled, number, asked).sql
            except InputError:
                continue  # keywords, or sources that the table does not tell apart: tested elsewhere
            found = lake.execute(f'SELECT "row" FROM ({sql})').fetchall()  # noqa: S608
            assert {row for (row,) in found} == expected.get(number, set()), compiled.about(number).title
            tried += 1
    assert tried > 90
    assert len(expected) > 15
