import shutil
import tarfile
import uuid
import zipfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.directory.collect import silent
from rempart.directory.collect.ldif import read as read_ldif
from rempart.directory.collect.oradad import read, recognises
from rempart.directory.snapshot import open_snapshot, save
from rempart.measurement.errors import InputError, RempartError
from tests.directory.maker import AT, DN, Maker, filetime, make_descriptor, sid_bytes
from tests.directory.writers import write_ldif, write_oradad

ALICE = f"CN=Alice; née Démo,CN=Users,{DN}"


def full() -> Maker:
    """A forest with a value of every kind."""
    maker = Maker()
    alice = maker.user(
        "Alice; née Démo",
        groups=["Protected Users"],
        sIDHistory=[sid_bytes("S-1-5-21-1-2-3-500"), sid_bytes("S-1-5-21-1-2-3-501")],
        objectGUID=uuid.UUID(int=7).bytes_le,
        accountExpires=(1 << 63) - 1,
        lastLogon=0,
        servicePrincipalName=["http/a", "http/b"],
        altSecurityIdentities=["X509:<I>DC=com,x", "Kerberos:a@B"],
        msDS_KeyCredentialLink=[f"B:4:00ff:{DN}", f"B:4:01ff:CN=Alice; née Démo,CN=Users,{DN}"],
        userCertificate=[b"\0\1", b"\2;\3"],
        msDS_AllowedToActOnBehalfOfOtherIdentity=make_descriptor(),
        msDS_SupportedEncryptionTypes=28,
        ms_Mcs_AdmPwdExpirationTime=filetime(AT),
        msLAPS_PasswordExpirationTime=filetime(AT),
        displayName='Says "hello", # \\ and €',
        msDS_ReplValueMetaData=["<A>x &lt;;</A>\n", "<A>y</A>"],
        isCriticalSystemObject=False,
    )
    maker.change(alice, whenChanged="20261101020304.0Z", objectCategory=f"CN=Person,CN=Schema,CN=Configuration,{DN}")
    maker.group("Équipe; nuit", members=[alice, maker.user("Bob"), maker.user("Carl;CN=x"), DN])
    maker.add(
        f"CN=PSO,CN=Password Settings Container,CN=System,{DN}",
        ["msDS-PasswordSettings"],
        msDS_MaximumPasswordAge=timedelta(days=90),
        msDS_MinimumPasswordAge=-(1 << 63),
        msDS_PSOAppliesTo=[alice],
    )
    maker.user("Gone", isDeleted=True)
    maker.add(f"CN=Old\\0ADEL:x,CN=Deleted Objects,{DN}", ["user"])
    return maker


def what_matters(snapshot):
    """The objects as every source must give them; ORADAD writes no line feed and always a distinguished name."""
    frame = snapshot.objects.drop("sd", "distinguishedName", "msDS-ReplValueMetaData")
    return frame.with_columns(bytes=snapshot.objects.join(snapshot.descriptors, on="sd", how="left")["bytes"])


@pytest.fixture
def folder(tmp_path):
    return write_oradad(full().records, tmp_path / "hopital.test" / "20261123-120000", AT)


def test_one_forest_is_the_same_from_every_source(folder, tmp_path):
    maker = full()
    from_oradad = read(folder, silent)
    from_ldif = read_ldif(write_ldif(maker.records, tmp_path / "forest.ldif"), silent)
    save(from_ldif, tmp_path / "saved")
    expected = what_matters(maker.snapshot())
    for snapshot in (from_oradad, from_ldif, open_snapshot(tmp_path / "saved")):
        assert what_matters(snapshot).equals(expected)
        assert snapshot.flaws.is_empty()
        assert snapshot.gaps["topic"].to_list() == ["sysvol"]
    assert from_oradad.manifest.taken_at == AT
    assert from_oradad.manifest.source == "oradad"


def test_values_are_those_of_the_directory(folder):
    snapshot = read(folder, silent)
    alice = snapshot.objects.filter(dn=ALICE).row(0, named=True)
    assert alice["servicePrincipalName"] == ["http/a", "http/b"]
    assert alice["msDS-KeyCredentialLink"][1] == f"B:4:01ff:{ALICE}"
    assert (alice["accountExpires"], alice["lastLogon"]) == (None, None)
    assert alice["distinguishedName"] == ALICE
    assert len(alice["msDS-ReplValueMetaData"]) == 2
    group = snapshot.objects.filter(sAMAccountName="Équipe; nuit").row(0, named=True)
    assert group["member"] == [ALICE, f"CN=Bob,CN=Users,{DN}", f"CN=Carl;CN=x,CN=Users,{DN}", DN]


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar"])
def test_an_archive_reads_as_its_folder(folder, tmp_path, kind):
    path = Path(shutil.make_archive(str(tmp_path / "collect"), kind, folder.parent))
    told: list[tuple[int, int | None]] = []
    assert recognises(path)
    snapshot = read(path, lambda done, total: told.append((done, total)))
    assert what_matters(snapshot).equals(what_matters(full().snapshot()))
    assert told[-1][0] == told[-1][1]


def test_a_header_line_is_no_object(tmp_path):
    folder = write_oradad(full().records, tmp_path / "a", AT, header=True)
    assert what_matters(read(folder, silent)).equals(what_matters(full().snapshot()))


def test_without_metadata_the_list_of_tables_gives_the_date(folder):
    (folder / "metadata.tsv").unlink()
    assert read(folder, silent).manifest.taken_at == AT


