from datetime import UTC, datetime

import polars as pl
import pytest

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.decode import HUGE
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text
from tests.directory.maker import AT, DN, Maker, sid_bytes

TOP = {"objectClass": [b"top", b"domain", b"domainDNS"]}


def built(*records, **options):
    builder = SnapshotBuilder(options.get("source", "ldif"))
    for dn, attributes in records:
        builder.add(dn, attributes)
    return builder.finish(AT)


def one(attributes):
    return built((DN, TOP | attributes)).objects.row(0, named=True)


def test_names_of_attributes_come_in_any_case_and_with_options():
    row = one({"SAMACCOUNTNAME": [b"a"], "userCertificate;binary": [b"\1"], "unknown": [b"x"]})
    assert (row["sAMAccountName"], row["userCertificate"]) == ("a", [b"\1"])


def test_values_may_be_any_iterable_and_empty_ones_are_no_value():
    row = one({"member": (value for value in (b"CN=a", b"CN=b")), "cn": [], "servicePrincipalName": []})
    assert (row["member"], row["cn"], row["servicePrincipalName"]) == (["CN=a", "CN=b"], None, None)


def test_objects_are_numbered_in_name_order_and_linked_to_their_parents():
    objects = built((f"CN=b,{DN}", {}), (f"OU=x,CN=b,{DN}", {}), (DN, TOP), (f"CN=c,OU=gone,{DN}", {})).objects
    parents = dict(zip(objects["dn"], objects["parent"], strict=True))
    ids = dict(zip(objects["dn"], objects["id"], strict=True))
    assert objects["id"].to_list() == [0, 1, 2, 3]
    assert objects["dn_key"].is_sorted()
    assert parents == {
        DN: None,
        f"CN=b,{DN}": ids[DN],
        f"OU=x,CN=b,{DN}": ids[f"CN=b,{DN}"],
        f"CN=c,OU=gone,{DN}": None,
    }


def test_the_first_record_of_a_name_stays():
    objects = built((DN, TOP), (f"CN=A,{DN}", {"cn": [b"first"]}), (f"cn=a, {DN}", {"cn": [b"second"]})).objects
    assert objects["cn"].to_list() == ["first", None]


def test_deleted_objects_are_left_out():
    snapshot = built(
        (DN, TOP),
        (f"CN=a,{DN}", {"isDeleted": [b"TRUE"]}),
        (f"CN=b\\0ADEL:x,CN=Deleted Objects,{DN}", {}),
        (f"CN=Deleted Objects,{DN}", {}),
        (f"CN=c,{DN}", {"isDeleted": [b"FALSE"]}),
    )
    assert snapshot.objects["dn"].to_list() == [f"CN=c,{DN}", DN]


def test_a_broken_value_is_a_flaw_with_its_place():
    snapshot = built(
        (DN, TOP | {"userAccountControl": [b"many"], "sIDHistory": [sid_bytes("S-1-5-18"), b"no"], "cn": [b"\xff"]})
    )
    row = snapshot.objects.row(0, named=True)
    assert (row["userAccountControl"], row["sIDHistory"], row["cn"]) == (None, ["S-1-5-18"], None)
    assert sorted(snapshot.flaws["place"]) == [f"{DN} cn", f"{DN} sIDHistory", f"{DN} userAccountControl"]
    assert snapshot.manifest.counts["flaws"] == 3


def test_huge_values_and_names_do_not_swell_the_report():
    snapshot = built((DN, TOP), (f"CN={'x' * 70_000},{DN}", {"cn": [b"x" * (HUGE + 1)], "adminCount": [b"9" * 9_999]}))
    assert snapshot.objects["cn"].null_count() == 2
    assert len(snapshot.flaws) == 2
    assert all(len(text) <= 300 for row in snapshot.flaws.rows() for text in row)


def test_complaints_are_all_counted_but_not_all_kept():
    builder = SnapshotBuilder("ldif")
    builder.add(DN, TOP)
    for number in range(10_500):
        builder.flaw(f"record {number}", "broken")
    snapshot = builder.finish(AT)
    assert snapshot.manifest.counts["flaws"] == 10_500
    assert snapshot.flaws.height == 10_000


