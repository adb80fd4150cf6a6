"""Syslog, RFC 3164 and RFC 5424, with or without priority, as files, relays and network devices write it."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE, Piece
from rempart.detection.collect.formats import inside, moments, octets
from rempart.detection.collect.formats.bodies import MESSAGE, SYSLOG
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.patterns import plain
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.formats.spans import unescaped, words
from rempart.detection.collect.kinds import Chunk, kind
from rempart.detection.events import TIME

_LEGACY = r"[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:[Zz]|[+-]\d\d:?\d\d))?"
_HEAD = (
    r"(?s)^(?:<(?P<pri>\d{1,3})>)?(?P<version>1 )?"
    rf"(?:(?P<legacy>{_LEGACY})|(?P<iso>{_ISO})|-(?: |$))?:?\s*(?P<rest>.*)$"
)
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_MODERN = (
    r"(?s)^(?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) (?P<msgid>\S+) "
    rf"(?P<structured>-|(?:\[(?:[^\]\"\\]|\\.|{_QUOTED})*\])+)(?: \x{{FEFF}}?(?P<message>.*))?$"
)
_TAG = (
    r"(?s)^(?:(?P<host>[^\s:=\[\]{}%|<>]+(?::[0-9A-Fa-f:]+)?)\s+(?:: )?)?"
    r"(?P<program>[^\s:=\[\]{}|,]{1,64})(?:\[(?P<pid>[^\]\s]{0,20})\])?:(?:\s|$)(?P<message>.*)$"
)
_BARE = r"(?s)^(?P<host>[^\s:=\[\]{}%|<>,]+) (?P<message>.*)$"
_FIELDS = ("host", "program", "pid", "msgid", "structured", MESSAGE)
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\]": "]"}
FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock", *(f"local{number}" for number in range(8))),
)
SEVERITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")


def split(lines: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return lines with what their syslog header says: host, program, pid, facility, severity, message, TIME, CODE."""
    head = lines.get_column(LINE).str.extract_groups(plain(_HEAD)).struct.unnest()
    modern = (head.get_column("version").is_not_null() & head.get_column("pri").is_not_null()).fill_null(value=False)
    rest = head.get_column("rest")
    fields = _empty(len(lines))
    for pattern in (_MODERN, _TAG, _BARE):
        mask = modern if pattern is _MODERN else fields.get_column(MESSAGE).is_null() & ~modern
        if mask.any():
            fields = _filled(fields, rest.set(~mask, None).str.extract_groups(plain(pattern)).struct.unnest())
    fields = fields.with_columns(pl.coalesce(MESSAGE, rest).alias(MESSAGE))
    fields = fields.with_columns(pl.col("host", "program", "pid", "msgid", "structured").replace("-", None))
    made = lines.with_columns(*fields, *_priority(head.get_column("pri")), _moment(head, context).alias(TIME))
    said = head.select(pl.any_horizontal(pl.col("pri", "legacy", "iso").is_not_null())).to_series()
    context.flaws(made.filter(~said), "no header of syslog")
    source = pl.when(said).then(pl.lit(SYSLOG)).otherwise(pl.lit("unknown"))
    made = made.with_columns(_code(made.get_column("program"), context).alias(CODE), source.alias(SOURCE))
    return _structured(made)


def _empty(rows: int) -> pl.DataFrame:
    return pl.DataFrame({name: pl.repeat(None, rows, dtype=pl.String, eager=True) for name in _FIELDS})


def _filled(fields: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    return fields.with_columns(pl.coalesce(pl.col(column.name), column).alias(column.name) for column in found)


def _priority(priority: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return facility and severity by name (RFC 5424, 6.2.1); null for none or one above 191."""
    number = priority.cast(pl.Int16)
    number = number.set(number > len(FACILITIES) * len(SEVERITIES) - 1, None)
    facility = (number // len(SEVERITIES)).replace_strict(dict(enumerate(FACILITIES)), return_dtype=pl.String)
    severity = (number % len(SEVERITIES)).replace_strict(dict(enumerate(SEVERITIES)), return_dtype=pl.String)
    return facility.alias("facility"), severity.alias("severity")


def _moment(head: pl.DataFrame, context: Context) -> pl.Series:
    """Return the moments of the headers, whichever way each is written."""
    at = moments.none(len(head))
    iso, legacy = head.get_column("iso"), head.get_column("legacy")
    if iso.null_count() < len(iso):
        at = moments.iso(iso.str.replace(r" ([+-]\d\d:?\d\d|[Zz])$", "$1"), context)
    if legacy.null_count() == len(legacy):
        return at
    dated = legacy.str.contains(r"^\S+ +\d+ \d{4} ").fill_null(value=False)
    found = moments.yearless(legacy.set(dated, None), context)
    if dated.any():
        whole = moments.said(legacy.set(~dated, None).str.replace_all(r"\s+", " "), "%b %e %Y %H:%M:%S%.f")
        found = found.zip_with(~dated, moments.local(whole, context))
    return at.zip_with(at.is_not_null(), found)


def _code(program: pl.Series, context: Context) -> pl.Series:
    """Return the program in lower case, without its folder; `sshd-session` is sshd, `%ASA-6-302013` is asa."""
    name = program.str.to_lowercase().str.replace(r"^(?:.*/s?bin/)", "").str.replace(r"^\((.*)\)$", "$1")
    name = name.str.replace(r"^sshd-(?:session|auth)$", "sshd").str.replace(r"^%(asa|ftd|fwsm|pix)-.*$", "asa")
    name = name.str.replace(r"^(?:ovpn-|openvpn[-@]).*$", "openvpn")
    return context.known(name.str.extract(r"^([%\w][\w./@+-]{0,39})$"))


def _structured(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the fields of structured data; a name that the header has too keeps the header's."""
    said = frame.get_column("structured")
    if said.null_count() == len(said):
        return frame.drop("structured")
    columns = unescaped(words(said.str.replace_all(r"\]\[", "] [")), _ESCAPES)
    taken = {*frame.columns, MESSAGE}
    kept = {name: column for name, column in columns.items() if name not in taken and not name.startswith("@")}
    return frame.drop("structured").with_columns(column.alias(name) for name, column in kept.items())


@kind("syslog")
class Syslog(TextFormat):
    """Lines of syslog; a stream may frame them by counting octets (RFC 6587)."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for headers on the first lines."""
        return max(0.8 * share(head, _FIRST), 0.9 if octets.framed(head) else 0)

    @classmethod
    def next_start(cls, stream: BinaryIO, offset: int, head: bytes) -> int | None:
        """Return where the next line starts; messages framed by octets are read one after another."""
        return None if octets.framed(head) else super().next_start(stream, offset, head)

    def whole(self, data: bytes) -> int:
        """Return where the last whole message ends."""
        if octets.framed(data[:64]):
            return octets.whole(data)
        return super().whole(data)

    def read(self, chunk: Chunk) -> Iterator[Piece]:
        """Give the events of a chunk, its frames opened."""
        data = octets.opened(chunk.data) if octets.framed(chunk.data[:64]) else chunk.data
        yield from super().read(Chunk(chunk.offset, data, chunk.last))

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the events of lines: what programs say inside goes where it belongs."""
        yield from inside.sorted_out(split(lines, self.context), self.context)


_FIRST = rf"^(?:<\d{{1,3}}>\S|(?:{_LEGACY}|{_ISO}):? \S*[^\s:=|]+\s+(?:: )?[^\s:=|]+:\s)"
