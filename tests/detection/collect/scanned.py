"""Read bytes by the JSON scanner, whole or in small chunks, and compare with what orjson says of each event."""

import orjson
import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Blocks
from rempart.detection.collect.json import Json
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Opened, Workshop
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import LENGTH, OFFSET, TIME, Block, Reading

ALL = Reading({"windows/*": frozenset({"Message"}), "unknown": frozenset({"Message"})}, every_field=True)


def blocks(data: bytes, reading=ALL, *, chunk=1 << 23, census=None, settings=None) -> list[Block]:
    wanted, census, shop = Wanted(reading), census or Census(), Workshop()
    built = Blocks(wanted, census)
    reader = Json(Opened("f.json", data[:HEAD_BYTES], wanted, census, shop, settings))
    pieces = []
    for offset in range(0, max(len(data), 1), chunk):
        pieces += reader.read(Chunk(offset, data[offset : offset + chunk], offset + chunk >= len(data)))
    pieces += [*reader.finish(), *shop.drain()]
    out = [block for piece in pieces for block in built.add(piece)]
    return [*out, *built.rest()]


def rows(found: list[Block]) -> dict[int, dict]:
    """The events by offset: class, time, and each field that is there."""
    events = {}
    for block in found:
        names = [name for name in block.batch.schema.names if not name.startswith("@")]
        columns = {name: block.batch.column(name).to_pylist() for name in names}
        times = block.batch.column(TIME).cast(pa.int64()).to_pylist()
        lengths = block.batch.column(LENGTH).to_pylist()
        for row, offset in enumerate(block.batch.column(OFFSET).to_pylist()):
            fields = {name: column[row] for name, column in columns.items() if column[row] is not None}
            events[offset] = {"class": block.event_class, "time": times[row], "length": lengths[row], "fields": fields}
    return events


def said(value):
    """What a cell must hold for a value of JSON, lists flattened."""
    if isinstance(value, list):
        flat = [said(one) for one in value]
        joined = [part for one in flat for part in (one if isinstance(one, list) else [one])]
        return joined or ["\x00"]
    if value is None:
        return "\x00"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def same(cell, value) -> bool:
    """Whether a cell says a value: a list of one is that one; numbers are as written, so compared as numbers."""
    found = cell if isinstance(cell, list) else [cell]
    expected = said(value)
    expected = expected if isinstance(expected, list) else [expected]
    return len(found) == len(expected) and all(_equal(*pair) for pair in zip(found, expected, strict=True))


def _equal(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return one[-1:].isdigit() and float(one) == float(other)
    except ValueError:
        return False
