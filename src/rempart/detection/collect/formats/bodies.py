"""What known programs say inside syslog, by a table of patterns: fields, and the source an event belongs to."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats.patterns import plain

MESSAGE = "message"
"""The field of what a program says."""
_TABLE = Path(__file__).with_name("bodies.toml")
_ANY = "*"
SYSLOG = "linux/syslog"


@dataclass(frozen=True)
class Body:
    """One pattern of the table; `first` is a group that takes part in every match."""

    programs: tuple[str, ...]
    pattern: str
    first: str
    source: str = SYSLOG
    set: Mapping[str, str] = field(default_factory=dict)


@cache
def bodies() -> tuple[Body, ...]:
    """Return the table."""
    entries = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["body"]
    made = []
    for entry in entries:
        first = entry.pop("first", None) or entry["pattern"].partition("(?P<")[2].partition(">")[0]
        made.append(Body(tuple(entry.pop("programs")), first=first, pattern=plain(entry.pop("pattern")), **entry))
    return tuple(made)


@cache
def _by_program() -> dict[str, tuple[Body, ...]]:
    """Return the patterns to try for each program, those of any program last; "*": for the others."""
    common = tuple(body for body in bodies() if _ANY in body.programs)
    names = {name for body in bodies() for name in body.programs if name != _ANY}
    own = {name: (*(body for body in bodies() if name in body.programs), *common) for name in names}
    return own | {_ANY: common}


def told(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Give the rows of syslog with the fields that their bodies say, by program.

    Args:
        frame: MESSAGE, CODE and SOURCE among its columns.

    """
    table = _by_program()
    known = frame.get_column(CODE).is_in([name for name in table if name != _ANY])
    for keys, part in frame.filter(known).partition_by([CODE], as_dict=True).items():
        yield from _tried(part, table[str(keys[0])])
    yield from _tried(frame.filter(~known), table[_ANY])


def _tried(part: pl.DataFrame, patterns: tuple[Body, ...]) -> Iterator[pl.DataFrame]:
    """Try the patterns in turn on the rows that no earlier one matched."""
    for body in patterns:
        if part.is_empty():
            return
        groups = part.get_column(MESSAGE).str.extract_groups(body.pattern).struct.unnest()
        found = groups.get_column(body.first).is_not_null()
        if not found.any():
            continue
        fields = groups.filter(found)
        constants = (pl.lit(value).alias(name) for name, value in body.set.items())
        yield part.filter(found).with_columns(*fields.get_columns(), pl.lit(body.source).alias(SOURCE), *constants)
        part = part.filter(~found)
    yield part
