"""Every control point on a real server: plant the fault, see it with exactly its subjects, repair it, see it gone."""

import pytest

from rempart.directory.audit import judge
from rempart.directory.catalogue import catalogue
from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.directory.samba.faults import ACCOUNTS, INFRASTRUCTURE, MENDED, NUMBERS, PERMISSIONS
from tests.directory.samba.ldif import Fault
from tests.directory.samba.planting import Planting
from tests.samba import PASSWORD

pytestmark = pytest.mark.samba

BATCHES = {
    "accounts": ACCOUNTS,
    "infrastructure": INFRASTRUCTURE,
    "permissions": PERMISSIONS,
    "numbers": NUMBERS,
    "mended": MENDED,
}

FRESH = {
    # Samba's controller offers RC4 (28 = RC4, AES 128 and AES 256)
    ("vuln_dc_crypto", 4): {"DC1$"},
    # the default of both characters is 0; ANSSI asks for 1
    ("vuln_dsheuristics_bad", 4): {"AttributeAuthorizationOnLDAPAdd", "BlockOwnerImplicitRights"},
    # Samba 4.17 provisions at 2008 R2
    ("vuln_functional_level", 3): {"Partitions", "hopital"},
    ("vuln_functional_level", 4): {"Partitions", "hopital"},
    # the default policy asks for 7 characters
    ("vuln_privileged_members_password", 2): {"Administrator"},
    ("vuln_protected_users", 3): {"Administrator"},
    ("vuln_silo_priv", 4): {"Administrator"},
    # the attribute came with the schema of 2016
    ("vuln_smartcard_expire_passwords", 4): {"hopital"},
    ("vuln_user_accounts_machineaccountquota", 4): {"hopital"},
}
"""What a domain just provisioned by Samba fails, and why."""

BLIND = {
    # Samba's controller calls its system "Samba 4.17": no end of support is published for it
    "vuln_dc_inconsistent_uac",
    "vuln_dc_obsolete",
    # Samba provisions the zone _msdcs without properties
    "vuln_dnszone_bad_prop",
    # the backup keys of DPAPI are made when a member first asks for them
    "vuln_permissions_dpapi",
}
"""What cannot be judged on a fresh Samba domain, and why."""

NOT_SHOWN = {
    "vuln_critical_objects": "its objects cannot be removed from a domain that runs",
    "vuln_sd_failed_sd_read_on_priv": "planted for an ordinary account: see test_limited_account",
    "vuln_smartcard_expire_passwords": "fails on a fresh domain: the schema has no attribute to mend it with",
}
"""Points no fault of the table shows; docs/samba.md says the same."""


def verdicts(lab):
    snapshot = collect(lab.address, Credentials(lab.administrator, PASSWORD), ca_file=lab.ca_file)
    found = judge(Forest(snapshot, snapshot.manifest.taken_at))
    return {verdict.key: verdict for verdict in found if verdict.level is not None}


def names(verdict):
    return set(verdict.subjects["name"])


@pytest.fixture(scope="module")
def fresh(samba):
    return verdicts(samba)


def test_a_fresh_domain(fresh):
    failed = {key: names(verdict) for key, verdict in fresh.items() if verdict.status is Status.FAILED}
    blind = {key[0] for key, verdict in fresh.items() if verdict.status is Status.NOT_EVALUATED}
    assert failed == FRESH
    assert blind == BLIND


@pytest.mark.parametrize("name", BATCHES)
def test_faults_are_seen_then_gone(samba, fresh, name):
    faults = BATCHES[name].values()
    planting = Planting(samba, faults)
    planting.plant()
    planted = verdicts(samba)
    planting.repair()
    whole = sum(faults, Fault())
    appeared, gone = levelled(whole.fails, fresh), levelled(whole.cures, fresh)
    for key, verdict in planted.items():
        before, after = names(fresh[key]), names(verdict)
        assert after - before == appeared.get(key, set()), key
        assert before - after == gone.get(key, set()), key
        assert key not in appeared or verdict.status is Status.FAILED, key
        assert key not in gone or after or verdict.status is Status.SATISFIED, key
    repaired = verdicts(samba)
    assert {key: (v.status, names(v)) for key, v in repaired.items()} == {
        key: (v.status, names(v)) for key, v in fresh.items()
    }


def levelled(expected, fresh):
    """Give its only level to a point named without one."""
    only = {key[0]: key for key in fresh}
    return {key if key[1] else only[key[0]]: subjects for key, subjects in expected.items()}


def test_every_point_has_a_fault_or_a_reason():
    shown = {key[0] for batch in BATCHES.values() for fault in batch.values() for key in fault.fails | fault.cures}
    points = {entry.id for entry in catalogue().controls.values() if entry.levels}
    assert points - shown == set(NOT_SHOWN)
