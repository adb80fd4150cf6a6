"""JSON whose fields a hospital declared: read as JSON, then given native names, values, moment and class."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE, Piece
from rempart.detection.collect.formats.context import Events, Textual
from rempart.detection.collect.formats.handed import JSON
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.kinds import Chunk, Opened, Workshop, formats, kind
from rempart.detection.collect.sources import DECLARED_JSON
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import FILE


@kind(DECLARED_JSON)
class DeclaredJson(Textual):
    """A file of JSON; all its fields are read, for their names say nothing before they are changed."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        source = self.context.declared.source or "unknown"
        text = frozenset({"*"}) if opened.wanted.text(source) else frozenset[str]()
        everything = Wanted(replace(opened.wanted.reading, text=text, every_field=True))
        self._inner = replace(opened, wanted=everything, workshop=Workshop(), settings=None)
        self._reader = formats()[JSON](self._inner)

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — never by itself
        """Say no: a file is of this format when it is declared."""
        return 0.0

    def whole(self, data: bytes) -> int:
        """Return what the reader of JSON returns."""
        return self._reader.whole(data)

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the events of a chunk."""
        yield from self.pieces(self._mapped(self._reader.read(chunk)))

    def finish(self) -> Iterator[Piece]:
        """Give what the reader of JSON still holds."""
        yield from self.pieces(self._mapped(self._reader.finish()))
        yield from self.pieces(self._mapped(self._inner.workshop.drain()))

    def _mapped(self, pieces: Iterator[Piece]) -> Iterator[Events]:
        for piece in pieces:
            source, code = piece.event_class
            columns = {name: piece.batch.column(name) for name in piece.batch.schema.names if name != FILE}
            frame = pl.DataFrame([pl.Series(name, column) for name, column in columns.items()]).with_columns(
                pl.selectors.categorical().cast(pl.String), pl.lit(source).alias(SOURCE), pl.lit(code).alias(CODE)
            )
            yield mapped(frame, self.context)
