import struct
import uuid

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.directory.graph.descriptor import ACE_SCHEMA, HEAD_SCHEMA, PROTECTED, parse
from tests.directory.maker import make_ace, make_descriptor

SIDS = st.lists(st.integers(0, 0xFFFFFFFF), min_size=0, max_size=15).map(
    lambda parts: "-".join(["S-1-5", *map(str, parts)])
)
GUIDS = st.none() | st.uuids().map(str)
ACES = st.lists(
    st.tuples(
        st.sampled_from("AD"),
        st.integers(0, 0xFFFFFFFF),
        SIDS,
        st.fixed_dictionaries({"object": GUIDS, "inherited_type": GUIDS, "flags": st.integers(0, 255)}),
    ),
    max_size=6,
)


def table(*raws):
    return pl.DataFrame({"sd": range(len(raws)), "bytes": raws}, schema={"sd": pl.UInt32, "bytes": pl.Binary})


def readable(raw):
    return parse(table(raw)).heads["readable"][0]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(SIDS, ACES, st.booleans()), min_size=1, max_size=5))
def test_what_is_written_is_read(descriptors):
    raws = [make_descriptor(owner, aces, protected=protected) for owner, aces, protected in descriptors]
    read = parse(table(*raws))
    assert read.heads["owner"].to_list() == [owner for owner, _, _ in descriptors]
    assert read.heads["readable"].all()
    assert [bool(control & PROTECTED) for control in read.heads["control"]] == [p for _, _, p in descriptors]
    expected = [
        (sd, order, kind == "A", options["flags"], mask, options["object"], options["inherited_type"], trustee)
        for sd, (_, aces, _) in enumerate(descriptors)
        for order, (kind, mask, trustee, options) in enumerate(aces)
    ]
    assert read.aces.rows() == expected


@settings(deadline=None, max_examples=150)
@given(st.lists(st.binary(max_size=120), max_size=4))
def test_arbitrary_bytes_never_raise(raws):
    read = parse(table(*raws))
    assert read.heads.schema == pl.Schema(HEAD_SCHEMA)
    assert read.aces.schema == pl.Schema(ACE_SCHEMA)
    assert read.heads.height == len(raws)


@settings(deadline=None, max_examples=150)
@given(ACES, st.data())
def test_a_spoiled_descriptor_spoils_no_other(aces, data):
    good = make_descriptor(aces=aces)
    bad = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(bad[: data.draw(st.integers(0, len(bad)))])
    read, alone = parse(table(good, cut, good)), parse(table(good))
    for sd in (0, 2):
        rows = read.aces.filter(pl.col("sd") == sd).drop("sd")
        assert rows.equals(alone.aces.drop("sd"))
    assert set(read.aces["sd"]) <= set(read.heads.filter("readable")["sd"])


@pytest.mark.parametrize("size", range(0, 100, 7))
def test_a_truncated_descriptor_is_unreadable(size):
    raw = make_descriptor(aces=[("A", 1, "S-1-5-21-1-2-3-4"), ("A", 2, "S-1-5-21-1-2-3-5")])
    assert size < len(raw)
    assert not readable(raw[:size])


def test_a_lying_count_of_aces_is_unreadable():
    raw = bytearray(make_descriptor(aces=[("A", 1, "S-1-5-18")]))
    dacl = struct.unpack_from("<I", raw, 16)[0]
    struct.pack_into("<H", raw, dacl + 4, 65535)
    assert not readable(bytes(raw))


def test_an_ace_longer_than_its_list_is_unreadable():
    raw = bytearray(make_descriptor(aces=[("A", 1, "S-1-5-18")]))
    dacl = struct.unpack_from("<I", raw, 16)[0]
    struct.pack_into("<H", raw, dacl + 10, 200)
    assert not readable(bytes(raw))


def test_no_list_of_rights_and_an_empty_one_differ():
    empty = make_descriptor()
    null = bytearray(empty)
    null[16:20] = bytes(4)
    assert parse(table(empty, bytes(null))).heads["null_dacl"].to_list() == [False, True]


def test_a_descriptor_without_its_dacl_was_not_read():
    raw = bytearray(make_descriptor())
    raw[2:4] = struct.pack("<H", 0x8000)
    assert not readable(bytes(raw))


def with_ace_kind(code, options=None):
    ace = bytearray(make_ace("A", 0x40000, "S-1-5-11", options))
    ace[0] = code
    dacl = struct.pack("<BBHHH", 4, 0, 8 + len(ace), 1, 0) + bytes(ace)
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20) + dacl


@pytest.mark.parametrize(
    ("code", "expected"), [(0, [True]), (1, [False]), (9, [True]), (10, []), (11, [True]), (12, []), (2, []), (99, [])]
)
def test_kinds_of_aces(code, expected):
    options = {"object": str(uuid.uuid4())} if code in {11, 12} else None
    read = parse(table(with_ace_kind(code, options)))
    assert read.heads["readable"][0]
    assert read.aces["allow"].to_list() == expected
    assert read.heads["unknown_aces"][0] == (1 if code in {2, 99} else 0)
    assert read.heads["owner"][0] is None


def test_no_descriptor_at_all():
    assert parse(table()).heads.is_empty()
