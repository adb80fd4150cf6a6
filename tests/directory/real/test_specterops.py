"""The whole audit of SpecterOps' sample: three domains read by SharpHound, full of faults planted for demonstrations.

The reasons were read in the JSON files. SharpHound gives resolved rights and a part of the attributes, and a fourth
domain was not collected: what it shows can fail a point, what it hides can pass none.
"""

import pytest

from rempart.directory.audit import audit
from rempart.directory.collect import sharphound
from rempart.measurement.verdict import Status
from tests.directory.real.reading import found
from tests.shared_data import needs_data, shared_data

SAMPLE = "directory/bloodhound-ce-sample/ad_sampledata.zip"
pytestmark = needs_data(SAMPLE)

TEMPLATES = {
    f"{who} → {template}"
    for who, template in [
        ("Domain Users", "AbusableTemplate"),
        ("server01$", "AbusableTemplate"),
        ("Domain Users", "Domain Controller"),
        ("T1_Admins", "Domain Controller"),
    ]
}
ON_PRIVILEGED = {
    # both managed accounts are in Domain Admins; the group, whose member is the server DF-MS-SHS, reads their passwords
    "gMSA_SHS_pwd → gMSA_SHS8$", "gMSA_SHS_pwd → gMSA_SHS22$",
    "svc_payadmin → Domain Admins",
    # owner and WriteAccountRestrictions; DC02$ is a member of Domain Controllers whose primary group is still 515
    "svc_domainjoin → DC02$",
    # Exchange may write the DACL of accounts not cut off from inheritance: du is an administrator of phantom, jack in
    # the Domain Admins of wraith
    "Exchange Windows Permissions → du", "Exchange Windows Permissions → jack",
}  # fmt: skip
OLD_SERVERS = {"JONAS-TEST-MS01$", "SRV-TARGET$", "SRV-SHARPHOUND$"}

FAILED = {
    # three authorities of a demonstration, with no server: their publishers are no host's own publication rights
    ("vuln_adcs_control", 1): {f"Cert Publishers → MYFAKECA{number}" for number in ("", "2", "3")},
    ("vuln_adcs_template_control", 1): TEMPLATES,
    ("vuln_adcs_template_control", 2): TEMPLATES,
    # published, for authentication, the requester gives the name, and Authenticated Users may enrol
    ("vuln_adcs_template_auth_enroll_with_name", 1): {
        f"S-1-5-11 → {template}"
        for template in (
            "Testv2", "Testv3", "ESC1SmartCard", "SpicyTemp", "SpicyTemp (copy)", "SpicyTemp (copy))", "MyTemplate",
            "Operations Manager",
        )
    },
    # the servers of the authorities
    ("vuln_compatible_2000_not_default", 3): {"SRV-SHARPHOUND$", "EXTCA01$", "DC01$", "EXTCA02$"},
    # cifs/DC01, with protocol transition
    ("vuln_delegation_a2d2", 1): {"KRB-DEL-01$"},
    ("vuln_delegation_t2a4d", 1): {"KRB-DEL-01$"},
    ("vuln_delegation_t4d", 1): {"UNCON$"},
    # AddMember, inherited, on the group of phantom and on that of wraith
    ("vuln_dnsadmins", 1): {"HR → DnsAdmins", "Exchange Windows Permissions → DnsAdmins"},
    # 17 August 2023 in phantom is within the year; June and November 2022 in the two others are not
    ("vuln_krbtgt", 2): {"krbtgt"},
    ("vuln_password_change_dc_no_change", 1): {"RODC01$", "EXTRODC01$"},
    ("vuln_password_change_inactive_dc", 1): {"RODC01$", "EXTRODC01$"},
    ("vuln_password_change_inactive_servers", 3): OLD_SERVERS,
    ("vuln_password_change_server_no_change_90", 2): OLD_SERVERS,
    # 13 December to 5 March: between 45 and 90 days
    ("vuln_password_change_server_no_change_45", 3): OLD_SERVERS | {"EXTCA02$"},
    ("vuln_password_change_msa_no_change_90", 2): {
        "gMSA_SHS2$", "gMSA_SHS3$", "gMSA_SHS7$", "gMSA_SHS8$", "gmsa_shs$", "gMSA_SHS21$", "gMSA_SHS22$",
    },
    # 2005 and 2011: dates that were made up, old all the same
    ("vuln_password_change_priv", 1): {"walter", "jack", "tom"},
    # WriteAccountRestrictions, an ordinary account's, on each read-only controller
    ("vuln_permissions_dc", 1): {"t1_fabian → RODC01$", "rodc-managers → EXTRODC01$"},
    ("vuln_permissions_dc", 2): {"t1_fabian → RODC01$", "rodc-managers → EXTRODC01$"},
    # the groups of phantom and of wraith, which HR and Exchange may join; that of ghost is empty and nobody may join it
    ("vuln_permissions_msdns", 1): {"DnsAdmins → MICROSOFTDNS"},
    # DCSyncers hold both rights; domainuser gets one from each group it is in
    ("vuln_permissions_naming_context", 1): {"DCSyncers → PHANTOM", "domainuser → PHANTOM"},
    ("vuln_permissions_naming_context", 2): {
        "DCSyncers → PHANTOM", "domainuser → PHANTOM", "AllChanges → PHANTOM", "somechanges → PHANTOM",
    },
    ("vuln_privileged_members_no_admincount", 2): {"DC02$", "gMSA_SHS22$", "du", "jack"},
    ("vuln_privileged_members_perm", 1): ON_PRIVILEGED,
    ("vuln_privileged_members_perm", 2): ON_PRIVILEGED,
}  # fmt: skip

