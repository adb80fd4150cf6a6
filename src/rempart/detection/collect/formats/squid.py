"""The native log of squid, under the names of W3C and Sigma."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.context import Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.patterns import plain
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.formats.urls import PROXY, url_parts
from rempart.detection.collect.kinds import kind
from rempart.detection.events import TIME

_LINE = (
    r"^(?P<at>\d{9,11}\.\d{3})\s+(?P<taken>\d+) (?P<ip>\S+) (?P<code>[A-Z_]+)/(?P<status>\d{3}) (?P<bytes>\d+) "
    r"(?P<method>\S+) (?P<url>\S+) (?P<user>\S+) (?P<way>[A-Z_]+)/(?P<server>\S+) (?P<type>\S+)(?: .*)?$"
)
_NAMES = {"taken": "time-taken", "ip": "c-ip", "code": "s-action", "status": "sc-status", "bytes": "sc-bytes"}
_NAMES |= {"method": "cs-method", "url": "c-uri", "user": "cs-username", "server": "dst_ip", "type": "rs-content-type"}


@kind("squid")
class Squid(TextFormat):
    """One request a line."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for seconds since 1970, a result code and a way."""
        return 0.95 * share(head, r"^\d{9,11}\.\d{3}\s+\d+ \S+ [A-Z_]+/\d{3} \d+ \S+ \S+ \S+ [A-Z_]+/\S+ ")

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the requests."""
        found = lines.get_column(LINE).str.extract_groups(plain(_LINE)).struct.unnest()
        there = found.get_column("at").is_not_null()
        if not there.all():
            bad = lines.filter(~there)
            self.context.flaws(bad, "no line of squid")
            yield bad.with_columns(pl.lit("unknown").alias(SOURCE))
            lines, found = lines.filter(there), found.filter(there)
        if len(lines):
            at = moments.epoch(found.get_column("at")).alias(TIME)
            fields = found.select(pl.col(old).replace("-", None).alias(new) for old, new in _NAMES.items())
            made = lines.with_columns(*fields.get_columns(), at, pl.lit(PROXY).alias(SOURCE))
            made = made.with_columns(pl.col("c-ip").alias("src_ip"))
            yield mapped(made.with_columns(*url_parts(made)), self.context)
