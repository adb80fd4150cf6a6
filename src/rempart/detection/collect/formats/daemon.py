"""Logs that known programs write to a file of their own (BIND, unbound, OpenVPN, errors of nginx and Apache)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import bodies, moments
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.patterns import plain
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.kinds import Opened, kind
from rempart.detection.events import TIME

_TABLE = Path(__file__).with_name("daemons.toml")


@dataclass(frozen=True)
class Written:
    """How one program writes its file."""

    program: str
    looks: str
    pattern: str
    time: str
    source: str


@cache
def programs() -> tuple[Written, ...]:
    """Return the table."""
    return tuple(Written(**entry) for entry in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["daemon"])


def _surest(head: bytes) -> tuple[float, Written]:
    """Return the program whose lines these look most like, and their share."""
    return max(((share(head, plain(one.looks)), one) for one in programs()), key=lambda pair: pair[0])


@kind("daemon")
class Daemon(TextFormat):
    """Lines of one program."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._written = _surest(opened.head)[1]

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for the stamps and first words of each program."""
        return 0.9 * _surest(head)[0]

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the events of lines; what is on more than one line stays unknown but for its first."""
        found = lines.get_column(LINE).str.extract_groups(plain(self._written.pattern)).struct.unnest()
        there = found.get_column("at").is_not_null()
        if not there.all():
            bad = lines.filter(~there)
            self.context.flaws(bad, f"no line of {self._written.program}")
            yield bad.with_columns(pl.lit("unknown").alias(SOURCE))
        if there.any():
            yield from self._told(lines.filter(there), found.filter(there))

    def _told(self, lines: pl.DataFrame, found: pl.DataFrame) -> Iterator[Events]:
        written = self._written
        made = lines.with_columns(
            *found.drop("at").get_columns(),
            _moment(found.get_column("at"), written.time, self.context).alias(TIME),
            pl.lit(written.program).alias(CODE),
            pl.lit(written.source).alias(SOURCE),
        )
        for told in bodies.told(made):
            yield mapped(told, self.context)


def _moment(texts: pl.Series, form: str, context: Context) -> pl.Series:
    return moments.declared(texts, None if form == "iso" else form, context)
