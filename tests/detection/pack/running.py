"""The pack on the real kernel: what its rules find in the events of a case."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

import pyarrow as pa

from rempart.detection import kernel, pack
from rempart.detection.correlation import correlate
from rempart.detection.events import ADDRESS, FILE, HOST, LENGTH, MOMENT, OFFSET, ORIGIN, TEXT, TIME, USER, Block
from rempart.detection.logsources import entities
from rempart.detection.matched import matched_schema
from rempart.detection.pack.cases import Case, Event
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load


@cache
def compiled() -> Compiled:
    """Return the whole pack, with what the fictional hospital says of itself."""
    return load([pack.folder()], placeholders=pack.placeholders())


def found(case: Case) -> dict[str, int]:
    """Return how many results each rule has in a case, by identifier; those that only serve to count included."""
    rules = compiled()
    tables = [kernel.match(block, rules) for block in blocks(case.events)]
    matched = pa.concat_tables([matched_schema(tuple(name for name, _ in rules.carried)).empty_table(), *tables])
    numbers = [*matched["rule"].to_pylist(), *correlate(matched, rules)["rule"].to_pylist()]
    return {rules.about(number).id: numbers.count(number) for number in set(numbers)}


def blocks(events: Sequence[Event]) -> Iterator[Block]:
    """Give the events by class, as the collection does."""
    ranked = sorted(enumerate(events), key=lambda ranked: ranked[1].event_class)
    for event_class, group in groupby(ranked, key=lambda ranked: ranked[1].event_class):
        members = list(group)
        fields = sorted({name for _, event in members for name in event.fields})
        columns = dict.fromkeys(ORIGIN)
        columns[FILE] = pa.array(["case"] * len(members)).dictionary_encode()
        columns[OFFSET] = pa.array([rank for rank, _ in members], pa.int64())
        columns[LENGTH] = pa.array([0] * len(members), pa.int32())
        columns[TIME] = pa.array([event.at for _, event in members], MOMENT)
        whole = {
            name: pa.nulls(len(members), ORIGIN[name]) if column is None else column for name, column in columns.items()
        }
        names = entities(event_class.source, event_class.code)
        for column, candidates in ((HOST, names.host), (USER, names.user), (ADDRESS, names.address)):
            whole[column] = pa.array([said(event, candidates) for _, event in members], pa.string()).dictionary_encode()
        whole[TEXT] = pa.array(["\n".join(event.fields.values()) for _, event in members])
        whole |= {name: pa.array([event.fields.get(name) for _, event in members], pa.string()) for name in fields}
        yield Block(event_class, pa.RecordBatch.from_pydict(whole))


def said(event: Event, candidates: Sequence[str]) -> str | None:
    """Return what the first field that says something says."""
    return next((event.fields[name] for name in candidates if event.fields.get(name, "-") not in {"", "-"}), None)
