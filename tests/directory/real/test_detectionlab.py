"""The whole audit of DetectionLab, a small domain just installed, read by ADExplorer with an ordinary account.

The reasons were read in the raw attributes. Three accounts (Guest, DefaultAccount, blaatschaap) show neither flags nor
dates to that account: what rests on them is not evaluated, never passed.
"""

import pytest

from rempart.directory.audit import audit
from rempart.directory.collect import adexplorer
from rempart.measurement.verdict import Status
from tests.directory.real.reading import found
from tests.shared_data import needs_data, shared_data

DETECTION_LAB = "directory/adexplorer-detectionlab/detectionlab.dat"
pytestmark = needs_data(DETECTION_LAB)

FAILED = {
    # the domain was prepared by the version of 2016 that gave too much to Key Admins
    ("vuln_adupdate_bad", 2): {"ActiveDirectoryUpdate"},
    # 28 holds RC4
    ("vuln_dc_crypto", 4): {"DC$"},
    # 66048 holds 0x10000; Administrator is at 512
    ("vuln_dont_expire", 2): {"vagrant"},
    ("vuln_dont_expire_priv", 1): {"vagrant"},
    # absent
    ("vuln_dsheuristics_bad", 4): {"AttributeAuthorizationOnLDAPAdd", "BlockOwnerImplicitRights"},
    # vagrant is an administrator; krbtgt and the controller are not counted
    ("vuln_protected_users", 3): {"vagrant", "Administrator"},
    ("vuln_silo_priv", 4): {"vagrant", "Administrator"},
    ("vuln_user_accounts_machineaccountquota", 4): {"windomain"},
}

NOT_EVALUATED = {
    # blaatschaap may well be anything
    "vuln_delegation_a2d2", "vuln_delegation_t2a4d", "vuln_delegation_t4d", "vuln_guest",
    "vuln_kerberos_properties_deskey", "vuln_kerberos_properties_encryption", "vuln_kerberos_properties_preauth",
    "vuln_password_change_cluster_no_change_3years", "vuln_password_change_msa_no_change_90",
    "vuln_password_change_server_no_change_45", "vuln_password_change_server_no_change_90",
    "vuln_sidhistory_dangerous", "vuln_sidhistory_present", "vuln_user_accounts_dormant",
    # ADExplorer took neither DNS partition
    "vuln_dnszone_bad_prop", "vuln_permissions_naming_context",
    # the descriptors of the four BCKUPKEY objects and of CN=MicrosoftDNS were refused
    "vuln_permissions_dpapi", "vuln_permissions_msdns",
    # the container of password settings was refused: another policy may apply
    "vuln_privileged_members_password",
}  # fmt: skip

NOT_APPLICABLE = {
    # no certification authority, no certificate
    "vuln_adcs_template_auth_enroll_with_name", "vuln_certificates_vuln",
    # no KDS root key, no read-only controller, no trust
    "vuln_permissions_gmsa_keys", "vuln_rodc_never_reveal", "vuln_rodc_orphan_krbtgt", "vuln_rodc_priv_revealed",
    "vuln_rodc_reveal", "vuln_trusts_accounts", "vuln_trusts_domain_notfiltered", "vuln_trusts_forest_sidhistory",
    "vuln_trusts_tgt_deleg",
}  # fmt: skip


@pytest.fixture(scope="module")
def report():
    return audit(adexplorer.read(shared_data(DETECTION_LAB)))


def points(report, status):
    return {point for point, _ in found(report, status)}


def test_every_failed_point_and_no_other(report):
    assert found(report, Status.FAILED) == FAILED


def test_what_was_hidden_is_not_evaluated(report):
    assert points(report, Status.NOT_EVALUATED) == NOT_EVALUATED


def test_what_does_not_exist_is_not_applicable(report):
    assert points(report, Status.NOT_APPLICABLE) == NOT_APPLICABLE


def test_the_level(report):
    """It is 1 by the password of vagrant; what could not be seen cannot bring it lower."""
    assert (report.level.value, report.level.at_most) == (1, False)


def test_a_domain_just_installed_gives_no_path(report):
    assert (report.attackers, report.paths, report.choke_points) == (0, (), ())


def test_the_domain_preparation_is_the_bad_one(report):
    verdict = next(verdict for verdict in report.verdicts if verdict.key == ("vuln_adupdate_bad", 2))
    assert verdict.subjects["value"].to_list() == ["15"]
