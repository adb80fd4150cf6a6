"""Lines of `key=value`: logfmt, firewalls that write to a file, appliances."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import firewalls, moments
from rempart.detection.collect.formats.bodies import MESSAGE
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.formats.spans import unescaped, without, words
from rempart.detection.collect.kinds import kind
from rempart.detection.events import TIME

_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\t": "\t"}
_MOMENTS = ("time", "ts", "timestamp", "@timestamp", "date", "eventtime", "datetime")
LOOK = r"^(?:[\w.\-@]+=(?:\"(?:[^\"\\]|\\.)*\"|[^\s\"]*)[\s,]+){2,}[\w.\-@]+="


@kind("pairs")
class Pairs(TextFormat):
    """One event a line; FortiGate's are known, the others go to the source that is declared, else to `unknown`."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for three pairs at the start of lines."""
        return 0.7 * share(head, LOOK)

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the events of lines."""
        lines = lines.with_columns(pl.col(LINE).alias(MESSAGE))
        known = firewalls.is_fortigate(lines.get_column(LINE)).fill_null(value=False)
        if known.any() and self.context.declared.source is None:
            yield mapped(firewalls.fortigate(lines.filter(known), self.context).drop(MESSAGE), self.context)
            lines = lines.filter(~known)
        if len(lines):
            yield mapped(_read(lines.drop(MESSAGE), self.context), self.context)


def _read(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    texts = lines.get_column(LINE)
    columns = without(unescaped(words(texts, comma=_by_commas(texts)), _ESCAPES), ())
    made = lines.with_columns(column.alias(name) for name, column in columns.items())
    nothing = pl.all_horizontal(pl.col(list(columns)).is_null()) if columns else pl.lit(value=True)
    context.flaws(made.filter(nothing), "no key=value")
    return made.with_columns(
        _moment(columns, context, len(lines)).alias(TIME), pl.lit("unknown").alias(SOURCE), pl.lit("").alias(CODE)
    )


def _by_commas(texts: pl.Series) -> bool:
    """Tell whether commas part the pairs of these texts, as most of them show."""
    return bool((texts.str.contains(r"=(?:\"[^\"]*\"|[^\s,\"]*),\s?[\w.\-@]+=").sum() or 0) * 2 > len(texts))


def _moment(columns: dict[str, pl.Series], context: Context, rows: int) -> pl.Series:
    """Return the moment of the first field whose name promises one, and keeps the promise."""
    at = moments.none(rows)
    if "date" in columns and "time" in columns:
        at = moments.iso(columns["date"] + "T" + columns["time"], context)
    for name in _MOMENTS:
        if name in columns and at.null_count():
            left = columns[name].set(at.is_not_null(), None)
            number = left.str.contains(r"^\d{9,19}(?:\.\d+)?$")
            found = moments.epoch(left.set(~number, None))
            other = moments.iso(left.set(number, None), context)
            at = at.zip_with(at.is_not_null(), found.zip_with(found.is_not_null(), other))
    return at
