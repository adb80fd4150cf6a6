from datetime import timedelta

import pytest

from rempart.directory.catalogue import catalogue
from rempart.directory.controls import evaluations
from rempart.directory.controls.domain_controllers import support_table
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.directory.maker import AT, DN, DNS, DOMAIN_SID, sid_bytes

SERVERS = f"CN=Servers,CN=Paris,CN=Sites,CN=Configuration,{DN}"
SETTINGS = f"CN=NTDS Settings,CN=DC1,{SERVERS}"
RODC_CONTROL = 0x4000000 | 0x1000000 | 0x1000
PERSON = ["person", "organizationalPerson", "user", "computer"]


def add_rodc(maker, control=RODC_CONTROL, settings="nTDSDSARO"):
    rodc = maker.add(
        f"CN=RODC1,OU=Domain Controllers,{DN}",
        PERSON,
        sAMAccountName="RODC1$",
        objectSid=sid_bytes(f"{DOMAIN_SID}-1050"),
        userAccountControl=control,
        primaryGroupID=521,
        dNSHostName=f"rodc1.{DNS}",
        operatingSystem="Windows Server 2019 Standard",
        operatingSystemVersion="10.0 (17763)",
        msDS_SupportedEncryptionTypes=0x18,
    )
    maker.add(f"CN=RODC1,{SERVERS}", ["server"], serverReference=rodc)
    maker.add(
        f"CN=NTDS Settings,CN=RODC1,{SERVERS}", ["applicationSettings", "nTDSDSA", settings], msDS_Behavior_Version=7
    )
    return rodc


def faults(verdict):
    return list(verdict.subjects.select("name", "attribute", "value").iter_rows())


# -- consistency --------------------------------------------------------------------------------------------------


def test_vuln_dc_inconsistent_uac_passes(maker, judge):
    add_rodc(maker)
    assert judge(maker, "vuln_dc_inconsistent_uac").status is Status.SATISFIED


@pytest.mark.parametrize("control", [0x2000, 0x80000])
def test_vuln_dc_inconsistent_uac_fails_without_one_bit(maker, judge, control):
    maker.change(maker.controller, userAccountControl=control)
    verdict = judge(maker, "vuln_dc_inconsistent_uac")
    assert verdict.status is Status.FAILED
    assert faults(verdict) == [("DC1$", "userAccountControl", str(control))]


@pytest.mark.parametrize("bit", [0x1000000, 0x1000])
def test_a_read_only_controller_needs_its_three_bits(maker, judge, bit):
    add_rodc(maker, control=RODC_CONTROL & ~bit)
    assert faults(judge(maker, "vuln_dc_inconsistent_uac")) == [
        ("RODC1$", "userAccountControl", str(RODC_CONTROL & ~bit))
    ]


def test_a_controller_no_server_object_names_is_inconsistent(maker, judge):
    maker.change(f"CN=DC1,{SERVERS}", serverReference=None)
    assert faults(judge(maker, "vuln_dc_inconsistent_uac")) == [("DC1$", "serverReference", "")]


def test_a_controller_without_ntds_settings_is_inconsistent(maker, judge):
    del maker.records[SETTINGS]
    assert faults(judge(maker, "vuln_dc_inconsistent_uac")) == [("DC1$", "objectClass", "")]


def test_a_read_only_controller_with_writable_settings_is_inconsistent(maker, judge):
    add_rodc(maker, settings="nTDSDSA")
    assert faults(judge(maker, "vuln_dc_inconsistent_uac")) == [("RODC1$", "objectClass", "ntdsdsa")]


def test_settings_below_what_the_system_supports_are_inconsistent(maker, judge):
    maker.change(SETTINGS, msDS_Behavior_Version=6)
    assert faults(judge(maker, "vuln_dc_inconsistent_uac")) == [("DC1$", "msDS-Behavior-Version", "6")]


