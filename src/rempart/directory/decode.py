"""From raw LDAP values to column values, a whole column at a time.

Each kind of attribute has a fast way over the column; what the fast way leaves null is tried again value by value with
the exact decoder of `attributes`, which says whether it is a real "no value" (a date of 0) or a broken one.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

import polars as pl
from polars.exceptions import PolarsError

from rempart.directory.attributes import DECODERS, Attribute, sid_text

HUGE = 1 << 25
"""Bytes. No server gives a longer value: Active Directory refuses requests over 10 MB (MaxReceiveBuffer)."""

_EPOCH_OFFSET = 11_644_473_600
_LAST_SECOND = 253_402_300_799
"""Seconds from 1970-01-01 to the end of the year 9999, the last moment Python can tell."""
_TICKS = 10_000_000
_MICROSECONDS = 1_000_000
_NEVER = 0x7FFF_FFFF_FFFF_FFFF
_GUID_SIZE = 16
_GUID_DIGITS = (
    (6, 2),
    (4, 2),
    (2, 2),
    (0, 2),
    None,
    (10, 2),
    (8, 2),
    None,
    (14, 2),
    (12, 2),
    None,
    (16, 4),
    None,
    (20, 12),
)
"""Where the digits of a GUID's text stand in the hex of its bytes (MS-DTYP 2.3.4.2); None is a dash."""

Broken = list[tuple[int, str]]
"""Positions of the values that could not be decoded, and why."""


def decode(attribute: Attribute, values: list[bytes]) -> tuple[pl.Series, Broken]:
    """Return the decoded values, null where a value means "none" or is broken, and the broken ones."""
    raw = pl.Series(attribute.name, values, dtype=pl.Binary)
    inner = attribute.dtype.inner if isinstance(attribute.dtype, pl.List) else attribute.dtype
    try:
        decoded = _where(raw.bin.size() <= HUGE, _FAST[attribute.kind](raw).cast(inner))
    except PolarsError:  # one value that is no text spoils the whole column: go value by value
        decoded = pl.Series(attribute.name, [None] * len(raw), dtype=inner)
    return _mended(attribute, values, decoded.alias(attribute.name))


def _mended(attribute: Attribute, values: list[bytes], decoded: pl.Series) -> tuple[pl.Series, Broken]:
    broken: Broken = []
    mended: dict[int, object] = {}
    for place in decoded.is_null().arg_true():
        try:
            value = _exactly(attribute, values[place])
        except (ValueError, OverflowError) as error:
            broken.append((place, f"{type(error).__name__}: {error}"))
        else:
            if value is not None:
                mended[place] = value
    if mended:
        decoded = decoded.scatter(list(mended), pl.Series(list(mended.values()), dtype=decoded.dtype))
    return decoded, broken


def _exactly(attribute: Attribute, value: bytes) -> object:
    if len(value) > HUGE:
        raise OverflowError(f"value of {len(value)} bytes")
    decoded = DECODERS[attribute.kind](value)
    if isinstance(decoded, int) and not -_NEVER - 1 <= decoded <= _NEVER:
        raise OverflowError("integer of more than 64 bits")
    return decoded


def _text(raw: pl.Series) -> pl.Series:
    return raw.cast(pl.String)


def _integer(raw: pl.Series) -> pl.Series:
    return _text(raw).cast(pl.Int64, strict=False)


def _boolean(raw: pl.Series) -> pl.Series:
    values = {"TRUE": True, "FALSE": False, "1": True, "0": False}
    return _text(raw).str.to_uppercase().replace_strict(values, default=None, return_dtype=pl.Boolean)


def _filetime(raw: pl.Series) -> pl.Series:
    ticks = _integer(raw)
    seconds = ticks // _TICKS - _EPOCH_OFFSET
    told = (ticks > 0) & (ticks < _NEVER) & (seconds <= _LAST_SECOND)
    return _where(told, seconds * _MICROSECONDS).cast(pl.Datetime("us", "UTC"))


def _time(raw: pl.Series) -> pl.Series:
    text = _text(raw)
    regular = text.str.contains(r"^[0-9]{12}[0-5][0-9](?:\.[0-9]*)?Z?$")
    moments = text.str.slice(0, 14).str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us", time_zone="UTC")
    return _where(regular, moments)


def _interval(raw: pl.Series) -> pl.Series:
    ticks = _integer(raw)
    told = (ticks < 0) & (ticks > -_NEVER)
    return _where(told, (-_where(told, ticks)) // _TICKS * _MICROSECONDS).cast(pl.Duration("us"))


def _where(mask: pl.Series, series: pl.Series) -> pl.Series:
    return series.zip_with(mask.fill_null(value=False), pl.Series([None], dtype=series.dtype))


def _sid(raw: pl.Series) -> pl.Series:
    # a loop, because SIDs have no fixed shape; the part before the RID is shared by whole domains and kept
    return pl.Series([_sid_or_none(value) for value in raw], dtype=pl.String)


def _sid_or_none(value: bytes) -> str | None:
    head = _sid_head(value[:-4], len(value))
    return head and f"{head}{int.from_bytes(value[-4:], 'little')}"


@lru_cache(maxsize=1 << 16)
def _sid_head(head: bytes, size: int) -> str | None:
    try:
        text = sid_text(head + b"\0\0\0\0")
    except ValueError:
        return None
    return text.removesuffix("0") if size == 8 + 4 * head[1] and head[1] else None


def _guid(raw: pl.Series) -> pl.Series:
    digits = pl.col("hex")
    text = pl.concat_str(pl.lit("-") if place is None else digits.str.slice(*place) for place in _GUID_DIGITS)
    frame = raw.bin.encode("hex").to_frame("hex")
    return _where(raw.bin.size() == _GUID_SIZE, frame.select(text).to_series())


def _octets(raw: pl.Series) -> pl.Series:
    return raw


_FAST: Mapping[str, Callable[[pl.Series], pl.Series]] = {
    "text": _text,
    "integer": _integer,
    "boolean": _boolean,
    "filetime": _filetime,
    "time": _time,
    "interval": _interval,
    "sid": _sid,
    "guid": _guid,
    "octets": _octets,
}
