"""The text of a column, as Arrow stores it: one buffer of UTF-8 and where each value starts. Lower-cased once."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import boolean, int64, njit, types, uint8, void
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

READ = types.Array(uint8, 1, "C", readonly=True)
FLAGS = types.Array(boolean, 1, "C", readonly=True)
PLACES = types.Array(int64, 1, "C", readonly=True)
ASCII = 128
_A, _Z = 65, 90


class Text(NamedTuple):
    """Value i is `data[places[i]:places[i + 1]]`."""

    data: Bytes
    places: Places


def text_of(values: pa.Array) -> Text:
    """Return the bytes of a `string` or `large_string` array without null, without copying them."""
    width = np.int64 if pa.types.is_large_string(values.type) else np.int32
    _, places, data = values.buffers()
    first, last = values.offset, values.offset + len(values) + 1
    at = np.frombuffer(places, dtype=width)[first:last] if len(values) else np.zeros(1, dtype=width)
    held = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(0, dtype=np.uint8)
    return Text(held, np.ascontiguousarray(at, dtype=np.int64))


def lowered(text: Text) -> Text:
    """Return the same values after `str.lower`; only those beyond ASCII go through Python, one by one."""
    first, last = text.places[0], text.places[-1]
    data = np.empty(last - first, dtype=np.uint8)
    places = text.places - first
    if not _ascii_lower(text.data[first:last], data):
        return Text(data, places)
    return _patched(text, Text(data, places), np.flatnonzero(beyond_ascii(text)))


def beyond_ascii(text: Text) -> Flags:
    """Return which values hold a character beyond ASCII."""
    flags = np.zeros(len(text.places) - 1, dtype=np.bool_)
    _beyond(text.data, text.places, flags)
    return flags


def _patched(text: Text, half: Text, which: NDArray[np.intp]) -> Text:
    """Put the values of `which` through `str.lower`: it may change their length."""
    texts = [bytes(text.data[text.places[one] : text.places[one + 1]]) for one in which]
    right = [_lower(one) for one in texts]
    lengths = np.diff(half.places)
    lengths[which] = [len(one) for one in right]
    places = np.zeros(len(half.places), dtype=np.int64)
    np.cumsum(lengths, out=places[1:])
    data = np.empty(places[-1], dtype=np.uint8)
    patches = np.frombuffer(b"".join(right), dtype=np.uint8)
    of = np.zeros(len(lengths), dtype=np.bool_)
    of[which] = True
    _join((half.data, half.places, patches, of), data, places)
    return Text(data, places)


def _lower(value: bytes) -> bytes:
    return value.decode("utf-8", "surrogateescape").lower().encode("utf-8", "surrogateescape")


@njit(boolean(READ, uint8[::1]), cache=True, nogil=True)
def _ascii_lower(data: Bytes, out: Bytes) -> bool:  # pragma: no cover - compiled
    """Lower-case A to Z; tell whether a byte is beyond ASCII."""
    gathered = np.uint8(0)
    for at in range(len(data)):
        byte = data[at]
        gathered |= byte
        out[at] = byte + np.uint8(32) * np.uint8((byte >= _A) & (byte <= _Z))
    return bool(gathered >= ASCII)


@njit(void(READ, PLACES, boolean[::1]), cache=True, nogil=True)
def _beyond(data: Bytes, places: Places, out: Flags) -> None:  # pragma: no cover - compiled
    """Flag the values that hold a byte beyond ASCII."""
    for value in range(len(places) - 1):
        gathered = np.uint8(0)
        for at in range(places[value], places[value + 1]):
            gathered |= data[at]
        out[value] = gathered >= ASCII


@njit(void(types.Tuple((READ, PLACES, READ, FLAGS)), uint8[::1], PLACES), cache=True, nogil=True)  # type: ignore[no-untyped-call]
def _join(parts: tuple[Bytes, Places, Bytes, Flags], out: Bytes, places: Places) -> None:  # pragma: no cover
    """Copy each value from the patches, one after the other, or from the text."""
    data, at, patches, patched = parts
    taken = 0
    for value in range(len(places) - 1):
        size = places[value + 1] - places[value]
        start = places[value]
        if patched[value]:
            out[start : start + size] = patches[taken : taken + size]
            taken += size
        else:
            out[start : start + size] = data[at[value] : at[value] + size]