def test_settings_written_by_another_case_of_the_reference_are_found(maker, judge):
    maker.change(f"CN=DC1,{SERVERS}", serverReference=maker.controller.replace("CN=", "cn=").replace(",", ", "))
    assert judge(maker, "vuln_dc_inconsistent_uac").status is Status.SATISFIED


def test_an_unknown_system_leaves_the_settings_not_evaluated(maker, judge):
    maker.change(maker.controller, operatingSystemVersion="11.0 (99999)")
    verdict = judge(maker, "vuln_dc_inconsistent_uac")
    assert verdict.status is Status.NOT_EVALUATED
    assert "CN=DC1" in verdict.reason.fr


# -- support ------------------------------------------------------------------------------------------------------


def test_vuln_dc_obsolete_passes(maker, judge):
    assert judge(maker, "vuln_dc_obsolete").status is Status.SATISFIED


def test_vuln_dc_obsolete_fails(maker, judge):
    maker.change(
        maker.controller, operatingSystem="Windows Server 2012 R2 Standard", operatingSystemVersion="6.3 (9600)"
    )
    verdict = judge(maker, "vuln_dc_obsolete")
    assert verdict.status is Status.FAILED
    assert faults(verdict) == [("DC1$", "operatingSystem", "Windows Server 2012 R2, 2023-10-10")]


def test_support_is_judged_at_the_moment_of_judgement(maker):
    maker.change(maker.controller, operatingSystemVersion="10.0 (14393)")
    entry, evaluate = catalogue().controls["vuln_dc_obsolete"], evaluations()["vuln_dc_obsolete"]
    last_day = AT.replace(year=2027, month=1, day=12)
    statuses = [
        next(iter(evaluate(entry, Forest(maker.snapshot(), moment)))).status
        for moment in (last_day, last_day + timedelta(days=1))
    ]
    assert statuses == [Status.SATISFIED, Status.FAILED]


@pytest.mark.parametrize(
    ("system", "status"),
    [
        ("Windows Server® 2008 Enterprise", Status.FAILED),
        ("Windows Server 2012 R2 Datacenter", Status.FAILED),
        ("Windows Server 2025 Standard", Status.SATISFIED),
        ("Samba", Status.NOT_EVALUATED),
        (None, Status.NOT_EVALUATED),
    ],
)
def test_the_name_is_read_when_the_version_is_absent(maker, judge, system, status):
    maker.change(maker.controller, operatingSystem=system, operatingSystemVersion=None)
    assert judge(maker, "vuln_dc_obsolete").status is status


def test_a_version_out_of_the_table_is_not_a_pass(maker, judge):
    maker.change(maker.controller, operatingSystemVersion="10.0 (99999)")
    assert judge(maker, "vuln_dc_obsolete").status is Status.NOT_EVALUATED


def test_the_table_of_support_is_well_formed():
    table = support_table()
    assert table["version"].is_unique().all()
    assert table["source"].str.starts_with("https://learn.microsoft.com/lifecycle/").all()
    assert set(table["functional_level"]) == {0, 2, 3, 4, 5, 6, 7, 10}


# -- encryption ---------------------------------------------------------------------------------------------------


def test_vuln_dc_crypto_passes(maker, judge):
    for level in (2, 3, 4):
        assert judge(maker, "vuln_dc_crypto", level=level).status is Status.SATISFIED


@pytest.mark.parametrize(
    ("kinds", "failed"),
    [(0x19, {2}), (0x1A, {2}), (0x1F, {2, 4}), (0x1C, {4}), (0x4, {3, 4}), (0x3, {2, 3}), (0, {3, 4}), (None, {3, 4})],
)
def test_vuln_dc_crypto_fails_by_algorithm(maker, judge, kinds, failed):
    maker.change(maker.controller, msDS_SupportedEncryptionTypes=kinds)
    found = {level: judge(maker, "vuln_dc_crypto", level=level) for level in (2, 3, 4)}
    assert {level for level, verdict in found.items() if verdict.status is Status.FAILED} == failed
    assert all(found[level].subjects["name"].to_list() == ["DC1$"] for level in failed)


