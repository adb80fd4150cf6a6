"""Security descriptors read all at once: the k-th ACE of every descriptor in one pass over one byte buffer.

Rules: MS-DTYP 2.4.2 (SID), 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6 (SECURITY_DESCRIPTOR). Lengths and offsets of a descriptor
are claims to check: one false claim makes the whole descriptor unreadable, never an exception and never a guess.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from rempart.directory.attributes import sid_text

PROTECTED = 0x1000
"""SE_DACL_PROTECTED: nothing is inherited from the parent."""
INHERIT_ONLY = 0x08
INHERITED = 0x10
_DACL_PRESENT = 0x0004
_SELF_RELATIVE = 0x8000
_HEADER = 20
_ACL_HEADER = 8
_SMALLEST_ACE = 16
_SMALLEST_SID = 8
_MOST_AUTHORITIES = 15
_GUID = 16
_CHUNK_BYTES = 256 * 1024 * 1024
"""Bytes read in one pass: it bounds the memory, and keeps offsets in the 32 bits of Arrow's views."""

_ALLOW = (0, 5, 9, 11)
_DENY = (1, 6, 10, 12)
_OBJECT = (5, 6, 11, 12)
_CALLBACK_DENY = (10, 12)
"""A conditional deny may never apply: it is not relied on. A conditional allow may apply: it is counted as a right."""

HEAD_SCHEMA: dict[str, pl.DataType] = {
    "sd": pl.UInt32(),
    "readable": pl.Boolean(),
    "control": pl.UInt16(),
    "null_dacl": pl.Boolean(),
    "owner": pl.String(),
    "unknown_aces": pl.UInt16(),
}
ACE_SCHEMA: dict[str, pl.DataType] = {
    "sd": pl.UInt32(),
    "order": pl.UInt16(),
    "allow": pl.Boolean(),
    "flags": pl.UInt8(),
    "mask": pl.UInt32(),
    "object_type": pl.String(),
    "inherited_type": pl.String(),
    "trustee": pl.String(),
}

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Descriptors:
    """What descriptors say. `heads` has one row a descriptor, `aces` one an ACE of a readable one, in DACL order."""

    heads: pl.DataFrame
    aces: pl.DataFrame


def parse(descriptors: pl.DataFrame) -> Descriptors:
    """Read a frame of `sd` (u32) and `bytes` (binary), as the snapshot's table of descriptors.

    A descriptor that is truncated or lies about a length has `readable` false, and no ACE.
    """
    parts = [_parse_chunk(chunk["sd"], chunk["bytes"]) for chunk in _chunks(descriptors)]
    if not parts:
        return Descriptors(pl.DataFrame(schema=HEAD_SCHEMA), pl.DataFrame(schema=ACE_SCHEMA))
    return Descriptors(pl.concat([part.heads for part in parts]), pl.concat([part.aces for part in parts]))


def _chunks(descriptors: pl.DataFrame) -> Iterator[pl.DataFrame]:
    sizes = descriptors["bytes"].bin.size().fill_null(0).cast(pl.Int64).cum_sum().to_numpy()
    start = 0
    while start < descriptors.height:
        before = int(sizes[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(sizes, before + _CHUNK_BYTES, side="right")))
        yield descriptors[start:end]
        start = end


class _Buffer:
    """One byte buffer and the little-endian readers over it."""

    def __init__(self, data: bytes) -> None:
        self.data = data + bytes(64)  # so that a reader at the last byte stays inside
        self.u8 = np.frombuffer(self.data, dtype=np.uint8)
        self.u16 = self._unaligned("<u2")
        self.u32 = self._unaligned("<u4")

    def _unaligned(self, dtype: str) -> NDArray[np.unsignedinteger]:
        width = np.dtype(dtype).itemsize
        return np.ndarray((len(self.data) - width + 1,), dtype=dtype, buffer=self.data, strides=(1,))

    def slices(self, start: Ints, length: Ints) -> pl.Series:
        """Return `data[start:start+length]` for each row, as a Binary column, without copying (Arrow views)."""
        views = np.zeros((len(start), 4), dtype=np.int32)
        views[:, 0] = length
        views[:, 1] = self.u32[start].view(np.int32)
        views[:, 3] = start
        short = np.flatnonzero(length <= 12)  # noqa: PLR2004 — Arrow keeps up to 12 bytes inside the view
        inside = np.zeros((len(short), 12), dtype=np.uint8)
        for byte in range(12):
            inside[:, byte] = np.where(length[short] > byte, self.u8[start[short] + byte], 0)
        views[short, 1:] = inside.view(np.int32)
        buffers = [None, pa.py_buffer(views.tobytes()), pa.py_buffer(self.data)]
        return pl.Series(pa.Array.from_buffers(pa.binary_view(), len(start), buffers))