def test_other_trees_are_not_oradad(tmp_path):
    assert not recognises(tmp_path)
    (tmp_path / "tables.tsv").write_text("some other table\n")
    assert not recognises(tmp_path)
    assert not recognises(tmp_path / "tables.tsv")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("users.json", "{}")
    assert not recognises(tmp_path / "a.zip")
    with tarfile.open(tmp_path / "a.tar", "w"):
        pass
    assert not recognises(tmp_path / "a.tar")


def test_a_missing_table_and_attributes_never_asked_are_gaps(folder):
    (folder / "domain" / "hopital.test" / "user.tsv").unlink()
    path = folder / "tables.tsv"
    path.write_bytes(path.read_bytes().replace(b"\tmember\t", b"\tother\t"))
    gaps = read(folder, silent).gaps
    assert ("partition:domain", "hopital.test") in gaps.select("topic", "domain").rows()
    assert ("attribute:member", None) in gaps.select("topic", "domain").rows()
    assert "attribute:sIDHistory" not in set(gaps["topic"])


def test_files_of_sysvol_are_told(folder):
    (folder / "sysvol.tsv").write_bytes(b"\xff\xfe")
    assert "SYSVOL" in read(folder, silent).gaps.filter(topic="sysvol")["en"][0]


def spoil(folder, table, old, new):
    path = folder / table
    path.write_bytes(path.read_bytes().replace(old.encode("utf-16-le"), new.encode("utf-16-le")))


def test_broken_rows_and_values_are_flaws_with_their_place(folder):
    spoil(folder, "domain/hopital.test/group.tsv", "CN=Protected Users,", "CN=Protected\tUsers,")
    spoil(folder, "domain/hopital.test/user.tsv", "S-1-5-21-1-2-3-500;", "no SID;S-1-5-21-1-2-3-502;")
    spoil(folder, "domain/hopital.test/user.tsv", "2026-11-22 12:00:00", "2026-13-22 12:00:00")
    spoil(folder, "domain/hopital.test/top.tsv", "01000480", "zz000480")
    snapshot = read(folder, silent)
    places = " ".join(snapshot.flaws["place"])
    assert "domain/hopital.test/group.tsv:" in places
    for name in ("sIDHistory", "lastLogonTimestamp", "nTSecurityDescriptor"):
        assert name in places
    alice = snapshot.objects.filter(dn=ALICE).row(0, named=True)
    assert alice["sIDHistory"] == ["S-1-5-21-1-2-3-502", "S-1-5-21-1-2-3-501"]


LIST = b"x_20261123-120000\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "tables.tsv").write_bytes(LIST + b"user.tsv\tuser\tuser\t9\tdn\tint\n"), "list"),
        (lambda folder: (folder / "tables.tsv").write_bytes(LIST), "class"),
        (lambda folder: (folder / "domain/hopital.test/user.tsv").write_bytes(b"dn\tcn\n"), "UTF-16"),
        (lambda folder: [file.write_bytes(b"") for file in folder.rglob("*/*.tsv")], "no directory object"),
        (lambda folder: shutil.copytree(folder, folder / "again"), "several"),
    ],
    ids=["count", "no class", "not utf-16", "empty", "two"],
)  # fmt: skip
def test_broken_collections_are_refused(folder, change, message):
    change(folder)
    assert recognises(folder)
    with pytest.raises(InputError, match=message) as caught:
        read(folder, silent)
    assert str(folder) in str(caught.value.where)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
USERS = st.fixed_dictionaries(
    {},
    optional={
        "cn": TEXTS.map(lambda text: [text.encode()]),
        "servicePrincipalName": st.lists(
            TEXTS.map(lambda text: f"x{text.replace(';', '')}".encode()), min_size=1, max_size=3
        ),
        "userAccountControl": st.integers(-(2**31), 2**31 - 1).map(lambda number: [b"%d" % number]),
        "pwdLastSet": st.integers(0, 2**58).map(lambda ticks: [b"%d" % ticks]),
        "objectGUID": st.binary(min_size=16, max_size=16).map(lambda raw: [raw]),
        "userCertificate": st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=3),
        "nTSecurityDescriptor": st.binary(min_size=1, max_size=30).map(lambda raw: [raw]),
    },
)


@given(st.lists(USERS, min_size=1, max_size=5))
@settings(deadline=None, max_examples=10)  # a machine at work is as slow as it is
def test_any_records_come_back_from_the_writer(tmp_path_factory, users):
    maker = Maker()
    for number, attributes in enumerate(users):
        maker.records[f"CN=user{number},{DN}"] = {"objectClass": [b"top", b"user"], **attributes}
    snapshot = read(write_oradad(maker.records, tmp_path_factory.mktemp("oradad"), AT), silent)
    assert what_matters(snapshot).equals(what_matters(maker.snapshot()))


@given(st.data())
@settings(deadline=None, max_examples=15)  # a machine at work is as slow as it is
def test_no_bytes_raise_anything_but_our_errors(tmp_path_factory, data):
    records = dict(list(Maker().records.items())[:4])
    folder = write_oradad(records, tmp_path_factory.mktemp("oradad"), AT)
    path = data.draw(st.sampled_from(sorted(folder.rglob("*.tsv"))))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content)))
    garbage = data.draw(st.binary(max_size=20) | st.text(max_size=10).map(lambda text: text.encode("utf-16-le")))
    content[at : at + data.draw(st.integers(0, 20))] = garbage
    path.write_bytes(content)
    recognises(folder)
    with suppress(RempartError):
        read(folder, silent)
