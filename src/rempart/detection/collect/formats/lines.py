"""From bytes to lines of text: any bytes are read, what is not UTF-8 as the code page of western Windows."""

import codecs
from typing import NamedTuple

import numpy as np
import polars as pl

from rempart.detection.census import Census
from rempart.detection.collect.formats import bytes as loops
from rempart.detection.collect.formats.spans import frozen, strings
from rempart.detection.events import LENGTH, OFFSET

LINE = "@line"
"""Column: the text of a line, its end left out."""
LONGEST = 1 << 20
"""Bytes of a line that are looked at; the rest is left, and said."""
TOO_LONG = "longer than 1 MiB, cut"


def _table() -> loops.Bytes:
    """Return how each byte that is not UTF-8 is written: its length, then its bytes. A NUL is no text."""
    rows = np.zeros((256, 4), np.uint8)
    for byte in range(256):
        known = byte and byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
        text = (bytes([byte]).decode("cp1252") if known else "\ufffd").encode()
        rows[byte, 0] = len(text)
        rows[byte, 1 : 1 + len(text)] = list(text)
    return rows.reshape(-1)


_REPAIR = _table()


class Text(NamedTuple):
    """Bytes of a file and the same as UTF-8 without NUL; `moved` says where each byte went, None: all stayed."""

    raw: loops.Bytes
    bytes: loops.Bytes
    moved: loops.Places | None

    def at(self, places: loops.Places) -> loops.Places:
        """Return places of the raw bytes as places of the text."""
        return places if self.moved is None else self.moved[places]


def text_of(data: bytes) -> Text:
    """Return bytes as text: what is not UTF-8 is read as Windows-1252."""
    raw = frozen(np.frombuffer(data, np.uint8))
    if _is_text(data):
        return Text(raw, raw, None)
    mended, moved, wrong = loops.repaired(raw, _REPAIR)
    return Text(raw, frozen(mended), moved) if wrong else Text(raw, raw, None)


def _is_text(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 without NUL: the interpreter's decoder is the quickest judge there is."""
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def unmarked(data: bytes, offset: int) -> tuple[bytes, int]:
    """Return a chunk, and its offset, without the byte order mark that may begin the file."""
    if offset == 0 and data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :], len(codecs.BOM_UTF8)
    return data, offset


def lines_of(data: bytes, offset: int, census: Census, file: str) -> pl.DataFrame:
    """Return the lines of a chunk that are not empty.

    Args:
        data: the chunk.
        offset: of its first byte in the file.
        census: told of what is cut.
        file: its name.

    Returns:
        LINE, OFFSET (in the file), LENGTH (bytes in the file, the line's end left out).

    """
    data, offset = unmarked(data, offset)
    text = text_of(data)
    first, last = loops.line_places(text.raw)
    lengths = (last - first).astype(np.int32)
    starts, ends = text.at(first), text.at(last)
    cut = loops.cut_ends(text.bytes, starts, ends, LONGEST)
    if cut:
        census.flaw(f"{file}:{offset + int(first[int(np.argmax(lengths))])}", TOO_LONG, int(cut))
    return pl.DataFrame(
        {LINE: strings(text.bytes, starts, ends), OFFSET: pl.Series(first + offset), LENGTH: pl.Series(lengths)}
    )