def test_equal_descriptors_are_kept_once():
    snapshot = built(
        (DN, TOP | {"nTSecurityDescriptor": [b"A"]}),
        (f"CN=a,{DN}", {"ntsecuritydescriptor": [b"B"]}),
        (f"CN=b,{DN}", {"nTSecurityDescriptor": [b"A"]}),
        (f"CN=c,{DN}", {}),
    )
    shown = snapshot.objects.join(snapshot.descriptors, on="sd", how="left").sort("id")
    assert snapshot.descriptors["bytes"].to_list() == [b"A", b"B"]
    assert dict(zip(shown["dn"], shown["bytes"], strict=True)) == {
        DN: b"A", f"CN=a,{DN}": b"B", f"CN=b,{DN}": b"A", f"CN=c,{DN}": None
    }  # fmt: skip


def test_pieces_of_a_range_are_put_together():
    row = one({"member": [], "member;range=0-1": [b"CN=a", b"CN=b"], "member;range=2-*": [b"CN=c"]})
    assert row["member"] == ["CN=a", "CN=b", "CN=c"]


def test_a_range_without_its_end_is_a_gap():
    gaps = built((DN, TOP | {"member": [], "member;range=0-1499": [b"CN=a"]})).gaps
    assert ("attribute:member", "hopital.test") in gaps.select("topic", "domain").rows()


def test_frames_and_records_make_the_same_snapshot():
    maker = Maker()
    expected = maker.snapshot()
    raw = expected.objects.join(expected.descriptors, on="sd", how="left")["bytes"]
    builder = SnapshotBuilder("ldif")
    frame = expected.objects.drop("id", "dn_key", "parent", "domain", "partition", "class")
    builder.add_frame(frame.with_columns(sd=builder.descriptor_rows(raw)))
    snapshot = builder.finish(AT)
    assert snapshot.objects.drop("sd").equals(expected.objects.drop("sd"))
    assert snapshot.objects["sd"].null_count() == 0
    assert set(snapshot.descriptors["bytes"]) == set(expected.descriptors["bytes"])


def test_many_chunks_make_one_table():
    builder = SnapshotBuilder("ldif")
    builder.add(DN, TOP)
    for number in range(20_005):
        builder.add(f"CN=user{number:05},{DN}", {"cn": [b"%d" % number]})
    assert builder.count == 20_006
    snapshot = builder.finish(AT)
    assert snapshot.objects.height == 20_006
    assert snapshot.objects["cn"].drop_nulls().to_list() == [str(number) for number in range(20_005)]


def test_rights_are_joined_to_their_objects():
    builder = SnapshotBuilder("sharphound")
    builder.add(DN, TOP)
    builder.grant(f"{DN} ", "S-1-5-11", "GenericAll", inherited=False)
    builder.grant(DN, "S-1-5-11", "GenericAll", inherited=False)
    builder.grant("CN=unknown", "S-1-5-11", "GenericAll", inherited=False)
    assert builder.finish(AT).grants.rows() == [(0, "S-1-5-11", "GenericAll", False)]


def test_a_gap_is_told_once():
    builder = SnapshotBuilder("ldif")
    builder.add(DN, TOP)
    for _ in range(2):
        builder.gap("sysvol", Text(fr="rien", en="nothing"))
    assert builder.finish(AT).gaps.filter(pl.col("topic") == "sysvol")["en"].to_list() == ["nothing"]


def test_the_date_is_the_latest_change_the_server_wrote():
    def dated(**attributes):
        builder = SnapshotBuilder("ldif")
        builder.add(DN, TOP | {name: [value] for name, value in attributes.items()})
        return builder.finish().manifest.taken_at

    future = b"150000000000000000"
    assert dated(whenChanged=b"20260102030405.0Z", pwdLastSet=future) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert dated(whenCreated=b"20250102030405.0Z") == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert dated() == datetime(1970, 1, 1, tzinfo=UTC)


def test_an_empty_source_is_refused():
    with pytest.raises(InputError, match="no directory object"):
        SnapshotBuilder("ldif").finish(AT)
    with pytest.raises(InputError, match="no directory object"):
        built((f"CN=Deleted Objects,{DN}", {}))
