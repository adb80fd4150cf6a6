"""ADExplorer snapshots (`.dat`): what Sysinternals' viewer saves of a whole directory, descriptors included.

Layout (no official description exists; found by reading snapshots): a header of 0x43E bytes, then the objects, each a
table of (attribute number, offset of the values relative to the object), then the table of attributes. Values shared by
several objects are written once: offsets may point backwards, into an earlier object.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rempart.directory.attributes import ATTRIBUTES, filetime
from rempart.directory.builder import DESCRIPTOR, SnapshotBuilder
from rempart.directory.collect.constructed import constructed_gaps
from rempart.directory.collect.source import Progress, silent
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NAME = "adexplorer"

_GUIDS = 36
"""Bytes that end a row of the table of attributes: schemaIDGUID, attributeSecurityGUID, 4 unknown."""
_MAGIC = b"win-ad-ob\0"
_HEADER = 0x43E
_TAKEN_AT = 14
_COUNTS_AT = 1062
_TABLE_ROW = np.dtype([("attribute", "<u4"), ("offset", "<i4")])
_REREAD = 12
"""How many times its own size a snapshot may give by pointing again at the same bytes; a real one stays below 2."""
_SPARE = 1 << 20
_REPORT_EVERY = 1_000
_MEMORY = 200_000
_NEEDED = ("distinguishedname", "objectclass", "isdeleted", DESCRIPTOR)
_DAMAGED = Text(
    fr="instantané ADExplorer tronqué ou abîmé, à l'octet {at}",
    en="truncated or damaged ADExplorer snapshot, at byte {at}",
)
_ADVICE = Text(
    fr="Refaites l'instantané avec ADExplorer, et copiez le fichier une fois l'enregistrement terminé.",
    en="Take the snapshot again with ADExplorer, and copy the file once it is fully saved.",
)


@dataclass
class _File:
    """The mapped file; every read is checked against its end, and the sum of reads against an allowance."""

    content: mmap.mmap
    size: int
    allowance: int
    path: Path

    def take(self, at: int, length: int) -> bytes:
        """Return `length` bytes from the address `at`."""
        if at < 0 or length > self.size - at:
            raise self.damaged(at)
        self.charge(at, length)
        return self.content[at : at + length]

    def charge(self, at: int, length: int) -> None:
        """Count bytes given; a file that gives far more than it holds was made to fill the memory."""
        if length > self.allowance:
            raise self.damaged(at)
        self.allowance -= length

    def numbers(self, layout: str, at: int) -> tuple[int, ...]:
        """Return little-endian numbers, `layout` as in `struct`."""
        return struct.unpack(f"<{layout}", self.take(at, struct.calcsize(f"<{layout}")))

    def uint(self, at: int) -> int:
        """Return an unsigned number of 32 bits."""
        return int.from_bytes(self.take(at, 4), "little")

    def wide_text(self, at: int) -> bytes:
        """Return a zero-terminated UTF-16 text as UTF-8."""
        if not 0 <= at < self.size:
            raise self.damaged(at)
        limit = min(self.size, at + self.allowance)
        end = self.content.find(b"\0\0", at, limit)
        while end >= 0 and (end - at) % 2:  # the second half of one character and the first of the next
            end = self.content.find(b"\0\0", end + 1, limit)
        if end < 0:
            raise self.damaged(at)
        return self.take(at, end - at).decode("utf-16-le").encode()

    def damaged(self, at: int) -> InputError:
        """Return the error that names the byte."""
        return InputError(_DAMAGED.filled(at=min(max(at, 0), self.size)), str(self.path), _ADVICE)


_Reader = Callable[[_File, int, int], list[bytes]]
"""Reads `count` values at an address, which is that of the count itself."""


def _texts(file: _File, at: int, count: int) -> list[bytes]:
    offsets = np.frombuffer(file.take(at + 4, 4 * count), dtype="<i4").tolist()
    return [file.wide_text(at + offset) for offset in offsets]


def _booleans(file: _File, at: int, count: int) -> list[bytes]:
    flags = np.frombuffer(file.take(at + 4, 4 * count), dtype="<u4").tolist()
    return [b"TRUE" if flag else b"FALSE" for flag in flags]


def _integers(file: _File, at: int, count: int) -> list[bytes]:
    """LDAP integers are signed (RFC 4517; groupType is negative for a security group)."""
    return [b"%d" % value for value in np.frombuffer(file.take(at + 4, 4 * count), dtype="<i4").tolist()]


def _large_integers(file: _File, at: int, count: int) -> list[bytes]:
    return [b"%d" % value for value in np.frombuffer(file.take(at + 4, 8 * count), dtype="<i8").tolist()]


def _octets(file: _File, at: int, count: int) -> list[bytes]:
    """All the lengths first, then all the bytes."""
    lengths = np.frombuffer(file.take(at + 4, 4 * count), dtype="<u4").tolist()
    values, here = [], at + 4 + 4 * count
    for length in lengths:
        values.append(file.take(here, length))
        here += length
    return values


def _descriptors(file: _File, at: int, count: int) -> list[bytes]:
    """A length before each value."""
    values, here = [], at + 4
    for _ in range(count):
        length = file.uint(here)
        values.append(file.take(here + 4, length))
        here += 4 + length
    return values


def _times(file: _File, at: int, count: int) -> list[bytes]:
    """SYSTEMTIME (MS-DTYP 2.3.13) to GeneralizedTime."""
    rows = np.frombuffer(file.take(at + 4, 16 * count), dtype="<u2").reshape(-1, 8).tolist()
    return [b"%04d%02d%02d%02d%02d%02d.0Z" % (y, m, d, h, mi, s) for y, m, _, d, h, mi, s, _ in rows]


_READERS: dict[int, _Reader] = {
    **dict.fromkeys((1, 2, 3, 4, 5, 12), _texts),
    6: _booleans,
    7: _integers,
    8: _octets,
    9: _times,
    10: _large_integers,
    25: _descriptors,
}
"""By ADSTYPE (ADSI's ADSTYPEENUM). DN with binary or string (27, 28) is never written in a form that can be read."""


@dataclass(frozen=True)
class _Attribute:
    name: str
    read: _Reader


def recognises(path: Path) -> bool:
    """Tell whether `path` is an ADExplorer snapshot, by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def read(path: Path, progress: Progress = silent) -> Snapshot:
    """Read an ADExplorer snapshot; progress counts objects.

    Raises:
        InputError: the file is truncated or damaged; the byte is named.

    """
    size = path.stat().st_size
    if not recognises(path) or size < _HEADER:
        raise InputError(_DAMAGED.filled(at=min(size, _HEADER)), str(path), _ADVICE)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        file = _File(content, size, _REREAD * size + _SPARE, path)
        return _snapshot(file, progress)


def _snapshot(file: _File, progress: Progress) -> Snapshot:
    (ticks,) = file.numbers("Q", _TAKEN_AT)
    count, _, low, high = file.numbers("4I", _COUNTS_AT)
    reading = _Reading(file, _attributes(file, high << 32 | low), SnapshotBuilder(NAME))
    for done, at in enumerate(_objects(file, count)):
        reading.add(at)
        if done % _REPORT_EVERY == 0:
            progress(done, count)
    constructed_gaps(reading.builder, "ADExplorer", reading.seen)
    progress(count, count)
    return reading.builder.finish(filetime(ticks))


def _attributes(file: _File, at: int) -> list[_Attribute | None]:
    """Return the table of attributes in file order, None for those the engine does not read."""
    attributes: list[_Attribute | None] = []
    here = at + 4
    for _ in range(file.uint(at)):
        name, here = _counted_text(file, here)
        reader = _READERS.get(file.uint(here + 4))
        _, here = _counted_text(file, here + 8)
        here += len(file.take(here, _GUIDS))
        known = name.lower() in ATTRIBUTES or name.lower() in _NEEDED
        attributes.append(_Attribute(name, reader) if known and reader else None)
    return attributes


def _counted_text(file: _File, at: int) -> tuple[str, int]:
    length = file.uint(at)
    text = file.take(at + 4, length).decode("utf-16-le", errors="replace").rstrip("\0")
    return text, at + 4 + length


def _objects(file: _File, count: int) -> Iterator[int]:
    """Yield the address of each object; an object at least as long as its own header keeps the walk going forward."""
    at = _HEADER
    for _ in range(count):
        length = file.uint(at)
        if length < 2 * 4 or length > file.size - at:
            raise file.damaged(at)
        yield at
        at += length


class _Reading:
    """One pass over the objects; values that objects share are read once, as far as `_MEMORY` entries go."""

    def __init__(self, file: _File, attributes: list[_Attribute | None], builder: SnapshotBuilder) -> None:
        self._file = file
        self._attributes = attributes
        self._wanted = np.array([attribute is not None for attribute in attributes], dtype=bool)
        self._known: dict[tuple[int, int], list[bytes]] = {}
        self.builder = builder
        self.seen: set[str] = set()

    def add(self, at: int) -> None:
        """Give the builder the object at this address."""
        rows = np.frombuffer(self._file.take(at + 8, 8 * self._file.uint(at + 4)), dtype=_TABLE_ROW)
        if rows.size and rows["attribute"].max() >= len(self._attributes):
            raise self._file.damaged(at)
        record: dict[str, list[bytes]] = {}
        for number, offset in rows[self._wanted[rows["attribute"]]].tolist():
            attribute = self._attributes[number]
            if attribute is not None and (values := self._values(attribute, number, at + offset)):
                record[attribute.name] = values
        self.seen.update(record)
        names = record.get("distinguishedName")
        if names:
            self.builder.add(names[0].decode(), record)
        else:
            self.builder.flaw(f"@{at}", "object without a distinguishedName")

    def _values(self, attribute: _Attribute, number: int, place: int) -> list[bytes]:
        known = self._known.get((number, place))
        if known is not None:
            self._file.charge(place, sum(map(len, known)))
            return known
        try:
            values = attribute.read(self._file, place, self._file.uint(place))
        except UnicodeDecodeError:
            self.builder.flaw(f"@{place} {attribute.name}", "text is not UTF-16")
            return []
        if len(self._known) < _MEMORY:
            self._known[number, place] = values
        return values
