"""Lines of a form of their own, read by a regular expression that the hospital declares."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import SOURCE
from rempart.detection.collect.formats.context import Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.kinds import kind


@kind("lines")
class Lines(TextFormat):
    """Any text: one event a line; without a pattern the line itself is all there is, for keyword rules."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — never by itself
        """Say no: a file is of this format when it is declared, or when no other takes it."""
        return 0.0

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the lines, with the groups of the declared pattern."""
        lines = lines.with_columns(pl.lit("unknown").alias(SOURCE))
        pattern = self.context.declared.pattern
        if pattern is None:
            yield mapped(lines, self.context)
            return
        found = lines.get_column(LINE).str.extract_groups(pattern).struct.unnest()
        made = lines.with_columns(*found.get_columns())
        self.context.flaws(made.filter(pl.all_horizontal(pl.col(found.columns).is_null())), "not as declared")
        yield mapped(made, self.context)
