"""CSV, as French Windows writes it too (`;`, tabs, its encodings); exports of Event Viewer and of Microsoft 365."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE, Piece
from rempart.detection.collect.formats import handed, m365, tables, viewer
from rempart.detection.collect.formats.context import ROWS, Events, Textual
from rempart.detection.collect.formats.lines import LONGEST, TOO_LONG, unmarked
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.spans import frozen
from rempart.detection.collect.formats.table_scan import last_record
from rempart.detection.collect.kinds import Chunk, Opened, kind
from rempart.detection.events import LENGTH

_SEPARATORS = ",;\t|"
_AUDIT = "AuditData"
"""The column of JSON in an export of the unified audit log of Microsoft 365."""
_RECORDS_LOOKED_AT = 20
_MOST_COLUMNS, _LONGEST_NAME = 500, 64


def _records(head: bytes, separator: str) -> list[list[str]]:
    """Return the first records of a file, the last one left out when it may be cut."""
    table = tables.scanned(unmarked(head, 0)[0], separator, multiline=True)
    count = len(table.records) - (not head.endswith(b"\n") and len(table.records) > 1)
    return [tables.row(table, number) for number in range(min(count, _RECORDS_LOOKED_AT))]


def separator_of(head: bytes) -> str | None:
    """Return what parts the columns: the character that gives most columns to a header, and as many to the records."""
    best, most = None, 1
    for separator in _SEPARATORS:
        rows = _records(head, separator)
        if not rows or not _is_header(rows[0]):
            continue
        width = len(rows[0])
        alike = sum(len(row) in {width, width + 1} for row in rows[1:])
        if width > most and alike * 10 >= 9 * len(rows[1:]):
            best, most = separator, width
    return best


def _is_header(cells: Sequence[str]) -> bool:
    """Tell whether cells look like names of columns: all said, all different, short, none a number or a pair."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) < 2 or len(names) > _MOST_COLUMNS or len(set(names)) < len(names):  # noqa: PLR2004
        return False
    return all(
        0 < len(name) <= _LONGEST_NAME and name[0] not in "{[<#" and "=" not in name and not _numeric(name)
        for name in names
    )


def _numeric(name: str) -> bool:
    return name.replace(".", "").replace(":", "").replace("-", "").replace("/", "").replace(" ", "").isdigit()


@kind("csv")
class Csv(Textual):
    """A table with a header, or one whose columns are declared."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        declared = self.context.declared
        head, _ = unmarked(opened.head, 0)
        self._separator = declared.separator or separator_of(head) or ","
        rows = [] if declared.header else _records(head, self._separator)[:1]
        first = [name.strip() for name in rows[0]] if rows else []
        self._names = list(declared.header) or _named(first)
        self._header = None if declared.header else first
        self._viewer = viewer.language_of(first)

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:
        """Look for a header and records of as many columns."""
        if head.lstrip()[:1] in b"{[<#" or separator_of(head) is None:
            return 0.0
        rows = head.count(b"\n")
        return 0.9 if name.lower().endswith((".csv", ".tsv")) else 0.55 if rows > 1 else 0.3

    def whole(self, data: bytes) -> int:
        """Return where the last whole record ends: a quoted cell may hold line feeds."""
        return int(last_record(frozen(np.frombuffer(data, np.uint8)), ord(self._separator)))

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the records of a chunk."""
        data, offset = unmarked(chunk.data, chunk.offset)
        table = tables.scanned(data, self._separator, multiline=True)
        total = len(table.records)
        begins = offset == len(chunk.data) - len(data)  # the file does
        start = 1 if total and begins and self._is_first(table) else 0
        for first in range(start, total, ROWS):
            frame = tables.frame(table, self._names, first, min(first + ROWS, total), offset)
            yield from self.pieces(self._events(frame))

    def _is_first(self, table: tables.Scanned) -> bool:
        return self._header is not None and [cell.strip() for cell in tables.row(table, 0)] == self._header

    def _events(self, frame: pl.DataFrame) -> Iterator[Events]:
        self.context.flaws(frame.filter(pl.col(LENGTH) > LONGEST), TOO_LONG)
        wide = frame.get_column(tables.WIDTH) > len(self._names) + 1
        short = frame.get_column(tables.WIDTH) < max(len(self._names) - 1, 1)
        self.context.flaws(frame.filter(wide | short), "not as many columns as the header")
        if self._viewer is not None:
            yield mapped(viewer.events_of(frame, self._viewer, self.context), self.context)
        elif _AUDIT in frame.columns and handed.readable():
            yield from self._audit(frame)
        else:
            yield mapped(frame.with_columns(pl.lit("unknown").alias(SOURCE), pl.lit("").alias(CODE)), self.context)

    def _audit(self, frame: pl.DataFrame) -> Iterator[Events]:
        """Give the records of Microsoft 365 that stand in the column AuditData."""
        yield from m365.events_of(frame, frame.get_column(_AUDIT), self.context)


def _named(first: Sequence[str]) -> list[str]:
    """Return the names of the columns, one for those without, and for one after the last: Event Viewer's message."""
    names: list[str] = []
    for number, name in enumerate((*first, "")):
        plain = name.lstrip("@") or f"column{number + 1}"
        names.append(plain if plain not in names else f"{plain}{number + 1}")
    return names
