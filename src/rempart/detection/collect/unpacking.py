"""The streams that unpacking is made of: bounded, forward only, and ending early where they are broken."""

import codecs
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from tarfile import TarError
from typing import Protocol

import zstandard as zstd

from rempart.detection.census import Census

BROKEN = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, TarError, zstd.ZstdError),
    *(RuntimeError, NotImplementedError, ValueError, OverflowError, MemoryError, KeyError, IndexError),
)
"""What the libraries raise on hostile archives."""
_PIECE = 1 << 16
_XZ_MEMORY = 192 << 20
"""A dictionary of 64 MiB (xz -9) needs 65 MiB."""
_ZSTD_WINDOW = 1 << 27
_ZSTD_PIECE = 2048
"""Packed bytes looked at together: 4 of them may give 128 KiB."""


@dataclass(frozen=True)
class Limits:
    """What one file may unpack to.

    Attributes:
        ratio: unpacked bytes for a packed one, looked at above `free` bytes.
        free: bytes unpacked before the ratio is looked at.
        total: bytes unpacked of one member.
        members: of one archive.

    """

    ratio: int = 2000
    free: int = 256 << 20
    total: int = 256 << 30
    members: int = 100_000


class _Reads(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Counts(Protocol):
    @property
    def count(self) -> int: ...


class Peeked:
    """A stream whose first bytes can be looked at before they are read."""

    def __init__(self, stream: _Reads) -> None:
        self._stream = stream
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """Return the first bytes, fewer at the end of the stream."""
        while len(self._ahead) < size:
            data = self._stream.read(size - len(self._ahead))
            if not data:
                break
            self._ahead += data
        return self._ahead[:size]

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end."""
        if not self._ahead:
            return self._stream.read(size)
        if 0 <= size < len(self._ahead):
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        data, self._ahead = self._ahead, b""
        if size < 0:
            return data + self._stream.read()
        return data


class Counted:
    """A stream that counts its bytes; it ends where the one under it breaks or gives too much, and says so."""

    def __init__(
        self, stream: _Reads, name: str, census: Census, limits: Limits, packed: _Counts | None = None
    ) -> None:
        self._stream = stream
        self._name = name
        self._census = census
        self._limits = limits
        self._packed = packed
        self._over = False
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end."""
        if self._over:
            return b""
        try:
            data = self._stream.read(size)
        except BROKEN as error:
            return self._end(f"broken after {self.count} bytes: {error}")
        self.count += len(data)
        if self.count > self._limits.total:
            return self._end(f"unpacks to more than {self._limits.total} bytes, the rest not read")
        packed = None if self._packed is None else max(self._packed.count, 1)
        if packed is not None and self.count > max(self._limits.free, self._limits.ratio * packed):
            return self._end(f"unpacks to more than {self._limits.ratio} times its size, the rest not read")
        return data

    def _end(self, problem: str) -> bytes:
        self._over = True
        self._census.flaw(self._name, problem)
        return b""


class Xz:
    """Unpacks xz, one stream after another, in bounded memory."""

    def __init__(self, stream: _Reads) -> None:
        self._stream = stream
        self._made = self._decompressor()
        self._left = b""
        self._fresh = True

    @staticmethod
    def _decompressor() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end.

        Raises:
            lzma.LZMAError: broken, or a dictionary too large.
            EOFError: cut short.

        """
        while True:
            if self._made.eof:
                self._left = (self._made.unused_data or self._stream.read(_PIECE)).lstrip(b"\0")
                if not self._left:
                    return b""
                self._made, self._fresh = self._decompressor(), True
            if self._made.needs_input and not self._left:
                self._left = self._stream.read(_PIECE)
                if not self._left:
                    if self._fresh:
                        return b""
                    raise EOFError("xz cut short")
            data = self._made.decompress(self._left, max_length=size)
            self._left, self._fresh = b"", False
            if data:
                return data


class Zstandard:
    """Unpacks zstandard frame by frame in bounded memory; the library's own stream takes a cut for an end."""

    def __init__(self, stream: _Reads) -> None:
        self._stream = stream
        self._made = self._decompressor()
        self._begun = False
        self._ready = memoryview(b"")

    @staticmethod
    def _decompressor() -> "zstd.ZstdDecompressionObj":
        return zstd.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end.

        Raises:
            zstandard.ZstdError: broken, or a window too large.
            EOFError: cut short.

        """
        while not self._ready:
            left = self._made.unused_data if self._made.eof else b""
            if self._made.eof:
                self._made, self._begun = self._decompressor(), False
            left = left or self._stream.read(_ZSTD_PIECE)
            if not left and self._begun:
                raise EOFError("zstandard cut short")
            if not left:
                return b""
            self._begun = True
            self._ready = memoryview(self._made.decompress(left))
        given = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(given) :]
        return bytes(given)


class Utf8:
    """Text of another encoding, as UTF-8; what cannot be decoded is replaced."""

    def __init__(self, stream: _Reads, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ahead = b""
        self._first = True
        self._over = False

    def read(self, size: int = -1, /) -> bytes:
        """Return up to that many bytes, none at the end."""
        while not self._over and (size < 0 or len(self._ahead) < size):
            data = self._stream.read(max(size, _PIECE) if size >= 0 else -1)
            self._over = not data or size < 0
            text = self._decoder.decode(data, final=self._over)
            if self._first and text:
                text, self._first = text.removeprefix("\ufeff"), False
            self._ahead += text.encode("utf-8", "replace")
        given = self._ahead if size < 0 else self._ahead[:size]
        self._ahead = self._ahead[len(given) :]
        return given