MANY = {("vuln_dont_expire", 2): 64, ("vuln_dont_expire_priv", 1): 21, ("vuln_protected_users", 3): 27}
"""Points that fail for too many accounts to name: how many."""

OWNERS = {"SERVER02$", "DC02$", "test", "Active Directory Administrators", "GPCO-GPO"}
"""Owned by t1_fabian, svc_domainjoin, bh, Exchange's server and bob; the health mailboxes are Exchange's server's."""


@pytest.fixture(scope="module")
def report():
    return audit(sharphound.read(shared_data(SAMPLE)))


def test_every_failed_point_and_no_other(report):
    failed = found(report, Status.FAILED)
    owned = failed.pop(("vuln_owner", 3))
    assert {name for name in owned if not name.startswith("HealthMailbox")} == OWNERS
    assert {key: names for key, names in failed.items() if key not in MANY} == FAILED
    assert MANY.keys() <= failed.keys()


@pytest.mark.parametrize("key", MANY)
def test_points_that_fail_for_many(report, key):
    verdict = next(verdict for verdict in report.verdicts if verdict.key == key)
    assert verdict.subjects.height == MANY[key]


def test_nothing_passes_when_a_domain_is_missing(report):
    """WRAITH trusts its child, which was not collected: whatever is not failed is not evaluated."""
    assert found(report, Status.SATISFIED) == {}
    assert found(report, Status.NOT_APPLICABLE) == {}
    assert "child.wraith.corp" in {gap.domain for gap in report.gaps if gap.topic == "domain"}


def test_the_trusts_are_not_reproached(report):
    """The outbound trusts are of parent and child, or filter SIDs; that of REVENANT is inbound."""
    for point in ("vuln_trusts_domain_notfiltered", "vuln_trusts_forest_sidhistory", "vuln_trusts_tgt_deleg"):
        assert {key for key in found(report, Status.NOT_EVALUATED) if key[0] == point}


def test_files_that_count_wrong_are_told(report):
    assert {flaw.problem for flaw in report.flaws} >= {"53 objects, though the file says 49"}


def test_the_level(report):
    assert (report.level.value, report.level.at_most) == (1, False)


def test_the_paths_of_the_demonstration(report):
    firsts = {(path.hops[0].source.name, path.hops[0].edge, path.hops[-1].target.name) for path in report.paths}
    assert {
        ("domainuser", "DCSync", "PHANTOM"),
        ("KRB-DEL-01$", "AllowedToDelegate", "DC01$"),
        ("UNCON$", "UnconstrainedDelegation", "WRAITH"),
        ("svc_payadmin", "AddMember", "Domain Admins"),
        ("T1_TonyMontana", "GenericAll", "gMSA_SHS22$"),
    } <= firsts
