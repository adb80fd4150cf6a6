"""JSON found inside another format (a message of syslog, a column of CSV), handed to the reader of JSON."""

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from rempart.detection.collect.blocks import Piece
from rempart.detection.collect.formats.context import Context
from rempart.detection.collect.kinds import Chunk, Opened, Workshop, formats
from rempart.detection.events import LENGTH, OFFSET, EventClass

_JSON = "json"


def readable() -> bool:
    """Tell whether a reader of JSON is registered."""
    return _JSON in formats()


def pieces(frame: pl.DataFrame, texts: pl.Series, context: Context, source: str | None = None) -> Iterator[Piece]:
    """Give the events of JSON texts, each led back to the record it was found in.

    Args:
        frame: OFFSET and LENGTH of the records.
        texts: one JSON object each, without a line feed outside of strings.
        context: of the file.
        source: of all of them; None: as the reader of JSON finds.

    """
    content = ("\n".join(texts.str.replace_all(r"[\r\n]+", " ").fill_null("").to_list()) + "\n").encode()
    opened = Opened(context.file, content[:65536], context.wanted, context.census, Workshop(), context.opened.settings)
    reader = formats()[_JSON](opened)
    lengths = texts.str.replace_all(r"[\r\n]+", " ").fill_null("").str.len_bytes().to_numpy().astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    offsets, sizes = frame.get_column(OFFSET).to_numpy(), frame.get_column(LENGTH).to_numpy()
    for made in (*reader.read(Chunk(0, content, last=True)), *reader.finish(), *opened.workshop.drain()):
        at = np.searchsorted(starts, made.batch.column(OFFSET).to_numpy(zero_copy_only=False), side="right") - 1
        columns = {name: made.batch.column(name) for name in made.batch.schema.names}
        columns[OFFSET] = pa.array(offsets[at], pa.int64())
        columns[LENGTH] = pa.array(sizes[at], pa.int32())
        event_class = made.event_class if source is None else EventClass(source, made.event_class.code)
        yield Piece(event_class, pa.RecordBatch.from_pydict(columns))