def _parse_chunk(ids: pl.Series, values: pl.Series) -> Descriptors:
    arrow = values.fill_null(b"").to_arrow(compat_level=pl.CompatLevel.oldest())
    offsets = np.frombuffer(arrow.buffers()[1], dtype=np.int64)[arrow.offset : arrow.offset + len(arrow) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    content = arrow.buffers()[2]
    buffer = _Buffer(content.to_pybytes()[first:last] if content is not None else b"")
    start, end = offsets[:-1] - first, offsets[1:] - first
    heads = _heads(buffer, start, end)
    aces = _aces(buffer, heads)
    frame = _ace_frame(buffer, aces, ids)
    unknown = np.bincount(aces["row"][aces["unknown"]], minlength=len(start))
    owners = _sids(buffer, heads["owner"], heads["readable"] & heads["owned"])
    head = pl.DataFrame(
        {
            "sd": ids,
            "readable": heads["readable"],
            "control": heads["control"],
            "null_dacl": heads["readable"] & heads["null_dacl"],
            "owner": owners,
            "unknown_aces": unknown,
        }
    )
    bad = head.filter(~pl.col("readable"))["sd"]
    return Descriptors(head.cast(HEAD_SCHEMA), frame.filter(~pl.col("sd").is_in(bad.implode())))  # type: ignore[arg-type]


def _heads(buffer: _Buffer, start: Ints, end: Ints) -> dict[str, NDArray[Any]]:
    """Check the fixed part, the owner and the ACL header of each descriptor."""
    fits = end - start >= _HEADER
    at = np.where(fits, start, 0)
    control = buffer.u16[at + 2].astype(np.int64)
    readable = fits & (buffer.u8[at] == 1) & (control & _SELF_RELATIVE != 0) & (control & _DACL_PRESENT != 0)
    owner_offset = buffer.u32[at + 4].astype(np.int64)
    dacl_offset = buffer.u32[at + 16].astype(np.int64)
    owned = owner_offset != 0
    owner = at + owner_offset
    readable &= ~owned | ((owner_offset >= _HEADER) & _sid_fits(buffer, owner, end))
    null_dacl = dacl_offset == 0
    dacl = at + dacl_offset
    readable &= null_dacl | ((dacl_offset >= _HEADER) & (dacl + _ACL_HEADER <= end))
    listed = readable & ~null_dacl
    acl = np.where(listed, dacl, 0)
    size = buffer.u16[acl + 2].astype(np.int64)
    readable &= null_dacl | ((size >= _ACL_HEADER) & (acl + size <= end))
    listed &= readable
    count = np.where(listed, buffer.u16[acl + 4].astype(np.int64), 0)
    # an ACE takes sixteen bytes at least: a greater count is a lie, and would only cost time
    lying = listed & (count * _SMALLEST_ACE > size)
    readable &= ~lying
    return {
        "readable": readable,
        "control": np.where(fits, control, 0),
        "null_dacl": null_dacl,
        "owned": owned,
        "owner": owner,
        "count": np.where(lying, 0, count),
        "first_ace": acl + _ACL_HEADER,
        "acl_end": acl + size,
    }


def _sid_fits(buffer: _Buffer, at: Ints, end: Ints) -> Bools:
    """Tell whether a well-formed SID stands at each position, before `end`."""
    inside = (at >= 0) & (at + _SMALLEST_SID <= end)
    place = np.where(inside, at, 0)
    parts = buffer.u8[place + 1].astype(np.int64)
    good = (buffer.u8[place] == 1) & (parts <= _MOST_AUTHORITIES)
    return np.asarray(inside & good & (place + _SMALLEST_SID + 4 * parts <= end))


def _aces(buffer: _Buffer, heads: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Walk the ACLs together: turn k reads the k-th ACE of each; unreadable ones are marked in `heads`."""
    readable = heads["readable"]
    rows = np.flatnonzero(heads["count"])
    at = np.asarray(heads["first_ace"])[rows].astype(np.int64)
    places, owners, orders = [], [], []
    for order in range(int(heads["count"].max(initial=0))):
        end = heads["acl_end"][rows]
        fits = at + _SMALLEST_ACE // 2 <= end
        size = np.where(fits, buffer.u16[np.where(fits, at, 0) + 2], 0).astype(np.int64)
        good = fits & (size >= _ACL_HEADER) & (at + size <= end)
        readable[rows[~good]] = False
        rows, at, size = rows[good], at[good], size[good]
        places.append(at)
        owners.append(rows)
        orders.append(np.full(len(rows), order))
        more = heads["count"][rows] > order + 1
        rows, at = rows[more], (at + size)[more]
    return _ace_bodies(buffer, readable, _joined(places), _joined(owners), _joined(orders))


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _ace_bodies(buffer: _Buffer, readable: NDArray[Any], at: Ints, row: Ints, order: Ints) -> dict[str, NDArray[Any]]:
    """Read what follows each ACE's header: mask, the GUIDs of an object ACE, the trustee."""
    kind = buffer.u8[at]
    end = at + buffer.u16[at + 2]
    allow, deny = np.isin(kind, _ALLOW), np.isin(kind, _DENY)
    known = allow | deny
    is_object = np.isin(kind, _OBJECT)
    present = np.where(is_object & (at + 12 <= end), buffer.u32[at + 8], 0)
    typed, inherits = present & 1 != 0, present & 2 != 0
    guid = at + 12
    second = guid + _GUID * typed
    trustee = np.where(is_object, second + _GUID * inherits, at + 8)
    broken = known & ~_sid_fits(buffer, trustee, end)
    readable[row[broken]] = False
    keep = known & ~broken
    return {
        "row": row,
        "unknown": ~known,
        "kept": np.flatnonzero(keep & ~np.isin(kind, _CALLBACK_DENY)),
        "at": at,
        "order": order,
        "allow": allow,
        "typed": typed,
        "inherits": inherits,
        "guid": guid,
        "second": second,
        "trustee": trustee,
    }


def _ace_frame(buffer: _Buffer, aces: dict[str, NDArray[Any]], ids: pl.Series) -> pl.DataFrame:
    kept = aces["kept"]
    at = aces["at"][kept]
    return (
        pl.DataFrame(
            {
                "sd": ids.gather(pl.Series(aces["row"][kept], dtype=pl.UInt32)),
                "order": aces["order"][kept],
                "allow": aces["allow"][kept],
                "flags": buffer.u8[at + 1],
                "mask": buffer.u32[at + 4],
                "object_type": _guids(buffer, aces["guid"][kept], aces["typed"][kept]),
                "inherited_type": _guids(buffer, aces["second"][kept], aces["inherits"][kept]),
                "trustee": _sids(buffer, aces["trustee"][kept], np.ones(len(kept), dtype=np.bool_)),
            }
        )
        .cast(ACE_SCHEMA)  # type: ignore[arg-type] # a mapping of names to types is what cast takes
        .sort("sd", "order")
    )


def _sids(buffer: _Buffer, at: NDArray[Any], present: NDArray[Any]) -> pl.Series:
    where = np.where(present, at, 0).astype(np.int64)
    length = np.where(present, _SMALLEST_SID + 4 * buffer.u8[where + 1].astype(np.int64), 0)
    return _decoded(buffer.slices(where, length), sid_text)


def _guids(buffer: _Buffer, at: NDArray[Any], present: NDArray[Any]) -> pl.Series:
    length = np.where(present, _GUID, 0).astype(np.int64)
    return _decoded(
        buffer.slices(np.where(present, at, 0).astype(np.int64), length), lambda raw: str(uuid.UUID(bytes_le=raw))
    )


def _decoded(raw: pl.Series, decode: Callable[[bytes], str]) -> pl.Series:
    """Return the text of each value; a loop in Python over distinct values only."""
    distinct = raw.unique()
    texts = [decode(value) if value else None for value in distinct]
    table = pl.DataFrame({"raw": distinct, "text": pl.Series(texts, dtype=pl.String)})
    return raw.to_frame("raw").join(table, on="raw", how="left", maintain_order="left")["text"]
