"""Reading bytes in a format, whole or in chunks, into plain rows: what the tests of formats compare."""

from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module

from rempart.detection.census import Census
from rempart.detection.collect import formats as _all  # noqa: F401 — registers them
from rempart.detection.collect.kinds import Chunk, Opened, formats
from rempart.detection.collect.sources import Declared
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import Reading

with suppress(ModuleNotFoundError):  # the reader of JSON is another room's
    import_module("rempart.detection.collect.json")

AT = datetime(2026, 11, 25, tzinfo=UTC)
"""When the files of the tests were last written."""
ALL = Reading({}, frozenset({"*"}), every_field=True)


def chunks(reader, data, size):
    """Cut a file as the room of collection does: whole records, about `size` bytes at a time."""
    offset, step = 0, size
    while offset < len(data):
        piece = data[offset : offset + step]
        last = offset + step >= len(data)
        end = len(piece) if last else reader.whole(piece)
        if not end:
            step += size
            continue
        yield Chunk(offset, piece[:end], last=last)
        offset, step = offset + end, size


def opened(name, data, declared=None, *, reading=ALL):
    said = (declared or Declared()).model_copy(update={"modified": AT})
    return formats()[name](Opened("f.log", data[:65536], Wanted(reading), Census(), settings=said))


def read(name, data, declared=None, *, size=1 << 30, reading=ALL):
    """Return the events of a file as dictionaries (`source` and `code` among them), in order, and its census."""
    reader = opened(name, data, declared, reading=reading)
    pieces = [piece for chunk in chunks(reader, data, size) for piece in reader.read(chunk)]
    pieces += reader.finish()
    rows = [
        {"@source": piece.event_class.source, "@code": piece.event_class.code}
        | {key: value for key, value in row.items() if value is not None and key != "@file"}
        for piece in pieces
        for row in piece.batch.to_pylist()
    ]
    return sorted(rows, key=lambda row: (row["@offset"], row["@source"])), reader.opened.census


def fields(row):
    """Return what an event says, without what it is."""
    return {key: value for key, value in row.items() if not key.startswith("@")}
