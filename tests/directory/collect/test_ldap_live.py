"""The live collector against a real Samba domain controller."""

import socket
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from rempart.directory.collect.ldap_live import Credentials, Encryption, Patience, Server, collect
from rempart.directory.collect.ldap_live.link import Page, Scope, Transport, connect
from rempart.directory.collect.ldap_live.reading import ASKED, whole
from rempart.directory.snapshot import save
from rempart.measurement.errors import InputError, RempartError
from rempart.measurement.text import Language
from tests.samba import PASSWORD, Domain, free_address, running, samba, samba_template

__all__ = ["samba", "samba_template"]

pytestmark = pytest.mark.samba

BOTH = pytest.mark.parametrize("transport", [Transport.LDAP3, Transport.PYTHON_LDAP])
NO_WAIT = Patience(attempts=3, sleep=lambda _seconds: None)
NO_PATIENCE = Patience(attempts=0)


def administrator(lab):
    return Credentials(lab.administrator, PASSWORD)


def gather(lab, transport=Transport.LDAP3, server=None, **options):
    return collect(server or lab.address, administrator(lab), ca_file=lab.ca_file, transport=transport, **options)


def lasting(snapshot):
    """The objects without what a logon changes."""
    return snapshot.objects.drop("lastLogon", "lastLogonTimestamp")


@pytest.fixture(scope="module")
def uncut(samba):
    return gather(samba)


# -- what is collected ------------------------------------------------------------------------------------------------


def test_five_partitions_with_descriptors(uncut, samba):
    assert set(uncut.objects["partition"]) == {"domain", "configuration", "schema", "domaindns", "forestdns"}
    assert uncut.objects["sd"].null_count() == 0
    assert uncut.manifest.domains == (samba.domain.dns,)
    assert set(uncut.gaps["topic"]) == {"sysvol"}
    assert uncut.flaws.height == 0


def test_as_many_objects_as_the_database_holds(uncut, samba):
    for partition, base in {
        "domain": samba.dn,
        "schema": f"CN=Schema,CN=Configuration,{samba.dn}",
        "domaindns": f"DC=DomainDnsZones,{samba.dn}",
    }.items():
        answer = samba.search("-b", base, "--scope=sub", "(!(isDeleted=TRUE))", "1.1")
        printed = [line[4:] for line in answer.replace("\n ", "").splitlines() if line.startswith("dn: ")]
        held = [dn for dn in printed if not dn.lower().startswith("cn=deleted objects,")]
        assert uncut.objects.filter(pl.col("partition") == partition).height == len(held)


@BOTH
def test_every_transport_and_every_protection_give_the_same(samba, uncut, transport):
    for server, options in {
        f"ldap://{samba.address}": {},
        f"ldaps://{samba.address}:636": {},
        samba.address: {"encryption": Encryption.CLEAR},
    }.items():
        snapshot = gather(samba, transport, server, **options)
        assert_frame_equal(lasting(snapshot), lasting(uncut))
        assert_frame_equal(snapshot.descriptors, uncut.descriptors)


def test_progress_counts_objects(samba):
    told = []
    snapshot = gather(samba, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told, key=lambda step: step[0])
    assert told[-1][0] >= snapshot.objects.height
    assert {total for _, total in told} == {None}


def test_nothing_secret_is_asked_nor_kept(samba, uncut, tmp_path):
    secret = {"unicodePwd", "ntPwdHistory", "supplementalCredentials", "ms-Mcs-AdmPwd", "msLAPS-Password"}
    assert not {name.lower() for name in secret} & {name.lower() for name in ASKED}
    assert PASSWORD not in repr(administrator(samba))
    save(uncut, tmp_path / "one.rempart")
    assert PASSWORD.encode() not in (tmp_path / "one.rempart").read_bytes()


# -- a limited account ------------------------------------------------------------------------------------------------


def test_an_ordinary_account_reads_descriptors_but_not_password_settings(samba):
    samba.tool("domain", "passwordsettings", "pso", "create", "Strict", "10", "--min-pwd-length=20")
    samba.tool("user", "create", "lecteur", PASSWORD)
    try:
        snapshot = collect(samba.address, Credentials(f"lecteur@{samba.domain.dns}", PASSWORD), ca_file=samba.ca_file)
    finally:
        samba.tool("user", "delete", "lecteur")
        samba.tool("domain", "passwordsettings", "pso", "delete", "Strict")
    people = snapshot.objects.filter(pl.col("class").is_in(["user", "group", "computer", "grouppolicycontainer"]))
    assert people["sd"].null_count() == 0
    assert set(snapshot.gaps["topic"]) == {"pso", "sysvol"}


# -- cuts -------------------------------------------------------------------------------------------------------------


