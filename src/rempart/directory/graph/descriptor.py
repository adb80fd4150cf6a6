"""Security descriptors read all at once: the k-th ACE of every descriptor in one pass over one byte buffer.

Rules: MS-DTYP 2.4.2 (SID), 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6 (SECURITY_DESCRIPTOR). Lengths and offsets of a descriptor
are claims to check: one false claim makes the whole descriptor unreadable, never an exception and never a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rempart.directory.graph.buffer import Buffer, Ints

PROTECTED = 0x1000
"""SE_DACL_PROTECTED: nothing is inherited from the parent."""
INHERIT_ONLY = 0x08
INHERITED = 0x10
_DACL_PRESENT = 0x0004
_SELF_RELATIVE = 0x8000
_HEADER = 20
_ACL_HEADER = 8
_SMALLEST_ACE = 16
_ACE_HEADER = 8
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


def _parse_chunk(ids: pl.Series, values: pl.Series) -> Descriptors:
    arrow = values.fill_null(b"").to_arrow(compat_level=pl.CompatLevel.oldest())
    offsets = np.frombuffer(arrow.buffers()[1], dtype=np.int64)[arrow.offset : arrow.offset + len(arrow) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    content = arrow.buffers()[2]
    buffer = Buffer(content.to_pybytes()[first:last] if content is not None else b"")
    start, end = offsets[:-1] - first, offsets[1:] - first
    heads = _heads(buffer, start, end)
    aces = _aces(buffer, heads)
    frame = _ace_frame(buffer, aces, heads["readable"], ids)
    unknown = np.bincount(aces["row"][aces["unknown"]], minlength=len(start))
    head = pl.DataFrame(
        {
            "sd": ids,
            "readable": heads["readable"],
            "control": heads["control"].astype(np.uint16),
            "null_dacl": heads["readable"] & heads["null_dacl"],
            "owner": buffer.sids(heads["owner"], heads["readable"] & heads["owned"]),
            "unknown_aces": unknown.astype(np.uint16),
        }
    )
    return Descriptors(head.cast(HEAD_SCHEMA), frame)  # type: ignore[arg-type] # cast takes such a mapping


def _heads(buffer: Buffer, start: Ints, end: Ints) -> dict[str, NDArray[Any]]:
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


def _sid_fits(buffer: Buffer, at: Ints, end: Ints) -> Bools:
    """Tell whether a well-formed SID stands at each position, before `end`."""
    inside = (at >= 0) & (at + _SMALLEST_SID <= end)
    place = np.where(inside, at, 0)
    parts = buffer.u8[place + 1].astype(np.int64)
    good = (buffer.u8[place] == 1) & (parts <= _MOST_AUTHORITIES)
    return np.asarray(inside & good & (place + _SMALLEST_SID + 4 * parts <= end))


def _aces(buffer: Buffer, heads: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Walk the ACLs together: turn k reads the k-th ACE of each; lists that lie are marked in `heads`.

    ACEs come out in the order of descriptors and lists: the place of each is known before it is read.
    """
    readable, count = heads["readable"], heads["count"]
    base = np.concatenate([[0], np.cumsum(count)[:-1]]) if len(count) else count
    total = int(count.sum())
    places = np.full(total, -1, dtype=np.int64)
    rows = np.flatnonzero(count)
    at = heads["first_ace"][rows].astype(np.int64)
    for order in range(int(count.max(initial=0))):
        end = heads["acl_end"][rows]
        fits = at + _ACE_HEADER <= end
        size = np.where(fits, buffer.u16[np.where(fits, at, 0) + 2], 0).astype(np.int64)
        good = fits & (size >= _ACL_HEADER) & (at + size <= end)
        if not good.all():
            readable[rows[~good]] = False
            rows, at, size = rows[good], at[good], size[good]
        places[base[rows] + order] = at
        more = count[rows] > order + 1
        rows, at = rows[more], (at + size)[more]
    row = np.repeat(np.arange(len(count)), count)
    order_of = np.arange(total) - base[row] if total else places
    found = places >= 0
    return _ace_bodies(buffer, readable, places[found], row[found], order_of[found])


def _ace_bodies(buffer: Buffer, readable: NDArray[Any], at: Ints, row: Ints, order: Ints) -> dict[str, NDArray[Any]]:
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


def _ace_frame(buffer: Buffer, aces: dict[str, NDArray[Any]], readable: NDArray[Any], ids: pl.Series) -> pl.DataFrame:
    """Return the known ACEs of readable descriptors as columns."""
    kept = aces["kept"][readable[aces["row"][aces["kept"]]]]
    at = aces["at"][kept]
    return pl.DataFrame(
        {
            "sd": ids.gather(aces["row"][kept]),
            "order": aces["order"][kept].astype(np.uint16),
            "allow": aces["allow"][kept],
            "flags": buffer.u8[at + 1],
            "mask": buffer.u32[at + 4],
            "object_type": buffer.guids(aces["guid"][kept], aces["typed"][kept]),
            "inherited_type": buffer.guids(aces["second"][kept], aces["inherits"][kept]),
            "trustee": buffer.sids(aces["trustee"][kept], np.ones(len(kept), dtype=np.bool_)),
        },
        schema=ACE_SCHEMA,
    )
