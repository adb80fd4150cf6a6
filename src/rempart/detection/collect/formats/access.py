"""Access logs of Apache and nginx (common, combined, the virtual host before or not), under the names of W3C."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import SOURCE
from rempart.detection.collect.formats.context import Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.patterns import plain
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.kinds import kind
from rempart.detection.events import TIME

ACCESS = "web/access"
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_STAMP = r"\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]"
_ADDRESS = r"\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"
_LINE = (
    rf"^(?:([^\s\"\[]+) ({_ADDRESS})|([^\s\"\[]+)) (\S+) (\S[^\[\"]*?|) ?{_STAMP} {_QUOTED} (\d{{3}}|-) (\d+|-)"
    rf"(?: {_QUOTED} {_QUOTED})?(?: {_QUOTED})?"
)
_GROUPS: tuple[str, ...] = (
    "cs-host",
    "@address",
    "c-ip",
    "@ident",
    "cs-username",
    "@at",
    "@request",
    "sc-status",
    "sc-bytes",
)
_GROUPS += ("cs-referer", "cs-user-agent", "x-forwarded-for")
_REQUEST = r"^(?P<method>[^\s]+) (?P<stem>[^?\s]*)(?:\?(?P<query>\S*))?(?: (?P<version>HTTP/[\d.]+))?$"
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\x22": '"', "\\x5C": "\\", "\\x5c": "\\"}
LOOK = rf"^\S+ \S+ .{{0,200}}{_STAMP} {_QUOTED} (?:\d{{3}}|-) (?:\d+|-)"


@kind("access")
class Access(TextFormat):
    """One request a line."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for a stamp in brackets, a quoted request and a status."""
        return 0.95 * share(head, LOOK)

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the requests."""
        groups = lines.get_column(LINE).str.extract_groups(plain(_LINE)).struct.unnest()
        groups.columns = list(_GROUPS)
        there = groups.get_column("@at").is_not_null()
        if not there.all():
            bad = lines.filter(~there)
            self.context.flaws(bad, "no line of an access log")
            yield bad.with_columns(pl.lit("unknown").alias(SOURCE))
            lines, groups = lines.filter(there), groups.filter(there)
        if len(lines):
            yield mapped(_read(lines, groups), self.context)


def _read(lines: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    texts = ("@request", "cs-referer", "cs-user-agent", "cs-username")
    groups = groups.with_columns(_plain(groups.get_column(name)) for name in texts)
    request = groups.get_column("@request").str.extract_groups(plain(_REQUEST)).struct.unnest()
    stem = request.get_column("stem")
    broken = stem.is_null()  # no HTTP: what was sent is shown whole
    at = groups.get_column("@at").str.to_datetime("%d/%b/%Y:%H:%M:%S %z", time_unit="us", strict=False)
    kept = (
        groups.with_columns(pl.coalesce("c-ip", "@address").alias("c-ip"))
        .drop("@address", "@ident", "@at", "@request")
        .with_columns(pl.all().replace("-", None))
    )
    kept = kept.with_columns(pl.col("cs-host").str.replace(r":\d+$", ""))
    return lines.with_columns(
        *kept.get_columns(),
        request.get_column("method").alias("cs-method"),
        stem.zip_with(~broken, groups.get_column("@request")).alias("cs-uri-stem"),
        request.get_column("query").alias("cs-uri-query"),
        request.get_column("version").alias("cs-version"),
        at.alias(TIME),
        pl.lit(ACCESS).alias(SOURCE),
    )


def _plain(texts: pl.Series) -> pl.Series:
    """Undo the escapes of a quoted text, where there are some."""
    if not texts.str.contains("\\", literal=True).any():
        return texts
    return texts.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
