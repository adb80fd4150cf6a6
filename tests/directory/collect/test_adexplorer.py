import struct
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.directory.collect import adexplorer
from rempart.directory.collect.source import silent
from rempart.measurement.errors import InputError, RempartError
from tests.directory.maker import AT, DN, make_descriptor, sid_bytes
from tests.shared_data import needs_data, shared_data

SAMPLE = "directory/adexplorer-detectionlab/detectionlab.dat"
TEXT, BOOLEAN, INTEGER, OCTETS, TIME, LARGE, DESCRIPTOR = 3, 6, 7, 8, 9, 10, 25
KINDS = {
    "distinguishedName": 1,
    "objectClass": TEXT,
    "sAMAccountName": TEXT,
    "isCriticalSystemObject": BOOLEAN,
    "isDeleted": BOOLEAN,
    "groupType": INTEGER,
    "objectSid": OCTETS,
    "sIDHistory": OCTETS,
    "whenCreated": TIME,
    "pwdLastSet": LARGE,
    "nTSecurityDescriptor": DESCRIPTOR,
    "telephoneNumber": TEXT,
    "msDS-RevealedUsers": 27,
}
NAMES = list(KINDS)
FILETIME = int((AT.timestamp() + 11_644_473_600) * 10_000_000)


def encode(kind, values):
    """The bytes of an attribute's values, as ADExplorer lays them out."""
    head = struct.pack("<I", len(values))
    if kind in (1, TEXT):
        texts = [f"{value}\0".encode("utf-16-le") for value in values]
        start = 4 + 4 * len(texts)
        offsets = [start + sum(map(len, texts[:i])) for i in range(len(texts))]
        return head + struct.pack(f"<{len(texts)}I", *offsets) + b"".join(texts)
    if kind == OCTETS:
        return head + struct.pack(f"<{len(values)}I", *map(len, values)) + b"".join(values)
    if kind == DESCRIPTOR:
        return head + b"".join(struct.pack("<I", len(value)) + value for value in values)
    if kind == TIME:
        return head + b"".join(
            struct.pack("<8H", v.year, v.month, v.weekday(), v.day, v.hour, v.minute, v.second, 0) for v in values
        )
    return head + b"".join(struct.pack("<q" if kind == LARGE else "<i", value) for value in values)


def make_object(record):
    """One object: its length, its table, its values; a `bytes` table row is taken as it is (shared values)."""
    table, body = b"", b""
    start = 8 + 8 * len(record)
    for name, values in record.items():
        if isinstance(values, int):  # an offset of our own making
            table += struct.pack("<Ii", NAMES.index(name), values)
            continue
        table += struct.pack("<Ii", NAMES.index(name), start + len(body))
        body += encode(KINDS[name], values)
    return struct.pack("<II", start + len(body), len(record)) + table + body


def make_file(records, *, count=None):
    objects = b"".join(make_object(record) for record in records)
    at = 0x43E + len(objects)
    header = b"win-ad-ob\0" + struct.pack("<iQ", 65537, FILETIME) + bytes(1040)
    counts = struct.pack("<5Ii", count or len(records), len(NAMES), at & 0xFFFFFFFF, at >> 32, 0, 0)
    table = struct.pack("<I", len(NAMES))
    for name, kind in KINDS.items():
        wide = f"{name}\0".encode("utf-16-le")
        dn = f"CN={name}\0".encode("utf-16-le")
        table += struct.pack("<I", len(wide)) + wide + struct.pack("<iII", 0, kind, len(dn)) + dn + bytes(36)
    return header + counts + objects + table


HEAD = {"distinguishedName": [DN], "objectClass": ["top", "domain", "domainDNS"]}
ALICE = {
    "distinguishedName": [f"CN=Alice Ünal,{DN}"],
    "objectClass": ["top", "person", "user"],
    "sAMAccountName": ["alice"],
    "isCriticalSystemObject": [1],
    "groupType": [-2147483646],
    "objectSid": [sid_bytes("S-1-5-21-1-2-3-1101")],
    "sIDHistory": [sid_bytes("S-1-5-21-9-9-9-500"), sid_bytes("S-1-5-21-9-9-9-501")],
    "whenCreated": [datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)],
    "pwdLastSet": [FILETIME],
    "nTSecurityDescriptor": [make_descriptor()],
    "telephoneNumber": ["01 23 45 67 89"],
}


@pytest.fixture
def read(tmp_path):
    def run(content):
        path = tmp_path / "snapshot.bin"
        path.write_bytes(content)
        return adexplorer.read(path, silent)

    return run


def test_every_kind_of_value_is_read(read):
    snapshot = read(make_file([HEAD, ALICE]))
    alice = snapshot.objects.filter(snapshot.objects["class"] == "user").row(0, named=True)
    assert alice["dn"] == f"CN=Alice Ünal,{DN}"
    assert alice["sAMAccountName"] == "alice"
    assert alice["isCriticalSystemObject"] is True
    assert alice["groupType"] == -2147483646
    assert alice["objectSid"] == "S-1-5-21-1-2-3-1101"
    assert alice["sIDHistory"] == ["S-1-5-21-9-9-9-500", "S-1-5-21-9-9-9-501"]
    assert alice["whenCreated"] == datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
    assert alice["pwdLastSet"] == AT
    assert snapshot.descriptors["bytes"][alice["sd"]] == make_descriptor()
    assert snapshot.manifest.taken_at == AT
    assert snapshot.manifest.source == "adexplorer"
    assert snapshot.manifest.domains == ("hopital.test",)
    assert snapshot.flaws.is_empty()


