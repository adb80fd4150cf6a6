"""A byte buffer read in columns: integers at any position, SIDs and GUIDs told apart and turned to text once each."""

import uuid

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_SID_HEADER = 8
_GUID_WORDS = 4
_FNV_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TAIL = 80
"""Zeros after the end, so that a reader of a whole SID (68 bytes at most) at the last byte stays inside."""


class Buffer:
    """One byte buffer and the little-endian readers over it."""

    def __init__(self, data: bytes) -> None:
        self.data = data + bytes(_TAIL)
        self.u8 = np.frombuffer(self.data, dtype=np.uint8)
        self.u16 = self._unaligned("<u2")
        self.u32 = self._unaligned("<u4")

    def _unaligned(self, dtype: str) -> NDArray[np.unsignedinteger]:
        width = np.dtype(dtype).itemsize
        return np.ndarray((len(self.data) - width + 1,), dtype=dtype, buffer=self.data, strides=(1,))

    def sids(self, at: Ints, present: NDArray[np.bool_]) -> pl.Series:
        """Return the text of the SID at each position (MS-DTYP 2.4.2.1); null where `present` is false."""
        where = at[present]
        parts = self.u8[where + 1]
        words = [self.u32[where], self.u32[where + 4]]
        for part in range(int(np.amax(parts, initial=0))):
            word = self.u32[where + _SID_HEADER + 4 * part]
            words.append(np.where(parts > part, word, np.uint32(0)))
        codes, first = _codes(words)
        return _spread(self._sid_texts(where[first]), codes, present)

    def guids(self, at: Ints, present: NDArray[np.bool_]) -> pl.Series:
        """Return the text of the GUID at each position; null where `present` is false."""
        where = at[present]
        codes, first = _codes([self.u32[where + 4 * word] for word in range(_GUID_WORDS)])
        # a loop over distinct GUIDs: the rights and classes of a schema
        texts = [str(uuid.UUID(bytes_le=self.data[start : start + 16])) for start in where[first].tolist()]
        return _spread(pl.Series(texts, dtype=pl.String), codes, present)

    def _sid_texts(self, at: Ints) -> pl.Series:
        """Return the text of distinct SIDs, all those with the same number of parts together."""
        parts = self.u8[at + 1]
        authority = np.zeros(len(at), dtype=np.uint64)
        for byte in range(2, 8):
            authority = (authority << np.uint64(8)) | self.u8[at + byte]
        places, texts = [], []
        for count in np.unique(parts).tolist():
            rows = np.flatnonzero(parts == count)
            columns = {"authority": authority[rows]} | {
                f"part{part}": self.u32[at[rows] + _SID_HEADER + 4 * part] for part in range(count)
            }
            texts.append(pl.DataFrame(columns).select(pl.concat_str(pl.lit("S-1"), *columns, separator="-"))[:, 0])
            places.append(rows)
        if not texts:
            return pl.Series(dtype=pl.String)
        order = np.argsort(np.concatenate(places))
        return pl.concat(texts).gather(order)


def _codes(words: list[NDArray[np.unsignedinteger]]) -> tuple[Ints, Ints]:
    """Number distinct rows of words: the number of each row, and the first row of each number.

    Rows are compared by a 64-bit digest, then word by word with the first row of their number: two different rows that
    share a digest (an attacker may look for some) send all rows to the exact, slower way.
    """
    digest = np.zeros(len(words[0]), dtype=np.uint64)
    for word in words:
        digest = (digest ^ word) * _FNV_PRIME
        digest ^= (digest >> np.uint64(29)) * _MIX
    codes, first = _numbered(pl.DataFrame({"digest": digest}))
    if all(np.array_equal(word, word[first[codes]]) for word in words):
        return codes, first
    return _numbered(pl.DataFrame({f"word{place}": word for place, word in enumerate(words)}))


def _numbered(rows: pl.DataFrame) -> tuple[Ints, Ints]:
    names = rows.columns
    distinct = rows.with_row_index("first").unique(names, keep="first", maintain_order=True).with_row_index("code")
    codes = rows.join(distinct, on=names, how="left", maintain_order="left")["code"]
    return codes.to_numpy().astype(np.int64), distinct["first"].to_numpy().astype(np.int64)


def _spread(texts: pl.Series, codes: Ints, present: NDArray[np.bool_]) -> pl.Series:
    """Return the text of each row, null where there is none."""
    if present.all():
        return texts.gather(codes)
    places = np.full(len(present), -1, dtype=np.int64)
    places[present] = codes
    return texts.gather(pl.Series(places).replace(-1, None))