def test_one_aes_is_enough(maker, judge):
    maker.change(maker.controller, msDS_SupportedEncryptionTypes=0x8)
    assert judge(maker, "vuln_dc_crypto", level=3).status is Status.SATISFIED


# -- SYSVOL -------------------------------------------------------------------------------------------------------


def add_frs_member(maker):
    replica = f"CN=Domain System Volume (SYSVOL share),CN=File Replication Service,CN=System,{DN}"
    maker.add(replica, ["nTFRSReplicaSet"])
    maker.add(f"CN=DC1,{replica}", ["nTFRSMember"], fRSComputerReference=maker.controller)


@pytest.mark.parametrize("state", [0, 16, 32, None])
def test_vuln_sysvol_ntfrs_fails_before_the_final_state(maker, judge, state):
    add_frs_member(maker)
    maker.change(f"CN=DFSR-GlobalSettings,CN=System,{DN}", msDFSR_Flags=state)
    verdict = judge(maker, "vuln_sysvol_ntfrs")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["DC1"]


def test_vuln_sysvol_ntfrs_passes(maker, judge):
    assert judge(maker, "vuln_sysvol_ntfrs").status is Status.SATISFIED


def test_members_left_behind_by_a_finished_migration_do_not_count(maker, judge):
    add_frs_member(maker)
    assert judge(maker, "vuln_sysvol_ntfrs").status is Status.SATISFIED


# -- what was not read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["vuln_dc_inconsistent_uac", "vuln_dc_obsolete", "vuln_delegation_a2d2"])
def test_a_domain_without_a_controller_was_not_read(maker, judge, point):
    del maker.records[maker.controller]
    assert judge(maker, point).status is Status.NOT_EVALUATED


@pytest.mark.parametrize("level", [2, 3, 4])
def test_encryption_of_unseen_controllers_is_not_a_pass(maker, judge, level):
    del maker.records[maker.controller]
    assert judge(maker, "vuln_dc_crypto", level=level).status is Status.NOT_EVALUATED


def test_a_domain_without_its_system_container_was_not_read(maker, judge):
    for dn in [dn for dn in maker.records if dn.endswith(f"CN=System,{DN}")]:
        del maker.records[dn]
    assert judge(maker, "vuln_sysvol_ntfrs").status is Status.NOT_EVALUATED


# -- Entra Kerberos -----------------------------------------------------------------------------------------------

MARK = f"CN=900274c4-b7d2-43c8-90ee-00a9f650e335,CN=AzureAD,CN=System,{DN}"


def add_cloud_controller(maker, *, marked=True):
    maker.add(
        f"CN=AzureADKerberos,OU=Domain Controllers,{DN}",
        PERSON,
        sAMAccountName="AzureADKerberos$",
        objectSid=sid_bytes(f"{DOMAIN_SID}-1060"),
        userAccountControl=0x4001000,
        primaryGroupID=521,
        msDS_RevealOnDemandGroup=[maker.domain[513]],
    )
    if marked:
        maker.add(MARK, ["serviceConnectionPoint"])


OF_MACHINES = [
    ("vuln_dc_obsolete", 1),
    ("vuln_dc_inconsistent_uac", 1),
    ("vuln_dc_crypto", 3),
    ("vuln_rodc_reveal", 3),
    ("vuln_rodc_priv_revealed", 2),
]


@pytest.mark.parametrize(("point", "level"), OF_MACHINES)
def test_the_controller_of_entra_is_no_machine(maker, judge, point, level):
    add_cloud_controller(maker)
    assert judge(maker, point, level=level).status is Status.SATISFIED


@pytest.mark.parametrize(("point", "level"), OF_MACHINES)
def test_its_name_alone_hides_nobody(maker, judge, point, level):
    add_cloud_controller(maker, marked=False)
    assert judge(maker, point, level=level).status in {Status.FAILED, Status.NOT_EVALUATED}
