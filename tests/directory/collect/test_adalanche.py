import struct
from datetime import UTC, datetime

import lz4.block
import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.directory.collect import adalanche
from rempart.directory.collect.source import silent
from rempart.measurement.errors import InputError, RempartError
from tests.directory.maker import DN, Maker
from tests.shared_data import needs_data, shared_data

SAMPLE = "directory/goad-adalanche"
INDEPENDENT, LINKED = 0x74, 0x54
BLOCK = 1 << 16


def frame(content, *, flags=INDEPENDENT, stored=False):
    """One LZ4 frame of 64 KiB blocks whose checksums are wrong, as the collector's are."""
    out = b"\x04\x22\x4d\x18" + bytes([flags, 0x40, 0xAA])
    for start in range(0, len(content), BLOCK):
        piece = content[start : start + BLOCK]
        window = content[max(0, start - BLOCK) : start] if flags == LINKED else b""
        block = piece if stored else lz4.block.compress(piece, store_size=False, dict=window)
        out += struct.pack("<I", len(block) | (0x80000000 if stored else 0)) + block + b"\xde\xad\xbe\xef"
    return out + bytes(4) + b"\xde\xad\xbe\xef"


def pack(records):
    return b"".join(
        msgpack.packb({"DistinguishedName": dn, "Attributes": attributes}) for dn, attributes in records.items()
    )


ROOT = {"": {"currentTime": [b"20261123120000.0Z"], "supportedControl": [b"1", b"2"]}}


@pytest.fixture
def folder(tmp_path):
    """A collection of the healthy forest: two domains' folders, the second dumped again, and files of other kinds."""
    records = Maker().records
    home = tmp_path / DN
    home.mkdir()
    (home / "objects").write_bytes(frame(pack(records), flags=LINKED))
    (home / "rootdse").write_bytes(frame(pack(ROOT), stored=True))
    (home / "{GUID}.gpodata.json").write_text("{}")
    again = tmp_path / "other"
    again.mkdir()
    (again / "objects").write_bytes(frame(pack(records)) + frame(pack({f"CN=Late,{DN}": {"objectClass": ["top"]}})))
    return tmp_path


def test_a_collection_gives_the_same_objects_as_the_raw_records(folder):
    snapshot = adalanche.read(folder, silent)
    expected = Maker().snapshot("adalanche")
    late = snapshot.objects["dn"] == f"CN=Late,{DN}"
    assert snapshot.objects.filter(~late)["dn_key"].to_list() == expected.objects["dn_key"].to_list()
    assert snapshot.objects.filter(~late)["objectSid"].to_list() == expected.objects["objectSid"].to_list()
    assert snapshot.descriptors.equals(expected.descriptors)
    assert snapshot.manifest.taken_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert snapshot.manifest.source == "adalanche"
    assert snapshot.flaws.is_empty()
    assert "attribute:msDS-User-Account-Control-Computed" in set(snapshot.gaps["topic"])


def test_progress_ends_at_the_size_of_the_files(folder):
    steps = []
    adalanche.read(folder, lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] == steps[0][1]
    assert all(done <= total for done, total in steps)


def test_it_is_recognised_by_its_first_record(folder, tmp_path):
    assert adalanche.recognises(folder)
    assert adalanche.recognises(folder / DN / "objects")
    assert not adalanche.recognises(folder / DN / "{GUID}.gpodata.json")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not adalanche.recognises(empty)
    (empty / "x.lz4").write_bytes(frame(b"something else"))
    assert not adalanche.recognises(empty)


RECORD = pack({DN: {"objectClass": [b"top", b"domainDNS"]}})


