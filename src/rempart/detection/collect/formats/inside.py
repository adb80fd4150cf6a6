"""Where a message of syslog belongs: audit, CEF, JSON, Sysmon, firewalls, declared programs, or what programs say."""

from collections.abc import Callable, Iterator

import polars as pl

from rempart.detection.collect.blocks import CODE
from rempart.detection.collect.formats import auditd, bodies, cef, firewalls, handed, sysmon_linux
from rempart.detection.collect.formats.bodies import MESSAGE
from rempart.detection.collect.formats.context import Context, Events
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.spans import unescaped, without, words
from rempart.detection.collect.sources import Declared

Sorter = Callable[[pl.DataFrame, Context], Iterator[Events]]


def sorted_out(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    """Give the events of messages, each where it belongs.

    Args:
        frame: LINE, OFFSET, LENGTH, TIME, CODE, SOURCE, MESSAGE and the fields of the header.
        context: of the file.

    """
    for declared in context.senders:
        mine = frame.get_column(CODE).is_in([name.lower() for name in declared.programs])
        if mine.any():
            yield _declared(frame.filter(mine), context, declared)
            frame = frame.filter(~mine)
    for belongs, sorter in _SORTERS:
        if frame.is_empty():
            return
        mine = belongs(frame).fill_null(value=False)
        if mine.any():
            yield from sorter(frame.filter(mine), context)
            frame = frame.filter(~mine)
    for told in bodies.told(frame):
        yield mapped(told, context)


def _declared(frame: pl.DataFrame, context: Context, declared: Declared) -> pl.DataFrame:
    """Return the messages of a program that the hospital declared, with the fields of its pattern, or its pairs."""
    message = frame.get_column(MESSAGE)
    if declared.pattern is None:
        columns = without(unescaped(words(message), {"\\\\": "\\", '\\"': '"'}), ("host",))
        found = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    else:
        found = message.str.extract_groups(declared.pattern).struct.unnest()
    made = frame.with_columns(*found.get_columns())
    context.flaws(
        made.filter(pl.all_horizontal(pl.col(found.columns).is_null())), f"not as declared: {declared.name}"
    ) if found.width else None
    return mapped(made, context, declared)


def _audit(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    """Join within what came together: a relay mixes the machines that speak."""
    named = frame.select(pl.col("^@.*$"), "host")
    yield auditd.with_text(auditd.joined(auditd.events_of(named, frame.get_column(MESSAGE), context)))


def _cef(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    program = frame.get_column("program")
    whole = program.is_in(["CEF", "LEEF"]).fill_null(value=False)
    text = frame.get_column(MESSAGE).zip_with(~whole, program + ":" + frame.get_column(MESSAGE))
    for made in cef.events_of(frame.with_columns(text.alias(MESSAGE)), context):
        yield mapped(made, context)


def _json(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    yield from handed.pieces(frame, frame.get_column(MESSAGE).str.strip_chars(), context)


def _sysmon(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    yield sysmon_linux.events_of(frame, context)


def _fortigate(frame: pl.DataFrame, context: Context) -> Iterator[Events]:
    yield firewalls.fortigate(frame, context)


def _netfilter(frame: pl.DataFrame, _: Context) -> Iterator[Events]:
    yield firewalls.netfilter(frame)


def _filterlog(frame: pl.DataFrame, _: Context) -> Iterator[Events]:
    yield firewalls.filterlog(frame)


def _is_audit(frame: pl.DataFrame) -> pl.Series:
    return frame.get_column(MESSAGE).str.contains(auditd.HEADER)


def _is_cef(frame: pl.DataFrame) -> pl.Series:
    split = frame.get_column("program").is_in(["CEF", "LEEF"]) & frame.get_column(MESSAGE).str.contains(
        r"^\s?\d+(?:\.\d+)?\|"
    )
    return split.fill_null(value=False) | frame.get_column(MESSAGE).str.contains(cef.START + r"[\d.]*\|")


def _is_json(frame: pl.DataFrame) -> pl.Series:
    message = frame.get_column(MESSAGE)
    braces = message.str.contains(r'^\s*\{\s*"') & message.str.contains(r"\}\s*$")
    return braces if handed.readable() else braces & False


_SORTERS: tuple[tuple[Callable[[pl.DataFrame], pl.Series], Sorter], ...] = (
    (_is_audit, _audit),
    (_is_cef, _cef),
    (_is_json, _json),
    (lambda frame: sysmon_linux.is_sysmon(frame.get_column(MESSAGE)), _sysmon),
    (lambda frame: firewalls.is_fortigate(frame.get_column(MESSAGE)), _fortigate),
    (lambda frame: firewalls.is_packet(frame.get_column(MESSAGE)), _netfilter),
    (lambda frame: frame.get_column(CODE) == "filterlog", _filterlog),
)
