"""The text of an LDIF file (RFC 2849), cut into records: compression, encoding, ends of lines, folds and limits."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

LINE_LIMIT = 1 << 26
"""Bytes of one line, its folds put together: 64 MB, six times the largest value Active Directory takes."""
RECORD_LIMIT = 1 << 28
"""Bytes of one record: 256 MB hold a group of two million members; a file that asks for more never ends its record."""
LINE_FEED = b"\n"
_BLOCK = 1 << 22
_SNIFF = 1 << 16
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib: the largest window, with the header of gzip
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_START = re.compile(rb"(?:#[^\n]*\n(?: [^\n]*\n)*|\n)*(?:version: *1 *\n|dn:)", re.IGNORECASE)

_TRUNCATED = Text(fr="fichier compressé abîmé ou tronqué", en="damaged or truncated compressed file")
_BINARY = Text(fr="contenu binaire au milieu du texte", en="binary content in the midst of text")
_ENCODING = Text(fr="texte UTF-16 abîmé", en="damaged UTF-16 text")
_LONG_LINE = Text(fr="ligne de plus de 64 Mo", en="line of more than 64 MB")
_LONG_RECORD = Text(fr="enregistrement de plus de 256 Mo", en="record of more than 256 MB")


@dataclass(frozen=True)
class Block:
    """Lines between two blank lines, as they are written, and where they stand: at `offset` in `around`.

    `line` is the number of the first line of `around`, from 1. The place is only worked out when a person must hear it.
    """

    path: Path
    raw: bytes
    around: bytes
    offset: int
    line: int

    def lines(self) -> list[bytes]:
        """Return the lines, folded ones put together (a fold starts with one space, comments fold too)."""
        return self.raw.replace(b"\n ", b"").split(b"\n")

    def place(self, index: int = 0) -> str:
        """Return `file:line` of the line of this index in `lines()`."""
        starts = [number for number, line in enumerate(self.raw.split(b"\n")) if not number or line[:1] != b" "]
        return f"{self.path}:{self.line + self.around.count(LINE_FEED, 0, self.offset) + starts[index]}"


def starts_as_ldif(path: Path) -> bool:
    """Tell whether a file starts as LDIF does: comments, then `version: 1` or `dn:`."""
    with path.open("rb") as raw:
        start = raw.read(_SNIFF)
    try:
        if start.startswith(_GZIP):
            start = zlib.decompressobj(_GZIP_WINDOW).decompress(start, _SNIFF)
        if start[:2] in _BOMS:
            start = codecs.getincrementaldecoder(_BOMS[start[:2]])().decode(start).encode()
    except (zlib.error, UnicodeError):
        return False
    return bool(_START.match(start.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")))


def blocks(path: Path, progress: Callable[[int], None]) -> Iterator[Block]:
    """Yield the blocks of a file, one after the other; `progress` hears how many bytes on disk were read.

    Raises:
        InputError: damaged compression or encoding, binary content, a line or a record without end.

    """
    rest = bytearray()
    line = 1
    with path.open("rb") as raw:
        for text in _text(path, raw):
            searched = max(len(rest) - 1, 0)
            rest += text
            if (binary := text.find(b"\0")) >= 0:
                at = line + rest.count(LINE_FEED, 0, len(rest) - len(text) + binary)
                raise InputError(_BINARY, f"{path}:{at}")
            cut = rest.rfind(b"\n\n", searched)
            if cut < 0:
                _limit(path, line, rest, RECORD_LIMIT, _LONG_RECORD)
                continue
            whole = bytes(rest[: cut + 2])
            del rest[: cut + 2]
            yield from _split(path, line, whole)
            line += whole.count(LINE_FEED)
            progress(raw.tell())
        yield from _split(path, line, bytes(rest))


def _split(path: Path, line: int, text: bytes) -> Iterator[Block]:
    offset = 0
    for piece in text.split(b"\n\n"):
        raw = piece.strip(LINE_FEED)
        if raw:
            block = Block(path, raw, text, offset + piece.index(raw[:1]), line)  # only line feeds stand before it
            if len(raw) > LINE_LIMIT:
                _check_lines(block)
            yield block
        offset += len(piece) + 2


def _check_lines(block: Block) -> None:
    for index, line in enumerate(block.lines()):
        if len(line) > LINE_LIMIT:
            raise InputError(_LONG_LINE, block.place(index))


def _limit(path: Path, line: int, rest: bytearray, limit: int, what: Text) -> None:
    if len(rest) > limit:
        text = bytes(rest)
        _check_lines(Block(path, text, text, 0, line))
        raise InputError(what, f"{path}:{line}")


def _text(path: Path, raw: BinaryIO) -> Iterator[bytes]:
    """Yield the file as UTF-8 (or whatever single bytes it holds) with line feeds only."""
    source = _open(raw)
    held = b""  # a carriage return at the very end of a piece waits for its line feed
    try:
        start = source.read(_BLOCK)
        decoder = codecs.getincrementaldecoder(_BOMS[start[:2]])() if start[:2] in _BOMS else None
        piece = start.removeprefix(codecs.BOM_UTF8)
        while piece or held:
            if decoder is not None:
                piece = decoder.decode(piece).encode()
            piece = held + piece
            following = source.read(_BLOCK)
            held = b"\r" if following and piece.endswith(b"\r") else b""
            yield piece[: len(piece) - len(held)].replace(b"\r\n", b"\n")
            piece = following
        if decoder is not None:
            decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise InputError(_ENCODING, str(path)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(_TRUNCATED, str(path)) from error


def _open(raw: BinaryIO) -> BinaryIO:
    magic = raw.read(2)
    raw.seek(0)
    return io.BufferedReader(gzip.GzipFile(fileobj=raw)) if magic == _GZIP else raw
