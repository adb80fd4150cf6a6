"""The W3C extended log format: IIS, and proxies (Blue Coat, TMG, Zscaler...): columns named by `#Fields:`."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from rempart.detection.collect.blocks import SOURCE, Piece
from rempart.detection.collect.formats import moments, tables
from rempart.detection.collect.formats.access import ACCESS
from rempart.detection.collect.formats.context import ROWS, Events, Textual
from rempart.detection.collect.formats.lines import LONGEST, TOO_LONG, unmarked
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.formats.urls import PROXY, url_parts
from rempart.detection.collect.kinds import Chunk, Opened, kind
from rempart.detection.events import LENGTH, TIME

_FIELDS = "#Fields:"
_MOST_HEADERS = 200
"""Headers of a chunk that are followed (IIS writes one each time it starts); what comes after more is flawed."""
_MOST_SWITCHES = 20
"""Changes between blanks and tabs in one file: each reads the rest of the chunk again."""
_NAMES = {
    "cs(user-agent)": "cs-user-agent",
    "cs(referer)": "cs-referer",
    "cs(referrer)": "cs-referer",
    "cs(cookie)": "cs-cookie",
    "cs(host)": "cs-host",
    "cs(content-type)": "cs-content-type",
    "cs(x-forwarded-for)": "x-forwarded-for",
    "sc-win32-status": "sc-win32-status",
}
_PROXY_SIGNS = frozenset({"s-action", "cs-uri-scheme", "r-ip", "r-host", "sc-filter-result", "cs-categories", "r-dns"})
_PROXY_SIGNS |= {"cs-uri", "s-hierarchy", "s-supplier-name", "cs-threat-risk", "s-object-source"}


def native(name: str) -> str:
    """Return the name of a column as rules know it: `cs(User-Agent)` is `cs-user-agent`."""
    return _NAMES.get(name.lower(), name)


@kind("w3c")
class W3c(Textual):
    """A table parted by blanks (or tabs), whose header may come again and change."""

    around = 1 << 20  # the header may have changed since the beginning of the file

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._names: list[str] = []
        self._separator, self._switches = " ", 0
        for line in opened.head.splitlines():
            if line.startswith(_FIELDS.encode()):
                self._header(line.decode("utf-8", "replace"))
                break

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for the header."""
        text = head.removeprefix(b"\xef\xbb\xbf")
        if text.startswith(b"#Fields:") or (text.startswith(b"#") and b"\n#Fields:" in text):
            return 0.97
        return 0.6 * share(head, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ (?:GET|POST|HEAD|OPTIONS|PUT) /")

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the requests of a chunk, header by header."""
        data, offset = unmarked(chunk.data, chunk.offset)
        table = tables.scanned(data, self._separator, multiline=False)
        first = table.records[:, 0]
        marks = np.flatnonzero(table.text.raw[first] == ord("#")) if len(first) else np.zeros(0, np.int64)
        start, headers = 0, 0
        for mark in (*marks.tolist(), len(first)):
            yield from self._between(table, start, mark, offset)
            start = mark + 1
            line = tables.raw(table, *table.records[mark]) if mark < len(first) else ""
            if not line.startswith(_FIELDS):
                continue
            headers += 1
            if headers > _MOST_HEADERS:
                self._names = []
                yield from self._between(table, start, len(first), offset)
                return
            if self._header(line):
                rest = int(table.records[mark, 1])
                yield from self.read(Chunk(offset + rest, data[rest:], chunk.last))
                return

    def _header(self, line: str) -> bool:
        """Take a header; tell whether what separates the cells has changed."""
        rest = line.removeprefix(_FIELDS)
        separator = "\t" if "\t" in rest.strip() else " "
        self._names = _once([native(name) for name in rest.split()])
        if separator == self._separator or self._switches == _MOST_SWITCHES:
            return False
        self._separator, self._switches = separator, self._switches + 1
        return True

    def _between(self, table: tables.Scanned, start: int, end: int, offset: int) -> Iterator[Piece]:
        for first in range(start, end, ROWS):
            yield from self.pieces(self._events(table, first, min(first + ROWS, end), offset))

    def _events(self, table: tables.Scanned, first: int, last: int, offset: int) -> Iterator[Events]:
        frame = tables.frame(table, self._names, first, last, offset)
        self.context.flaws(frame.filter(pl.col(LENGTH) > LONGEST), TOO_LONG)
        wrong = frame.get_column(tables.WIDTH) != len(self._names)
        if wrong.any():
            bad = frame.filter(wrong)
            self.context.flaws(bad, "not as many columns as #Fields says")
            yield bad.select(pl.col("^@.*$"), pl.lit("unknown").alias(SOURCE))
            frame = frame.filter(~wrong)
        if len(frame):
            yield mapped(self._read(frame), self.context)

    def _read(self, frame: pl.DataFrame) -> pl.DataFrame:
        silent = [pl.col(name).replace("-", None) for name in self._names if name in frame.columns]
        frame = frame.with_columns(silent)
        proxy = bool(_PROXY_SIGNS & set(self._names))
        made = frame.with_columns(self._moment(frame).alias(TIME), pl.lit(PROXY if proxy else ACCESS).alias(SOURCE))
        return _of_proxy(made) if proxy else _of_server(made)

    def _moment(self, frame: pl.DataFrame) -> pl.Series:
        """Return `date` and `time`, which the format says are UTC."""
        if {"date", "time"} <= set(frame.columns):
            text = frame.get_column("date").str.strip_chars('"') + "T" + frame.get_column("time").str.strip_chars('"')
            said = moments.said(text, "%Y-%m-%dT%H:%M:%S%.f")
            zone = self.context.declared.zone
            if self.context.declared.files and zone is not None:
                return moments.local(said, self.context)
            return said.dt.replace_time_zone("UTC")
        return (
            moments.epoch(frame.get_column("x-timestamp"))
            if "x-timestamp" in frame.columns
            else moments.none(len(frame))
        )


def _once(names: Sequence[str]) -> list[str]:
    """Return the names, a repeated one left out: the first column of a name is the one."""
    return ["" if name in names[:at] else name for at, name in enumerate(names)]


def _of_server(frame: pl.DataFrame) -> pl.DataFrame:
    """IIS writes blanks of a user agent as plus signs: they are blanks again."""
    if "cs-user-agent" not in frame.columns:
        return frame
    return frame.with_columns(pl.col("cs-user-agent").str.replace_all("+", " ", literal=True))


def _of_proxy(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the names that rules on proxies read: `c-uri` and its parts, `c-useragent`, `src_ip`, `dst_ip`."""
    there = set(frame.columns)

    def same(new: str, *old: str) -> list[pl.Expr]:
        found = [name for name in old if name in there]
        return [pl.coalesce(found).alias(new)] if found and new not in there else []

    frame = frame.with_columns(
        *same("src_ip", "c-ip"),
        *same("dst_ip", "r-ip", "s-ip", "cs-ip"),
        *same("c-useragent", "cs-user-agent"),
        *same("cs-referrer", "cs-referer"),
        *same("c-uri", "cs-uri", "x-url"),
        *same("c-uri-stem", "cs-uri-stem", "cs-uri-path"),
        *same("c-uri-query", "cs-uri-query"),
        *same("c-uri-extension", "cs-uri-extension"),
    )
    if "c-uri" not in frame.columns:
        parts = [name for name in ("cs-uri-scheme", "cs-host", "c-uri-stem", "c-uri-query") if name in frame.columns]
        frame = frame.with_columns(_address(parts).alias("c-uri"))
    return frame.with_columns(*url_parts(frame))


def _address(parts: Sequence[str]) -> pl.Expr:
    """Put an address together from the columns there are."""
    marks = {"cs-uri-scheme": ("", "://"), "cs-host": ("", ""), "c-uri-stem": ("", ""), "c-uri-query": ("?", "")}
    said = [
        pl.when(pl.col(name).is_not_null()).then(pl.concat_str(pl.lit(marks[name][0]), name, pl.lit(marks[name][1])))
        if name != "c-uri-query"
        else pl.when(pl.col(name).is_not_null()).then(pl.lit("?") + pl.col(name).str.strip_prefix("?"))
        for name in parts
    ]
    return pl.concat_str(said, ignore_nulls=True) if said else pl.lit(None, pl.String)
