"""What an ordinary account cannot see is never a pass."""

import base64

import pytest

from rempart.directory.audit import judge
from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.directory.maker import make_ace
from tests.directory.samba.faults import privileged
from tests.directory.samba.ldif import dn_of_user
from tests.directory.samba.planting import OPTIONS, OWNER_AND_DACL, Planting, with_ace
from tests.samba import PASSWORD

pytestmark = pytest.mark.samba

READ_CONTROL = 0x20000
EVERYONE = "S-1-1-0"


@pytest.fixture(scope="module")
def seen(samba):
    """Verdicts with an ordinary account, in a domain where one administrator's descriptor is hidden from everybody."""
    hidden = dn_of_user("adm-cache")
    planting = Planting(samba, [privileged("adm-cache")])
    planting.plant()
    (descriptor,) = planting._descriptors([hidden]).values()
    secret = with_ace(descriptor, make_ace("D", READ_CONTROL, EVERYONE))
    samba.modify(
        f"dn: {hidden}\nchangetype: modify\nreplace: nTSecurityDescriptor\n"
        f"nTSecurityDescriptor:: {base64.b64encode(secret).decode()}\n-\n",
        *OPTIONS,
        OWNER_AND_DACL,
    )
    samba.tool("user", "create", "lecteur", PASSWORD)
    try:
        snapshot = collect(samba.address, Credentials(f"lecteur@{samba.domain.dns}", PASSWORD), ca_file=samba.ca_file)
        return {verdict.key: verdict for verdict in judge(Forest(snapshot, snapshot.manifest.taken_at))}
    finally:
        samba.tool("user", "delete", "lecteur")
        planting.repair()


def test_hidden_password_settings_are_no_weak_nor_strong_policy(seen):
    verdict = seen["vuln_privileged_members_password", 2]
    assert verdict.status is not Status.SATISFIED


def test_a_hidden_descriptor_of_an_administrator_is_a_fault(seen):
    verdict = seen["vuln_sd_failed_sd_read_on_priv", 3]
    assert verdict.status is Status.FAILED
    assert set(verdict.subjects["name"]) == {"adm-cache"}


def test_rights_nobody_could_read_are_not_judged(seen):
    """Samba hides CN=MicrosoftDNS, and we hid one administrator: neither point may say that all is well."""
    for key in (("vuln_permissions_msdns", 1), ("vuln_privileged_members_perm", 1)):
        assert seen[key].status is Status.NOT_EVALUATED, key


def test_what_an_ordinary_account_sees_is_judged(seen):
    assert seen["vuln_user_accounts_machineaccountquota", 4].status is Status.FAILED
    assert seen["vuln_permissions_adminsdholder", 1].status is Status.SATISFIED
