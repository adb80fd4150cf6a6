"""The same forest through every source that carries it: the same verdicts, or a difference with its reason."""

from datetime import timedelta

import pytest

from rempart.directory.audit import judge
from rempart.directory.collect import adalanche, ldif, oradad
from rempart.directory.collect.source import silent
from rempart.directory.forest import Forest
from rempart.directory.snapshot import open_snapshot, save
from rempart.measurement.verdict import Status
from tests.directory.maker import AT, CONTROL_ACCESS, DN, FULL_CONTROL, WRITE_DACL, Maker, make_descriptor
from tests.directory.real.reading import recording
from tests.directory.writers import write_ldif, write_oradad
from tests.shared_data import needs_data, shared_data

GOAD = "directory/goad-adalanche"


BLIND_ADALANCHE = {("warning_dump_error_rp", 0): (Status.SATISFIED, ())}
"""adalanche is known not to ask for constructed attributes, and says so; a file of records cannot tell."""


class Case:
    """A forest as its first source gives it: raw records, snapshot, moment, verdicts; what files say `elsewhere`."""

    def __init__(self, records, snapshot, elsewhere):
        self.elsewhere = elsewhere
        self.records, self.snapshot, self.at = records, snapshot, snapshot.manifest.taken_at
        self.verdicts = verdicts(snapshot, self.at)


def verdicts(snapshot, at):
    """Every answer with its subjects, by threshold."""
    return {
        verdict.key: (verdict.status, tuple(map(tuple, verdict.subjects.rows())))
        for verdict in judge(Forest(snapshot, at))
    }


def goad():
    builder, records = recording()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adalanche, "SnapshotBuilder", builder)
        snapshot = adalanche.read(shared_data(GOAD))
    return Case(records, snapshot, BLIND_ADALANCHE)


def faulty():
    """A forest of ours with faults of every kind: flags, dates, lists, binary values, rights."""
    maker = Maker()
    control = {"preauth": 0x400200, "des": 0x200200, "ancien": 0x10200, "libre": 0x80200, "clair": 0x280}
    users = {name: maker.user(name, userAccountControl=bits) for name, bits in control.items()}
    people = {name: maker.sid_of(dn) for name, dn in users.items()}
    maker.change(users["ancien"], pwdLastSet=AT - timedelta(days=2000), lastLogonTimestamp=AT - timedelta(days=900))
    maker.join(users["ancien"], maker.domain[512])
    maker.join(users["clair"], maker.domain[512])
    maker.change(users["clair"], sIDHistory=bytes.fromhex("0102000000000005200000002002000000"[:32]))
    maker.change(users["preauth"], servicePrincipalName=["HTTP/app", "HTTP/app.hopital.test"])
    maker.change(users["libre"], msDS_AllowedToDelegateTo=["cifs/dc1", "ldap/dc1.hopital.test/hopital.test"])
    maker.change(DN, ms_DS_MachineAccountQuota=10, minPwdLength=5, maxPwdAge=timedelta(days=2000))
    maker.change(maker.controller, pwdLastSet=AT - timedelta(days=60), msDS_SupportedEncryptionTypes=31)
    maker.change(
        maker.controller,
        msDS_AllowedToActOnBehalfOfOtherIdentity=make_descriptor(aces=[("A", FULL_CONTROL, people["des"])]),
    )
    maker.template("Dangereux", maker.pki(), msPKI_Certificate_Name_Flag=1)
    maker.protect(DN, [("A", CONTROL_ACCESS, people["des"], {"object": "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"})])
    maker.protect(f"CN=AdminSDHolder,CN=System,{DN}", [("A", WRITE_DACL, people["preauth"])], protected=True)
    policy = maker.gpo("Fond d’écran", DN, f"OU=Domain Controllers,{DN}")
    maker.protect(policy, [("A", FULL_CONTROL, people["libre"])])
    groups = [maker.group("boucle-a"), maker.group("boucle-b")]
    maker.join(groups[0], groups[1])
    maker.join(groups[1], groups[0])
    return Case(maker.records, maker.snapshot(), {})


@pytest.fixture(scope="module", params=[pytest.param(goad, marks=needs_data(GOAD)), faulty], ids=["goad", "faulty"])
def case(request):
    return request.param()


def different(case, snapshot):
    """Which thresholds another source answers otherwise, and what it says of each."""
    other = verdicts(snapshot, case.at)
    assert other.keys() == case.verdicts.keys()
    return {key: answer for key, answer in other.items() if answer != case.verdicts[key]}


def test_the_forests_have_something_to_say(case):
    failed = [key for key, (status, _) in case.verdicts.items() if status is Status.FAILED]
    assert len(failed) > 20


def test_ldif(case, tmp_path):
    assert different(case, ldif.read(write_ldif(case.records, tmp_path / "forest.ldif"), silent)) == case.elsewhere


def test_oradad(case, tmp_path):
    assert (
        different(case, oradad.read(write_oradad(case.records, tmp_path / "oradad", case.at), silent)) == case.elsewhere
    )


def test_saved_snapshot(case, tmp_path):
    save(case.snapshot, tmp_path / "forest.rempart")
    assert different(case, open_snapshot(tmp_path / "forest.rempart")) == {}
