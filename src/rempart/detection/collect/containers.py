"""What files are packed in: gzip, zip, zstandard, xz, bzip2, tar, one in another; known by content, read forward only.

Nothing is written to disk under a name an archive gives, memory stays flat, and what an archive may unpack to is
bounded. A member is called `archive!member`. Text in UTF-16, or in an encoding that is declared, comes out as UTF-8;
offsets are then those of the UTF-8 text.
"""

import bz2
import codecs
import gzip
import io
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from rempart.detection.census import Census
from rempart.detection.collect.unpacking import BROKEN, Counted, Limits, Peeked, Utf8, Xz, Zstandard

STDIN = "-"
INSIDE = "!"
"""Between the name of an archive and that of its member."""
_HEAD = 1024
_MAGIC = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"PK\x07\x08": "zip"}
_MAGIC |= {b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz", b"BZh": "bzip2"}
_TAR_MARK, _TAR_PLACE = b"ustar", 257
_NESTED_ZIP_BYTES = 1 << 30
"""A zip inside another archive goes through a nameless temporary file, no larger than this."""


class Readable(Protocol):
    """What bytes come from, forward only."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end."""


@dataclass(frozen=True)
class Member:
    """A file to read, inside or outside of an archive.

    Attributes:
        name: as in the column FILE.
        stream: its bytes, unpacked; to be read before the next member is asked for.
        modified: when it was last written, None when nothing says it.
        plain: the bytes are those of the file on disk, which may be read again from any place.

    """

    name: str
    stream: Readable
    modified: datetime | None
    plain: bool = False


def packing(head: bytes) -> str | None:
    """Return what a file is packed in, from its first bytes."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    if head[_TAR_PLACE : _TAR_PLACE + len(_TAR_MARK)] == _TAR_MARK:
        return "tar"
    return "zstd" if head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F else None  # noqa: PLR2004 — a skippable frame


def members(
    path: Path | Literal["-"], census: Census, *, limits: Limits | None = None, encoding: str | None = None
) -> Iterator[Member]:
    """Give the files that a path holds: itself, or what is packed in it.

    Args:
        path: a file, or `-` for standard input.
        census: told of what is broken, too deep, encrypted or too large; the rest is given.
        limits: of what an archive may unpack to.
        encoding: of text, when it is declared.

    Raises:
        OSError: the file cannot be opened.

    """
    bounds = limits or Limits()
    with ExitStack() as stack:
        if path == STDIN:
            raw: BinaryIO = sys.stdin.buffer
            modified = None
        else:
            raw = stack.enter_context(Path(path).open("rb"))
            modified = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
        yield from _Opener(census, bounds, encoding).opened(str(path), raw, modified, depth=0)


def member(file: str, *, encoding: str | None = None) -> Iterator[Member]:
    """Give the one file of that name, as in the column FILE, to read again what an event said; nothing if it is gone.

    Raises:
        OSError: the file cannot be opened.

    """
    path = _on_disk(file)
    yield from (one for one in members(path, Census(), encoding=encoding) if one.name == file)


def _on_disk(file: str) -> Path:
    """Return the file on disk of a name: the shortest part before a `!` that is one."""
    at = file.find(INSIDE)
    while at >= 0:
        if Path(file[:at]).is_file():
            return Path(file[:at])
        at = file.find(INSIDE, at + 1)
    return Path(file)


@dataclass(frozen=True)
class _Opener:
    census: Census
    limits: Limits
    encoding: str | None

    def opened(self, name: str, raw: Readable, modified: datetime | None, depth: int) -> Iterator[Member]:
        """Give what is packed in a stream; `depth` counts the archives around it (a compressed tar is one)."""
        stream = Peeked(raw)
        try:
            head = stream.peek(_HEAD)
        except BROKEN as error:
            self.census.flaw(name, f"cannot be read: {error}")
            return
        kind = packing(head)
        if kind is None:
            yield self._text(name, stream, head, modified, plain=depth == 0)
        elif depth > 1 or (depth == 1 and kind in {"zip", "tar"} and INSIDE in name):
            self.census.flaw(name, f"archive inside an archive inside an archive ({kind}), not opened")
        elif kind == "zip":
            yield from self._zip(name, stream, raw)
        elif kind == "tar":
            yield from self._tar(name, stream)
        else:
            yield from self._compressed(name, kind, stream, modified)

    def _text(self, name: str, stream: Peeked, head: bytes, modified: datetime | None, *, plain: bool) -> Member:
        encoding = self.encoding or wide(head)
        if encoding is None:
            return Member(name, stream, modified, plain)
        return Member(name, Utf8(stream, encoding), modified)

    def _compressed(self, name: str, kind: str, stream: Peeked, modified: datetime | None) -> Iterator[Member]:
        packed = Counted(stream, name, self.census, self.limits)
        reader = _DECOMPRESSORS[kind](packed)
        unpacked = Counted(reader, name, self.census, self.limits, packed)
        inside = Peeked(unpacked)
        head = inside.peek(_HEAD)
        if packing(head) == "tar":
            yield from self._tar(name, inside)
        elif packing(head) is not None:
            self.census.flaw(name, "compressed twice, not opened")
        else:
            yield self._text(name, inside, head, modified, plain=False)

    def _zip(self, name: str, stream: Peeked, raw: Readable) -> Iterator[Member]:
        try:
            with ExitStack() as stack:
                archive = stack.enter_context(zipfile.ZipFile(self._seekable(name, stream, raw, stack)))
                for number, entry in enumerate(archive.infolist()):
                    if number >= self.limits.members:
                        self.census.flaw(name, f"more than {self.limits.members} members, the rest not read")
                        return
                    if not entry.is_dir():
                        yield from self._entry(name, archive, entry)
        except BROKEN as error:
            self.census.flaw(name, f"broken archive: {error}")

    def _entry(self, name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[Member]:
        inside = f"{name}{INSIDE}{entry.filename}"
        if entry.flag_bits & 1:
            self.census.flaw(inside, "encrypted member, not read")
            return
        try:
            with archive.open(entry) as raw:
                counted = Counted(raw, inside, self.census, self.limits, _Size(entry.compress_size))
                yield from self.opened(inside, counted, _zip_moment(entry), 1)
        except BROKEN as error:
            self.census.flaw(inside, f"broken member: {error}")

    def _seekable(self, name: str, stream: Peeked, raw: Readable, stack: ExitStack) -> BinaryIO:
        """Return a zip that can be read from its end: the file itself, else a nameless copy."""
        if isinstance(raw, io.BufferedReader) and raw.seekable() and name != STDIN:
            return raw
        copy = tempfile.TemporaryFile()  # noqa: SIM115 — closed by the stack
        stack.callback(copy.close)
        while data := stream.read(1 << 20):
            copy.write(data)
            if copy.tell() > _NESTED_ZIP_BYTES:
                raise zipfile.BadZipFile(f"larger than {_NESTED_ZIP_BYTES >> 20} MiB inside another archive")
        copy.seek(0)
        return copy

    def _tar(self, name: str, stream: Readable) -> Iterator[Member]:
        try:
            with tarfile.open(fileobj=_File(stream), mode="r|") as archive:
                for number, entry in enumerate(archive):
                    archive.members.clear()  # type: ignore[attr-defined]  # or they all stay in memory
                    if number >= self.limits.members:
                        self.census.flaw(name, f"more than {self.limits.members} members, the rest not read")
                        return
                    raw = archive.extractfile(entry) if entry.isreg() else None
                    if raw is not None:
                        inside = f"{name}{INSIDE}{entry.name}"
                        yield from self.opened(
                            inside, Counted(raw, inside, self.census, self.limits), _moment(entry.mtime), 1
                        )
        except BROKEN as error:
            self.census.flaw(name, f"broken archive: {error}")


@dataclass(frozen=True)
class _Size:
    """What a member weighs packed, known beforehand."""

    count: int


class _File(io.RawIOBase):
    """A stream as the library of tar wants it."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(size)


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def _zip_moment(entry: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*entry.date_time, tzinfo=UTC)
    except ValueError:
        return None


_DECOMPRESSORS: dict[str, Callable[[Readable], Readable]] = {
    "gzip": lambda stream: gzip.GzipFile(fileobj=_File(stream), mode="rb"),
    "bzip2": lambda stream: bz2.BZ2File(_File(stream)),
    "xz": Xz,
    "zstd": Zstandard,
}


def wide(head: bytes) -> str | None:
    """Return the encoding of text of two bytes a character: by its mark, or by the NUL of every other byte."""
    if head.startswith(codecs.BOM_UTF16_LE) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if len(head) < 8 or head.startswith(b"ElfFile"):  # noqa: PLR2004 — too short to tell; EVTX
        return None
    even, odd = head[0:256:2], head[1:256:2]
    if odd.count(0) * 10 >= 9 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) * 10 >= 9 * len(even) and not odd.count(0) else None
