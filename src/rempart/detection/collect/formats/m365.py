"""The unified audit log of Microsoft 365: records one a line, or as `AuditData` inside records of an export.

Lists of names and values (`Parameters`, `ModifiedProperties`...) are kept as their JSON text too, under their own name:
that is where rules look for `MoveToFolder` beside `RSS`.
"""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.formats import handed
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.kinds import kind

M365 = "cloud/m365"
_LISTS = ("Parameters", "OperationProperties", "ModifiedProperties", "ExtendedProperties", "DeviceProperties", "Item")
_RECORD = (b'"CreationTime"', b'"Workload"', b'"Operation"')
_EXPORT = b'"AuditData"'


def events_of(frame: pl.DataFrame, records: pl.Series, context: Context) -> Iterator[Events]:
    """Give the events of audit records in JSON, led back to the records of `frame` they stand in."""
    there = records.str.contains(r"^\s*\{").fill_null(value=False)
    context.flaws(frame.filter(~there), "no audit record")
    frame, records = frame.filter(there), records.filter(there)
    if len(frame):
        wanted = [name for name in _LISTS if context.wanted.keeps(M365, name)]
        extra = {name: _text(records, name) for name in wanted if records.str.contains(f'"{name}"', literal=True).any()}
        yield from handed.pieces(frame, records, context, M365, extra)


def _text(records: pl.Series, name: str) -> pl.Series:
    """Return the JSON text of a key; null where it is absent, or the record is no JSON."""
    try:
        return records.str.json_path_match(f"$.{name}")
    except pl.exceptions.PolarsError:
        return pl.repeat(None, len(records), dtype=pl.String, eager=True)


@kind("m365")
class M365Audit(TextFormat):
    """One record a line."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for the keys every record has on its first line."""
        first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
        if not handed.readable() or not first.startswith(b"{") or len(first) < len(_EXPORT):
            return 0.0
        return 1.0 if _EXPORT in first or all(key in first for key in _RECORD) else 0.0

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the records; those of an export are inside its lines."""
        records = lines.get_column(LINE)
        if records.str.contains('"AuditData"', literal=True).any():
            inner = _text(records, "AuditData")
            records = inner.zip_with(inner.is_not_null(), records)
        yield from events_of(lines, records, self.context)