class Proxy:
    """Carries TCP to the server and cuts each conversation after `limits` bytes, in turn; then no more."""

    def __init__(self, lab, limits, host):
        self.limits = list(limits)
        self.conversations = 0
        self._target = (lab.address, 636)
        self._listener = socket.create_server((host or lab.address, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.conversations += 1
                limit = self.limits.pop(0) if self.limits else None
                server = socket.create_connection(self._target)
                ways = ((client, server, None), (server, client, limit))
                for way in ways:
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    @staticmethod
    def _carry(source, target, limit):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                limit = None if limit is None else limit - len(data)
                if limit is not None and limit <= 0:
                    break
        for side in (source, target):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@contextmanager
def cutting(lab, *limits, host=None):
    proxy = Proxy(lab, limits, host)
    try:
        yield proxy
    finally:
        proxy.close()


@BOTH
def test_a_collection_cut_twice_is_the_uncut_one(samba, uncut, transport):
    with cutting(samba, 1_500_000, 700_000) as proxy:
        told = []
        snapshot = gather(
            samba,
            transport,
            f"ldaps://{samba.address}:{proxy.port}",
            patience=NO_WAIT,
            progress=lambda done, _total: told.append(done),
        )
    assert proxy.conversations == 3
    assert_frame_equal(lasting(snapshot), lasting(uncut))
    # what was received before the cuts is not received again: at most the page under way is lost
    assert told[-1] <= uncut.objects.height + 60


def test_a_stopped_collection_goes_on_in_the_same_folder(samba, uncut, tmp_path):
    work = tmp_path / "work"
    with cutting(samba, 1_500_000) as proxy, pytest.raises(RempartError, match="unreachable"):
        gather(samba, server=f"ldaps://{samba.address}:{proxy.port}", patience=NO_PATIENCE, work=work)
    assert any(work.glob("*.spool"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in [work, *work.glob("*.spool")])
    last = max(work.glob("*.spool"), key=lambda path: path.stat().st_mtime_ns)
    with last.open("ab") as file:
        file.write(b"\x92\xa9half")  # a record that was being written
    told = []
    snapshot = gather(samba, work=work, progress=lambda done, _total: told.append(done))
    assert_frame_equal(lasting(snapshot), lasting(uncut))
    assert told[-1] < uncut.objects.height
    assert not work.exists()


def test_the_work_folder_keeps_what_was_not_ours(samba, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    gather(samba, work=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_folder_of_another_forest_is_refused(samba, tmp_path):
    (tmp_path / "origin.json").write_text('{"forest": "DC=ailleurs,DC=test", "taken_at": "20260101000000.0Z"}')
    with pytest.raises(InputError, match="another forest"):
        gather(samba, work=tmp_path)


def test_patience_is_bounded(samba):
    waits = []
    patience = Patience(attempts=3, first=1, longest=3, sleep=waits.append)
    with cutting(samba, *[4_000] * 20) as proxy, pytest.raises(RempartError, match="unreachable"):
        gather(samba, server=f"ldaps://{samba.address}:{proxy.port}", patience=patience)
    assert waits == [1, 2, 3]


# -- refusals ---------------------------------------------------------------------------------------------------------


@BOTH
def test_wrong_password(samba, transport):
    with pytest.raises(RempartError, match="refused by the server") as raised:
        collect(
            samba.address, Credentials(samba.administrator, "wrong-word"), ca_file=samba.ca_file, transport=transport
        )
    assert "wrong-word" not in raised.value.say(Language.FR)
    assert raised.value.advice


@BOTH
def test_certificate_of_an_unknown_authority(samba, transport):
    for server in (f"ldaps://{samba.address}", f"ldap://{samba.address}"):
        with pytest.raises(RempartError, match="certificate could not be verified"):
            collect(server, administrator(samba), transport=transport)


@BOTH
def test_certificate_of_another_name(samba, transport):
    elsewhere = free_address()  # the same server, behind an address its certificate does not name
    with (
        cutting(samba, host=elsewhere) as proxy,
        pytest.raises(RempartError, match="certificate could not be verified"),
    ):
        gather(samba, transport, f"ldaps://{elsewhere}:{proxy.port}")


@BOTH
def test_nobody_listens(transport):
    with pytest.raises(RempartError, match="server unreachable"):
        collect(free_address(), Credentials("a@b", "c"), transport=transport)


@BOTH
def test_strong_authentication_required(samba_template, transport):
    with tempfile.TemporaryDirectory(prefix="samba-") as folder, running(Path(folder), template=samba_template) as lab:
        lab.stop()
        lab.configure(strong_auth="yes")
        lab.start()
        with pytest.raises(RempartError, match="signed or encrypted"):
            collect(lab.address, administrator(lab), encryption=Encryption.CLEAR, transport=transport)


def test_an_empty_password_never_becomes_an_anonymous_bind():
    with pytest.raises(InputError, match="empty password"):
        Credentials("reader@hopital.test", "")


@pytest.mark.parametrize("text", ["", "http://dc1", "ldap://", "dc1:notaport", "ldaps://dc1/CN=x"])
def test_addresses_not_understood(text):
    with pytest.raises(InputError, match="not understood"):
        Server.parse(text)


def test_clear_text_is_only_by_choice(tmp_path):
    assert Server.parse("dc1").encryption is Encryption.LDAPS
    assert Server.parse("ldap://dc1:3389").encryption is Encryption.STARTTLS
    assert Server.parse("dc1", encryption=Encryption.CLEAR).port == 389
    with pytest.raises(InputError, match="certificate file not found"):
        Server.parse("dc1", ca_file=tmp_path / "absent.pem")


# -- the rest of the forest -------------------------------------------------------------------------------------------


def test_a_domain_out_of_reach_is_a_gap(samba):
    reference = f"CN=FILLE,CN=Partitions,CN=Configuration,{samba.dn}"
    samba.add(
        f"dn: {reference}\nobjectClass: crossRef\nnCName: DC=fille,{samba.dn}\n"
        f"dnsRoot: {free_address()}\nnETBIOSName: FILLE\nsystemFlags: 3\n",
        "--relax",
    )
    try:
        snapshot = gather(samba)
    finally:
        samba.delete(reference)
    gap = snapshot.gaps.filter(pl.col("topic") == "domain").row(0, named=True)
    assert gap["domain"] == f"fille.{samba.domain.dns}"
    assert "unreachable" in gap["en"]


def test_another_domain_is_read_from_its_own_server(samba, tmp_path):
    daughter = Domain(dns="fille.test", netbios="FILLE", host="dc2")
    reference = f"CN=FILLE,CN=Partitions,CN=Configuration,{samba.dn}"
    with tempfile.TemporaryDirectory(prefix="samba-") as folder, running(Path(folder), daughter) as other:
        other.modify(
            f"dn: CN=Administrator,CN=Users,{other.dn}\nchangetype: modify\n"
            f"replace: userPrincipalName\nuserPrincipalName: {samba.administrator}\n"
        )
        samba.add(
            f"dn: {reference}\nobjectClass: crossRef\nnCName: {other.dn}\n"
            f"dnsRoot: {other.address}\nnETBIOSName: FILLE\nsystemFlags: 3\n",
            "--relax",
        )
        both = tmp_path / "authorities.pem"
        both.write_bytes(samba.ca_file.read_bytes() + other.ca_file.read_bytes())
        try:
            snapshot = collect(samba.address, administrator(samba), ca_file=both)
        finally:
            samba.delete(reference)
    assert snapshot.manifest.domains == ("fille.test", "hopital.test")
    assert set(snapshot.gaps["topic"]) == {"sysvol"}


# -- values by ranges -------------------------------------------------------------------------------------------------


class Ranged:
    """Answers as Windows does: three values of `member` at a time."""

    def __init__(self, members, asked):
        self.members = members
        self.asked = asked

    def search(self, _base, _scope, _query, attributes, *, cookie=None):
        assert cookie is None
        self.asked.append(attributes[0])
        start = int(attributes[0].partition("=")[2].partition("-")[0])
        piece = self.members[start : start + 3]
        end = "*" if start + 3 >= len(self.members) else start + 2
        return Page([("CN=g", {f"member;range={start}-{end}": piece})] if piece else [("CN=g", {})], b"")


def test_a_large_group_is_read_to_its_last_member():
    members = [f"CN=u{number}".encode() for number in range(8)]
    asked = []
    entry = ("CN=g", {"cn": [b"g"], "member": [], "member;range=0-2": members[:3]})
    assert whole(Ranged(members, asked), entry) == ("CN=g", {"cn": [b"g"], "member": members})
    assert asked == ["member;range=3-*", "member;range=6-*"]


def test_ranges_on_the_real_server(samba):
    link = connect(Server.parse(samba.address, ca_file=samba.ca_file), administrator(samba))
    group = f"CN=Denied RODC Password Replication Group,CN=Users,{samba.dn}"
    every = link.search(group, Scope.BASE, "(objectClass=*)", ["member"]).entries[0][1]["member"]
    first = link.search(group, Scope.BASE, "(objectClass=*)", ["member;range=0-2"]).entries[0]
    _, values = whole(link, first)
    link.close()
    assert len(every) > 3
    assert sorted(values["member"]) == sorted(every)
