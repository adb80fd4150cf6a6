"""CEF (ArcSight) and LEEF (QRadar), alone on their lines or inside syslog."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.collect.blocks import CODE, SOURCE
from rempart.detection.collect.formats import moments
from rempart.detection.collect.formats.bodies import MESSAGE
from rempart.detection.collect.formats.context import Context, Events, TextFormat
from rempart.detection.collect.formats.lines import LINE
from rempart.detection.collect.formats.mapped import mapped
from rempart.detection.collect.formats.patterns import plain
from rempart.detection.collect.formats.recognise import share
from rempart.detection.collect.formats.spans import spread, unescaped
from rempart.detection.collect.kinds import kind
from rempart.detection.events import TIME

_PART = r"(?:[^|\\]|\\.)*"
CEF = (
    rf"(?s)(?:^|\s)CEF:\s?(?P<cefVersion>\d+)(?:\.\d+)?\|(?P<deviceVendor>{_PART})\|(?P<deviceProduct>{_PART})"
    rf"\|(?P<deviceVersion>{_PART})\|(?P<deviceEventClassId>{_PART})\|(?P<name>{_PART})\|(?P<cefSeverity>{_PART})\|(?P<rest>.*)$"
)
LEEF = (
    rf"(?s)(?:^|\s)LEEF:(?P<leefVersion>[12]\.\d)\|(?P<deviceVendor>{_PART})\|(?P<deviceProduct>{_PART})"
    rf"\|(?P<deviceVersion>{_PART})\|(?P<deviceEventClassId>{_PART})\|(?:(?P<separator>x?[0-9A-Fa-f]{{2,4}}|[^\w\s]|)\|)?(?P<rest>.*)$"
)
START = r"(?:^|\s)(?:CEF:\s?\d|LEEF:[12]\.\d)"
_ESCAPES = {"\\\\": "\\", "\\=": "=", "\\|": "|", "\\n": "\n", "\\r": "\r"}
_HEADER = ("deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name")
_NAMES = {"src": "src_ip", "dst": "dst_ip", "spt": "src_port", "dpt": "dst_port", "act": "action", "proto": "protocol"}
_NAMES |= {"srcPort": "src_port", "dstPort": "dst_port", "usrName": "user", "dvchost": "host"}
_MOMENTS = ("rt", "end", "start", "deviceReceiptTime", "devTime")
FIREWALLS = (
    r"(?i)firewall|fortigate|pan-os|checkpoint|vpn-1|\basa\b|stormshield|sophos|\butm\b|\bngfw\b|sonicwall|netfilter"
)
_LABELLED = r"^(?:cs|cn|cfp|c6a|deviceCustomDate|flexString|flexNumber|flexDate)\d+$"


def events_of(frame: pl.DataFrame, context: Context) -> Iterator[pl.DataFrame]:
    """Give the events of messages in CEF or LEEF, with the names of their keys, and Sigma's where there is one.

    `cs1` with `cs1Label=Policy` gives `cs1` and `Policy`. The source is `network/firewall` for a firewall, otherwise
    `vendor/product` of the header in lower case, the code the identifier of the kind of event.

    Args:
        frame: MESSAGE, and columns to keep.
        context: of the file.

    """
    texts = frame.get_column(MESSAGE)
    cef = texts.str.contains(r"(?:^|\s)CEF:\s?\d").fill_null(value=False)
    for mask, pattern in ((cef, CEF), (~cef, LEEF)):
        if not mask.any():
            continue
        part = frame.filter(mask)
        head = part.get_column(MESSAGE).str.extract_groups(plain(pattern)).struct.unnest()
        there = head.get_column("rest").is_not_null()
        if not there.all():
            bad = part.filter(~there)
            context.flaws(bad, "header of CEF or LEEF not understood")
            yield bad.with_columns(pl.lit("unknown").alias(SOURCE), pl.lit("").alias(CODE))
        part, head = part.filter(there), head.filter(there)
        if len(part):
            yield _read(part, head, context)


def _read(frame: pl.DataFrame, head: pl.DataFrame, context: Context) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {}
    if "separator" in head.columns:
        columns = unescaped(spread(_with_tabs(head), "\t"), _ESCAPES)
    else:
        columns = unescaped(spread(head.get_column("rest")), _ESCAPES)
    columns = {name: column for name, column in columns.items() if not name.startswith("@")}
    known = [name for name in _HEADER if name in head.columns]
    header = {name: head.get_column(name).str.replace_many(list(_ESCAPES), list(_ESCAPES.values())) for name in known}
    own = {name: column for name, column in header.items() if name != "name" or name not in columns}
    columns = {**columns, **_labelled(columns), **own}
    columns |= {new: columns[old] for old, new in _NAMES.items() if old in columns and new not in columns}
    for user in ("duser", "suser", "usrName"):
        if user in columns and "user" not in columns:
            columns["user"] = columns[user]
    kept = [column for column in frame if column.name not in columns and column.name not in {TIME, CODE, SOURCE}]
    made = pl.DataFrame(kept).with_columns(*(column.alias(name) for name, column in columns.items()))
    product = pl.concat_str("deviceVendor", pl.lit(" "), "deviceProduct")
    slug = (
        (pl.concat_str("deviceVendor", pl.lit("/"), "deviceProduct"))
        .str.to_lowercase()
        .str.replace_all(r"[^a-z0-9/]+", "-")
    )
    source = pl.when(product.str.contains(FIREWALLS)).then(pl.lit("network/firewall")).otherwise(slug)
    made = made.with_columns(source.alias(SOURCE), _at(columns, frame, context).alias(TIME))
    made = made.with_columns(context.known(made.get_column("deviceEventClassId")).alias(CODE))
    return made.with_columns(_bounded(made.get_column(SOURCE), context).alias(SOURCE))


def _bounded(sources: pl.Series, context: Context) -> pl.Series:
    """Return the sources, "unknown" for those of a file that names too many."""
    known = context.known(sources)
    return known.set(known == "", "unknown")


def _with_tabs(head: pl.DataFrame) -> pl.Series:
    """Return LEEF attributes parted by tabs, whatever the header says parts them (a character, or its code)."""
    rest, separators = head.get_column("rest"), head.get_column("separator").fill_null("")
    for separator in separators.unique():
        character = separator if len(separator) == 1 else _character(separator)
        if character != "\t":
            rest = rest.zip_with(separators != separator, rest.str.replace_all(character, "\t", literal=True))
    return rest


def _character(code: str) -> str:
    digits = code.removeprefix("x").removeprefix("0x")
    value = int(digits, 16) if digits else 9
    return chr(value) if 0 < value < 0xD800 else "\t"  # noqa: PLR2004 — under the surrogates


def _labelled(columns: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Return the custom fields under what their labels call them, where all events agree on the label."""
    named: dict[str, pl.Series] = {}
    custom = pl.Series(list(columns), dtype=pl.String)
    for name in custom.filter(custom.str.contains(_LABELLED)):
        label = columns.get(f"{name}Label")
        if label is None:
            continue
        for value in label.drop_nulls().unique().sort().head(20):
            if value and value not in columns and not value.startswith("@"):
                mine = columns[name].set((label != value).fill_null(value=True), None)
                named[value] = mine if value not in named else pl.select(pl.coalesce(named[value], mine)).to_series()
    return named


