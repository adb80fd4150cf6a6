"""adalanche collections: a folder of LZ4 frames, one per partition, holding msgpack records of raw LDAP values.

A record is `{DistinguishedName: text, Attributes: {name: [values]}}`; the values are the server's own bytes. The frames
carry block checksums that the usual library refuses, so they are walked here (LZ4 frame format 1.6.x, chapter "Frame").
"""

import io
import itertools
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import lz4.block
import msgpack

from rempart.directory.attributes import ATTRIBUTES, generalized_time
from rempart.directory.builder import DESCRIPTOR, SnapshotBuilder
from rempart.directory.collect.constructed import constructed_gaps
from rempart.directory.collect.source import Progress, silent
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NAME = "adalanche"

_MAGIC = b"\x04\x22\x4d\x18"
_FIRST_KEY = b"DistinguishedName"
_CONTENT_CHECKSUM, _CONTENT_SIZE, _BLOCK_CHECKSUM, _INDEPENDENT, _DICTIONARY = 0x04, 0x08, 0x10, 0x20, 0x01
_BLOCK_SIZES = {4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22}
_STORED = 0x8000_0000
_WINDOW = 1 << 16
_LARGEST_VALUE = 64 << 20
"""No LDAP value is larger: a directory server refuses requests above 10 MB by default (MaxReceiveBuffer)."""
_MOST_FILES_ASKED = 1_000
_DAMAGED = Text(
    fr="fichier adalanche tronqué ou abîmé, à l'octet {at} ({why})",
    en="truncated or damaged adalanche file, at byte {at} ({why})",
)
_ADVICE = Text(
    fr="Recopiez le dossier de collecte en entier, ou relancez la collecte adalanche.",
    en="Copy the whole collection folder again, or run the adalanche collection again.",
)


class _Frames(io.RawIOBase):
    """The decompressed content of a file of LZ4 frames, block by block: memory holds one block at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._blocks = self._decompressed()
        self._left = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end.

        Raises:
            ValueError: the frame is broken.

        """
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._left = block
        given, self._left = self._left[:size], self._left[size:]
        self.given += len(given)
        return given

    def _decompressed(self) -> Iterator[bytes]:
        while magic := self._stream.read(4):
            if magic != _MAGIC:
                raise ValueError("not an LZ4 frame")
            yield from self._frame()

    def _frame(self) -> Iterator[bytes]:
        flags, descriptor = self._exactly(2)
        largest = _BLOCK_SIZES.get(descriptor >> 4)
        if largest is None or flags >> 6 != 1:
            raise ValueError("unknown LZ4 frame")
        self._exactly(8 * bool(flags & _CONTENT_SIZE) + 4 * bool(flags & _DICTIONARY) + 1)
        window = b""
        while size := struct.unpack("<I", self._exactly(4))[0]:
            if size & ~_STORED > largest:
                raise ValueError("block larger than its frame allows")
            block = self._exactly(size & ~_STORED)
            if not size & _STORED:
                block = _decompress(block, largest, window)
            if not flags & _INDEPENDENT:
                window = (window + block)[-_WINDOW:]
            yield block
            if flags & _BLOCK_CHECKSUM:
                self._exactly(4)
        if flags & _CONTENT_CHECKSUM:
            self._exactly(4)

    def _exactly(self, size: int) -> bytes:
        content = self._stream.read(size)
        if len(content) != size:
            raise ValueError("the file ends too early")
        return content


def _decompress(block: bytes, largest: int, window: bytes) -> bytes:
    try:
        content: bytes = lz4.block.decompress(block, uncompressed_size=largest, dict=window)
    except lz4.block.LZ4BlockError as error:
        raise ValueError("LZ4 block that cannot be decompressed") from error
    return content


def recognises(path: Path) -> bool:
    """Tell whether `path` is an adalanche folder (or one of its files), by the first record of a file."""
    return any(map(_is_collection, itertools.islice(_files(path), _MOST_FILES_ASKED)))


def read(path: Path, progress: Progress = silent) -> Snapshot:
    """Read an adalanche collection folder: every partition of every domain in it. Progress counts bytes of the files.

    Raises:
        InputError: no collection there, or a file is truncated or damaged; the byte is named.

    """
    files = [file for file in _files(path) if _is_frame(file)]
    total = sum(file.stat().st_size for file in files)
    reading = _Reading(SnapshotBuilder(NAME))
    done = 0
    for file in files:
        with file.open("rb") as stream:
            for _ in reading.add_all(stream, file):
                progress(done + stream.tell(), total)
        done += file.stat().st_size
    constructed_gaps(reading.builder, "adalanche", reading.seen)
    progress(total, total)
    return reading.builder.finish(max(reading.times, default=None))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (entry for entry in sorted(path.rglob("*")) if entry.is_file() and not entry.is_symlink())


def _is_frame(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


def _is_collection(file: Path) -> bool:
    if not _is_frame(file):
        return False
    with file.open("rb") as stream:
        try:
            return _FIRST_KEY in _Frames(stream).read(2 * len(_FIRST_KEY))
        except ValueError:
            return False


class _Reading:
    """One pass over the files of a collection."""

    def __init__(self, builder: SnapshotBuilder) -> None:
        self.builder = builder
        self.seen: set[str] = set()
        self.times: list[datetime] = []

    def add_all(self, stream: BinaryIO, file: Path) -> Iterator[None]:
        """Give the builder every record of a file, yielding after each."""
        frames = _Frames(stream)
        # nested containers have no place inside a value: refusing them keeps a crafted file from filling the memory
        unpacker = msgpack.Unpacker(
            frames, raw=True, max_buffer_size=_LARGEST_VALUE, max_array_len=0, max_map_len=0, max_ext_len=0
        )
        try:
            while self._add(unpacker, frames):
                yield
        except (ValueError, msgpack.exceptions.UnpackException) as error:
            why = str(error) or type(error).__name__
            raise InputError(_DAMAGED.filled(at=stream.tell(), why=why), str(file), _ADVICE) from error

    def _add(self, unpacker: msgpack.Unpacker, frames: _Frames) -> bool:
        try:
            count = unpacker.read_map_header()
        except msgpack.exceptions.OutOfData:
            if unpacker.tell() == frames.given:
                return False
            raise
        dn, attributes = "", {}
        for _ in range(count):
            key = _text(unpacker.unpack())
            if key == "DistinguishedName":
                dn = _text(unpacker.unpack())
            elif key == "Attributes":
                attributes = _attributes(unpacker)
            else:
                unpacker.skip()
        if dn:
            self.seen.update(attributes)
            self.builder.add(dn, attributes)
        else:
            self._root(attributes)
        return True

    def _root(self, attributes: dict[str, list[bytes]]) -> None:
        """Take from the server's own entry (RootDSE, without a name) the moment of the collection."""
        for value in attributes.get("currentTime", []):
            try:
                self.times.append(generalized_time(value.decode("ascii")))
            except ValueError:
                self.builder.flaw("RootDSE currentTime", "not a time")


def _attributes(unpacker: msgpack.Unpacker) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for _ in range(unpacker.read_map_header()):
        name = _text(unpacker.unpack())
        count = unpacker.read_array_header()
        folded = name.lower().partition(";")[0]
        if folded in ATTRIBUTES or folded in {DESCRIPTOR, "currenttime"}:
            found[name] = [_octets(unpacker.unpack()) for _ in range(count)]
        else:
            for _ in range(count):
                unpacker.skip()
    return found


def _octets(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a value is not a string of bytes")  # noqa: TRY004 — one family: the file's content is wrong
    return value


def _text(value: object) -> str:
    return _octets(value).decode()
