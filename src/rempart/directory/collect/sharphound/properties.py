"""From SharpHound's properties back to the values a directory server would have sent."""

import re
import struct
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

_TICKS = 10_000_000
_EPOCH_OFFSET = 11_644_473_600
_LAST_SECOND = 250_000_000_000
_FOREVER = b"-9223372036854775808"
_DURATION = re.compile(r"(\d{1,9}) (day|hour|minute|second)s?")
_SECONDS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
_SID = re.compile(r"S-1-(\d{1,14})((?:-\d{1,10}){1,15})\Z")
_GENERIC_ALL = 0x000F01FF
UAC_NORMAL, UAC_WORKSTATION, UAC_SERVER = 0x200, 0x1000, 0x2000
UAC_DISABLED = 0x2


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


_FLAGS: Mapping[str, Mapping[str, int]] = _table("flags")


@dataclass(frozen=True)
class Property:
    """One property: the attribute it stands for, the form of its value, the kinds of files that should show it."""

    attribute: str
    form: str
    kinds: tuple[str, ...]


PROPERTIES: Mapping[str, Property] = {
    name: Property(row["attribute"], row["form"], tuple(row["kinds"])) for name, row in _table("properties").items()
}
"""By SharpHound's name, lower case."""

UAC_BITS: Mapping[str, int] = _FLAGS["uac"]
"""Bits of userAccountControl by the property that shows them ("enabled" apart)."""


def sid_bytes(text: str) -> bytes:
    """Return the binary form of a SID (MS-DTYP 2.4.2).

    Raises:
        ValueError: not a SID.

    """
    found = _SID.match(text)
    parts = [int(part) for part in found[2].split("-")[1:]] if found else []
    if found is None or max(parts) >= 1 << 32 or int(found[1]) >= 1 << 48:
        raise ValueError("not a SID")
    return struct.pack("<BB", 1, len(parts)) + int(found[1]).to_bytes(6, "big") + struct.pack(f"<{len(parts)}I", *parts)


def descriptor(trustees: list[str]) -> bytes:
    """Return a self-relative descriptor that grants everything to these SIDs (MS-DTYP 2.4.6).

    It stands for msDS-AllowedToActOnBehalfOfOtherIdentity, of which SharpHound keeps the trustees only.
    """
    sids = [sid_bytes(trustee) for trustee in trustees]
    aces = b"".join(struct.pack("<BBHI", 0, 0, 8 + len(sid), _GENERIC_ALL) + sid for sid in sids)
    owner = sid_bytes("S-1-5-32-544")
    acl = struct.pack("<BBHHH", 2, 0, 8 + len(aces), len(sids), 0) + aces
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 0, 0, 20 + len(owner)) + owner + acl


def whole(value: object) -> int:
    """Return a whole number given as number or text.

    Raises:
        ValueError: anything else, or a number no attribute holds (64 bits).

    """
    if isinstance(value, str) and len(value) > len(_FOREVER):
        raise ValueError("not a whole number")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("not a whole number")  # noqa: TRY004 — one family: a value of the wrong form
    number = int(value)
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError("number out of bounds")
    return number


def direction(value: object) -> int:
    """Return the trustDirection of a trust, given as a word or as a number (ValueError otherwise)."""
    return _named(value, "trust_direction")


def _named(value: object, table: str) -> int:
    if isinstance(value, str) and value in _FLAGS[table]:
        return _FLAGS[table][value]
    return whole(value)


def _text(value: object) -> list[bytes]:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 — one family: a value of the wrong form
    return [value.encode()] if value else []


def _texts(value: object) -> list[bytes]:
    return [encoded for item in _items(value) for encoded in _text(item)]


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")  # noqa: TRY004 — one family: a value of the wrong form
    return value


def _boolean(value: object) -> list[bytes]:
    if not isinstance(value, bool):
        raise ValueError("not a boolean")  # noqa: TRY004 — one family: a value of the wrong form
    return [b"TRUE" if value else b"FALSE"]


def _mark(value: object) -> list[bytes]:
    """Return 1 for true; false leaves the attribute absent, for it says zero as well as absent."""
    return [b"1"] if _boolean(value) == [b"TRUE"] else []


def _moment(value: object) -> list[bytes]:
    """Seconds since 1970 to FILETIME; 0 and -1 say never."""
    seconds = whole(int(value) if isinstance(value, float) and abs(value) < _LAST_SECOND else value)
    if seconds <= 0:
        return [b"0"]
    if seconds > _LAST_SECOND:
        raise ValueError("moment out of bounds")
    return [b"%d" % ((seconds + _EPOCH_OFFSET) * _TICKS)]


def _creation(value: object) -> list[bytes]:
    seconds = whole(value)
    if not 0 < seconds < _LAST_SECOND:
        return []
    return [(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%S.0Z").encode()]


def _duration(value: object) -> list[bytes]:
    """Return the negative count of 100 ns of `42 days, 1 hour`, a number being one already."""
    if not isinstance(value, str):
        return [b"%d" % whole(value)]
    if value == "Forever":
        return [_FOREVER]
    parts = _DURATION.findall(value)
    if value and not parts:
        raise ValueError("not a duration")
    return [b"%d" % -sum(int(count) * _SECONDS[unit] * _TICKS for count, unit in parts)]


def _sids(value: object) -> list[bytes]:
    return [sid_bytes(text.decode()) for text in _texts(value)]


def _level(value: object) -> list[bytes]:
    return [] if value == "Unknown" else [b"%d" % _named(value, "level")]


def _union(table: str) -> Callable[[object], list[bytes]]:
    """Return a form: names of bits, in a list or joined by commas, or the number itself."""

    def convert(value: object) -> list[bytes]:
        names = value.split(", ") if isinstance(value, str) else value if isinstance(value, list) else [value]
        bits = 0
        for name in names:
            bits |= _named(name, table)
        return [b"%d" % bits]

    return convert


FORMS: Mapping[str, Callable[[object], list[bytes]]] = {
    "text": _text,
    "texts": _texts,
    "number": lambda value: [b"%d" % whole(value)],
    "boolean": _boolean,
    "mark": _mark,
    "moment": _moment,
    "creation": _creation,
    "duration": _duration,
    "sids": _sids,
    "level": _level,
    "encryption": _union("encryption"),
    "name_flags": _union("name_flags"),
    "enrollment_flags": _union("enrollment_flags"),
}
"""From a JSON value (never null) to the server's values; each raises ValueError on a value of another form."""
