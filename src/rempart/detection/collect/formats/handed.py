"""JSON found inside another format (a message of syslog, a column of CSV), handed to the reader of JSON."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
import pyarrow as pa

from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.formats.context import Context
from rempart.detection.collect.kinds import Chunk, Opened, Workshop, formats
from rempart.detection.events import LENGTH, OFFSET, EventClass

JSON = "json"
_HEAD = 65536


def readable() -> bool:
    """Tell whether a reader of JSON is registered."""
    return JSON in formats()


def pieces(
    frame: pl.DataFrame,
    texts: pl.Series,
    context: Context,
    source: str | None = None,
    extra: Mapping[str, pl.Series] | None = None,
) -> Iterator[Piece]:
    """Give the events of JSON texts, each led back to the record it was found in.

    Args:
        frame: OFFSET and LENGTH of the records.
        texts: one JSON object each.
        context: of the file.
        source: of all of them; None: as the reader of JSON finds.
        extra: fields to add, one value a text; they win over those of the reader.

    """
    texts = texts.str.replace_all(r"[\r\n]+", " ").fill_null("")
    content = ("\n".join(texts.to_list()) + "\n").encode()
    lengths = texts.str.len_bytes().to_numpy().astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    opened = Opened(context.file, content[:_HEAD], context.wanted, context.census, Workshop())
    reader = formats()[JSON](opened)
    offsets, sizes = frame.get_column(OFFSET).to_numpy(), frame.get_column(LENGTH).to_numpy()
    added = {name: column.to_arrow(compat_level=pl.CompatLevel.oldest()) for name, column in (extra or {}).items()}
    for made in (*reader.read(Chunk(0, content, last=True)), *reader.finish(), *opened.workshop.drain()):
        at = np.searchsorted(starts, made.batch.column(OFFSET).to_numpy(zero_copy_only=False), side="right") - 1
        columns = {name: made.batch.column(name) for name in made.batch.schema.names}
        columns[OFFSET] = pa.array(offsets[at], pa.int64())
        columns[LENGTH] = pa.array(sizes[at], pa.int32())
        for name, values in added.items():
            columns[name] = values.take(pa.array(at)).cast(pa.string()).dictionary_encode()
        event_class = made.event_class if source is None else EventClass(source, "")
        yield Piece(event_class, pa.RecordBatch.from_pydict(columns))