def _at(columns: dict[str, pl.Series], frame: pl.DataFrame, context: Context) -> pl.Series:
    """Return when the device says it happened, else when syslog does."""
    at = moments.none(len(frame))
    for name in _MOMENTS:
        if name in columns and at.null_count():
            found = _moment(columns[name], context)
            at = at.zip_with(at.is_not_null(), found)
    if TIME in frame.columns:
        at = at.zip_with(at.is_not_null(), frame.get_column(TIME))
    return at


def _moment(texts: pl.Series, context: Context) -> pl.Series:
    """Return moments in milliseconds since 1970, `Nov 24 2026 18:47:38`, or ISO."""
    number = moments.epoch(texts.set(~texts.str.contains(r"^\d{9,13}(?:\.\d+)?$"), None))
    left = texts.set(number.is_not_null(), None)
    if left.null_count() == len(left):
        return number
    dated = moments.local(
        moments.said(left.str.replace_all(r"\s+", " ").str.replace(r" [A-Z]{2,5}$", ""), "%b %e %Y %H:%M:%S%.f"),
        context,
    )
    found = number.zip_with(number.is_not_null(), dated)
    left = left.set(found.is_not_null(), None)
    return found.zip_with(found.is_not_null(), moments.iso(left, context)) if left.null_count() < len(left) else found


@kind("cef")
class Cef(TextFormat):
    """Lines that begin by `CEF:0|` or `LEEF:1.0|`."""

    @classmethod
    def recognises(cls, head: bytes, name: str) -> float:  # noqa: ARG003 — the content says it
        """Look for headers at the start of lines."""
        return 0.95 * share(head, r"^(?:CEF:\s?\d+(?:\.\d+)?\||LEEF:[12]\.\d\|)")

    def events(self, lines: pl.DataFrame) -> Iterator[Events]:
        """Give the events of lines."""
        for frame in events_of(lines.with_columns(pl.col(LINE).alias(MESSAGE)), self.context):
            yield mapped(frame.drop(MESSAGE), self.context)
