"""The attributes the engine reads, and how each raw LDAP value becomes a column value."""

import struct
import tomllib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import polars as pl

_EPOCH_OFFSET = 11_644_473_600
"""Seconds from 1601-01-01 (FILETIME, MS-DTYP 2.3.3) to 1970-01-01."""
_TICKS = 10_000_000
_NEVER = 0x7FFF_FFFF_FFFF_FFFF
_SID_HEADER = 8


@dataclass(frozen=True)
class Attribute:
    """One LDAP attribute: its name (the column's too), its kind, whether it has several values."""

    name: str
    kind: str
    many: bool

    @property
    def dtype(self) -> pl.DataType:
        """The column's type."""
        inner = _DTYPES[self.kind]
        return pl.List(inner) if self.many else inner


def sid_text(raw: bytes) -> str:
    """Return the text form of a binary SID (MS-DTYP 2.4.2).

    Raises:
        ValueError: the bytes are not a SID.

    """
    if len(raw) < _SID_HEADER or raw[0] != 1 or len(raw) < _SID_HEADER + 4 * raw[1]:
        raise ValueError("not a SID")
    authority = int.from_bytes(raw[2:8], "big")
    parts = struct.unpack_from(f"<{raw[1]}I", raw, 8)
    return "-".join(["S-1", str(authority), *map(str, parts)])


def filetime(ticks: int) -> datetime | None:
    """Return the moment of a FILETIME, in whole seconds; None for 0 and for "never" (MS-ADA)."""
    if ticks <= 0 or ticks >= _NEVER:
        return None
    seconds = ticks // _TICKS - _EPOCH_OFFSET
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def generalized_time(text: str) -> datetime:
    """Return the moment of a GeneralizedTime such as `20240131120000.0Z`, in whole seconds (RFC 4517, 3.3.13)."""
    return datetime.strptime(text.rstrip("Zz").partition(".")[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def interval(ticks: int) -> timedelta | None:
    """Return the duration of a negative count of 100 ns; None for 0 and for "never" (MS-ADA maxPwdAge)."""
    if ticks >= 0 or ticks <= -_NEVER:
        return None
    return timedelta(seconds=-ticks // _TICKS)


def _boolean(raw: bytes) -> bool:
    try:
        return {b"TRUE": True, b"FALSE": False, b"1": True, b"0": False}[raw.upper()]
    except KeyError as error:
        raise ValueError("not a boolean") from error


def _guid(raw: bytes) -> str:
    return str(uuid.UUID(bytes_le=raw))


_DTYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
    "filetime": pl.Datetime("us", "UTC"),
    "time": pl.Datetime("us", "UTC"),
    "interval": pl.Duration("us"),
    "sid": pl.String(),
    "guid": pl.String(),
    "octets": pl.Binary(),
}

DECODERS: Mapping[str, Callable[[bytes], object]] = {
    "text": lambda raw: raw.decode(),
    "integer": int,
    "boolean": _boolean,
    "filetime": lambda raw: filetime(int(raw)),
    "time": lambda raw: generalized_time(raw.decode("ascii")),
    "interval": lambda raw: interval(int(raw)),
    "sid": sid_text,
    "guid": _guid,
    "octets": bytes,
}
"""From a directory server's raw value to the column's; each raises ValueError on bytes of another kind."""


def _read() -> dict[str, Attribute]:
    table = tomllib.loads(files(__package__).joinpath("attributes.toml").read_text(encoding="utf-8"))
    return {
        name.lower(): Attribute(name, kind, many=cardinality == "many")
        for kind, lists in table.items()
        for cardinality, names in lists.items()
        for name in names
    }


ATTRIBUTES: Mapping[str, Attribute] = _read()
"""Attributes by lower-case LDAP name (LDAP names are case-insensitive, RFC 4512)."""