def test_broken_files_are_refused_with_the_byte(tmp_path):
    bomb = RECORD[:-30] + b"\xdd\xff\xff\xff\xff"
    for content in [
        frame(RECORD)[:-9],  # truncated
        frame(RECORD) + b"garbage",
        frame(RECORD[:-5]),  # record cut short
        frame(RECORD + b"\x01"),  # not a record
        frame(RECORD + bomb),  # four billion elements
        frame(RECORD + msgpack.packb({"DistinguishedName": [1], "Attributes": {}})),
        frame(RECORD + msgpack.packb({"DistinguishedName": "x", "Attributes": {"member": [[[]]]}})),
        frame(RECORD + msgpack.packb({"DistinguishedName": "x", "Attributes": {"member": [1]}})),
        frame(RECORD + msgpack.packb({"DistinguishedName": "x", "Attributes": {"other": "text"}})),
        frame(RECORD + msgpack.packb({"DistinguishedName": b"\xff", "Attributes": {}})),
        frame(RECORD) + b"\x04\x22\x4d\x18\x74\x40\xaa" + struct.pack("<I", 1 << 20) + bytes(1 << 20),
        frame(RECORD) + b"\x04\x22\x4d\x18\x74\x00\xaa" + bytes(8),
        frame(RECORD) + b"\x04\x22\x4d\x18\x74\x40\xaa" + struct.pack("<I", 8) + b"\xff" * 20,
        frame(RECORD + b"\x82" * 5_000),  # keys nested without end
    ]:
        path = tmp_path / "objects"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"at byte \d+"):
            adalanche.read(tmp_path, silent)


def test_a_decompression_bomb_meets_the_largest_value(tmp_path):
    huge = b"\x82\xb1DistinguishedName\xa1x\xaaAttributes\x81\xa6member\x91\xc6" + struct.pack(">I", 1 << 30)
    (tmp_path / "objects").write_bytes(frame(huge + bytes(1 << 20)))
    with pytest.raises(InputError, match=r"at byte \d+"):
        adalanche.read(tmp_path, silent)


def test_a_collection_without_objects_is_refused(tmp_path):
    (tmp_path / "rootdse").write_bytes(frame(pack(ROOT)))
    with pytest.raises(InputError, match="no directory object"):
        adalanche.read(tmp_path, silent)


def test_a_wrong_date_is_a_flaw(tmp_path):
    (tmp_path / "objects").write_bytes(frame(RECORD + pack({"": {"currentTime": [b"yesterday", b"\xff"]}})))
    snapshot = adalanche.read(tmp_path, silent)
    assert snapshot.flaws["place"].to_list() == ["RootDSE currentTime"] * 2


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["DistinguishedName", "Attributes", "member", "objectSid"]), inner, max_size=3
        )
    ),
    max_leaves=9,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(anything, max_size=3), st.binary(max_size=40))
def test_no_content_raises_anything_but_our_errors(tmp_path, values, tail):
    content = RECORD + b"".join(map(msgpack.packb, values)) + tail
    (tmp_path / "objects").write_bytes(frame(content))
    try:
        adalanche.read(tmp_path, silent)
    except RempartError:
        return


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_altered_byte_raises_anything_but_our_errors(tmp_path, data):
    content = bytearray(frame(RECORD))
    for _ in range(3):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "objects").write_bytes(bytes(content))
    try:
        adalanche.read(tmp_path, silent)
    except RempartError:
        return


@needs_data(SAMPLE)
def test_goad():
    snapshot = adalanche.read(shared_data(SAMPLE), silent)
    assert snapshot.manifest.counts == {"objects": 4059, "descriptors": 173, "flaws": 0}
    assert snapshot.manifest.domains == ("north.sevenkingdoms.local", "sevenkingdoms.local")
    assert snapshot.manifest.taken_at == datetime(2024, 1, 5, 20, 24, 14, tzinfo=UTC)
    parts = {
        (domain, part): count for domain, part, count in snapshot.objects.group_by("domain", "partition").len().rows()
    }
    assert parts == {
        ("north.sevenkingdoms.local", "domain"): 263,
        ("north.sevenkingdoms.local", "domaindns"): 39,
        ("sevenkingdoms.local", "configuration"): 1649,
        ("sevenkingdoms.local", "domain"): 277,
        ("sevenkingdoms.local", "domaindns"): 41,
        ("sevenkingdoms.local", "forestdns"): 20,
        ("sevenkingdoms.local", "schema"): 1770,
    }
    assert snapshot.objects["sd"].null_count() == 0
    trusts = snapshot.objects.filter(snapshot.objects["class"] == "trusteddomain")
    assert sorted(trusts.select("trustPartner", "trustAttributes").rows()) == [
        ("essos.local", 72),
        ("north.sevenkingdoms.local", 32),
        ("sevenkingdoms.local", 32),
    ]