def test_values_shared_with_an_earlier_object_are_found_backwards(read):
    shared = -len(make_object(HEAD)) + 8 + 8 * len(HEAD) + len(encode(1, HEAD["distinguishedName"]))
    bob = {"distinguishedName": [f"CN=Bob,{DN}"], "objectClass": shared}
    assert set(read(make_file([HEAD, bob])).objects["class"]) == {"domaindns"}


def test_a_text_may_hold_two_zero_bytes_side_by_side_inside(read):
    odd = {**HEAD, "sAMAccountName": ["aĀb"]}  # 61 00 00 01: the zeros belong to two characters
    assert read(make_file([odd])).objects["sAMAccountName"][0] == "aĀb"


def test_deleted_objects_are_left_out(read):
    gone = {**ALICE, "isDeleted": [1]}
    assert read(make_file([HEAD, gone])).objects.height == 1


def test_an_object_without_a_name_is_a_flaw(read):
    snapshot = read(make_file([HEAD, {"sAMAccountName": ["nobody"]}]))
    assert snapshot.objects.height == 1
    assert snapshot.flaws["problem"].to_list() == ["object without a distinguishedName"]


def test_text_that_is_not_utf16_is_a_flaw(read):
    content = make_file([{**HEAD, "sAMAccountName": ["xyz"]}])
    broken = content.replace("xyz".encode("utf-16-le"), b"x\0\x00\xd8z\0")
    assert "sAMAccountName" in read(broken).flaws["place"][0]


def test_constructed_attributes_are_gaps(read):
    topics = set(read(make_file([HEAD])).gaps["topic"])
    assert "attribute:msDS-User-Account-Control-Computed" in topics
    assert {"partition:schema", "partition:configuration"} <= topics


@pytest.mark.parametrize("length", [10, 500, 0x43D, 0x43E, 0x460, -40, -1])
def test_a_truncated_file_is_refused_with_the_byte(read, length):
    with pytest.raises(InputError, match=r"at byte \d+"):
        read(make_file([HEAD, ALICE])[:length])


def test_lying_numbers_are_refused(read):
    content = bytearray(make_file([HEAD, ALICE]))
    first = 0x43E
    for at, value in [
        (first, 0),  # an object of no length: the walk would never move
        (first, 0xFFFFFFFF),
        (first + 4, 0xFFFFFFFF),  # four billion attributes
        (first + 8, 4_000),  # an attribute that is not in the table
        (first + 12, 0x7FFFFFFF),  # values past the end
        (first + 12, 0x80000000),  # values before the beginning
        (first + 24, 0xFFFFFFFF),  # four billion values
        (first + 28, 0x7FFFFFF0),  # a text past the end
        (1062, 0xFFFFFFFF),  # four billion objects
        (1070, 0xFFFFFFF0),  # the table of attributes past the end
        (1074, 1),
    ]:
        hostile = content.copy()
        struct.pack_into("<I", hostile, at, value)
        with pytest.raises(InputError, match=r"at byte \d+"):
            read(bytes(hostile))


def test_a_file_that_repeats_itself_without_end_is_refused(read):
    big = {**HEAD, "sIDHistory": [bytes(60_000)]}
    records = [big]
    for index in range(200):
        back = -sum(len(make_object(record)) for record in records)
        shared = (
            back + 8 + 8 * len(big) + len(encode(1, HEAD["distinguishedName"])) + len(encode(3, HEAD["objectClass"]))
        )
        records.append({"distinguishedName": [f"CN={index},{DN}"], "sIDHistory": shared})
    with pytest.raises(InputError, match="at byte"):
        read(make_file(records))


def test_it_is_recognised_by_its_first_bytes(tmp_path):
    path = tmp_path / "anything"
    path.write_bytes(make_file([HEAD]))
    assert adexplorer.recognises(path)
    path.write_bytes(b"PK\3\4")
    assert not adexplorer.recognises(path)
    assert not adexplorer.recognises(tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_raises_anything_but_our_errors(read, data):
    content = bytearray(make_file([HEAD, ALICE]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(10, len(content) - 4))
        struct.pack_into("<I", content, at, data.draw(st.sampled_from([0, 1, 0xFF, 0xFFFF, 0x80000000, 0xFFFFFFFF])))
    try:
        read(bytes(content[: data.draw(st.integers(10, len(content)))]))
    except RempartError:
        return


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2_000))
def test_arbitrary_bytes_raise_only_our_errors(read, content):
    with pytest.raises(RempartError):
        read(b"win-ad-ob\0" + content)


@needs_data(SAMPLE)
def test_detectionlab():
    path = shared_data(SAMPLE)
    steps = []
    snapshot = adexplorer.read(path, lambda done, total: steps.append((done, total)))
    assert snapshot.manifest.counts == {"objects": 3846, "descriptors": 62, "flaws": 0}  # 2 of 3,848 are deleted
    assert snapshot.manifest.taken_at == datetime(2021, 11, 30, 21, 48, 42, tzinfo=UTC)
    assert snapshot.manifest.domains == ("windomain.local",)
    parts = dict(snapshot.objects.group_by("partition").len().iter_rows())
    assert parts == {"domain": 258, "configuration": 1819, "schema": 1769}
    assert snapshot.objects["sd"].null_count() == 13
    administrator = snapshot.objects.filter(snapshot.objects["objectSid"].str.ends_with("-500")).row(0, named=True)
    assert administrator["pwdLastSet"] == datetime(2021, 11, 30, 19, 59, 24, tzinfo=UTC)
    assert administrator["userAccountControl"] == 512
    assert steps[-1] == (3848, 3848)
    assert all(before <= after for (before, _), (after, _) in pairwise(steps))
