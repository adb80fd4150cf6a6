import pytest

from rempart.directory.audit import judge as judge_all
from rempart.measurement.verdict import Status
from tests.directory.maker import DN, sid_bytes

CONF = f"CN=Configuration,{DN}"
SERVICE = f"CN=Directory Service,CN=Windows NT,CN=Services,{CONF}"
UPDATE = f"CN=ActiveDirectoryUpdate,CN=DomainUpdates,CN=System,{DN}"
SOUND = "0000000001000000000200000001130"


def failed_levels(maker, judge, point, levels):
    found = {level: judge(maker, point, level=level) for level in levels}
    return {level for level, verdict in found.items() if verdict.status is Status.FAILED}


def with_character(place, value):
    return SOUND[: place - 1] + value + SOUND[place:]


# -- functional levels --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "failed"),
    [(None, {1, 3, 4}), (0, {1, 3, 4}), (3, {1, 3, 4}), (4, {3, 4}), (5, {3, 4}), (6, {4}), (7, set()), (10, set())],
)
def test_vuln_functional_level_fails_by_threshold(maker, judge, value, failed):
    maker.change(f"CN=Partitions,{CONF}", msDS_Behavior_Version=value)
    assert failed_levels(maker, judge, "vuln_functional_level", (1, 3, 4)) == failed


def test_a_domain_below_its_forest_is_named(maker, judge):
    maker.change(DN, msDS_Behavior_Version=6)
    verdict = judge(maker, "vuln_functional_level", level=4)
    assert verdict.subjects["dn"].to_list() == [DN]
    assert verdict.subjects["value"].to_list() == ["6"]


def test_a_forest_level_that_was_not_read_is_not_a_pass(maker, judge):
    del maker.records[f"CN=Partitions,{CONF}"]
    assert judge(maker, "vuln_functional_level", level=1).status is Status.NOT_EVALUATED


def test_vuln_functional_level_passes(maker, judge):
    assert failed_levels(maker, judge, "vuln_functional_level", (1, 3, 4)) == set()


# -- dSHeuristics -------------------------------------------------------------------------------------------------


def test_vuln_dsheuristics_bad_passes_with_the_value_anssi_prints(maker, judge):
    for level in (1, 2, 4):
        assert judge(maker, "vuln_dsheuristics_bad", level=level).status is Status.SATISFIED


@pytest.mark.parametrize("value", [None, "", "0000002"[:6], "000000000"])
def test_the_default_fails_at_level_4_only(maker, judge, value):
    maker.change(SERVICE, dSHeuristics=value)
    assert failed_levels(maker, judge, "vuln_dsheuristics_bad", (1, 2, 4)) == {4}
    verdict = judge(maker, "vuln_dsheuristics_bad", level=4)
    assert set(verdict.subjects["value"]) == {value or "0"}
    assert verdict.subjects["name"].to_list() == ["AttributeAuthorizationOnLDAPAdd", "BlockOwnerImplicitRights"]


@pytest.mark.parametrize(
    ("value", "name", "failed"),
    [
        (with_character(8, "1"), "fAllowAnonNSPI", {1}),
        (with_character(16, "f"), "dwAdminSDExMask", {1}),
        (with_character(7, "2"), "fLDAPBlockAnonOps", {2}),
        (with_character(21, "1"), "DoNotVerifyUPNAndOrSPNUniqueness", {2}),
        (with_character(31, "7"), "DisableConfidentialAttributeEncryptionRequirements", {2}),
        (with_character(28, "2"), "AttributeAuthorizationOnLDAPAdd", {2, 4}),
        (with_character(29, "2"), "BlockOwnerImplicitRights", {2, 4}),
        (with_character(28, "0"), "AttributeAuthorizationOnLDAPAdd", {4}),
        (with_character(29, "0"), "BlockOwnerImplicitRights", {4}),
        (with_character(7, "1"), "", set()),
        (with_character(3, "1"), "", set()),
    ],
)
def test_vuln_dsheuristics_bad_fails_by_character(maker, judge, value, name, failed):
    maker.change(SERVICE, dSHeuristics=value)
    assert failed_levels(maker, judge, "vuln_dsheuristics_bad", (1, 2, 4)) == failed
    for level in failed:
        verdict = judge(maker, "vuln_dsheuristics_bad", level=level)
        assert verdict.subjects["name"].to_list() == [name]
        assert verdict.subjects["value"].to_list() == [value]


def test_without_the_service_object_nothing_is_claimed(maker, judge):
    del maker.records[SERVICE]
    assert judge(maker, "vuln_dsheuristics_bad", level=1).status is Status.NOT_EVALUATED


# -- display specifiers -------------------------------------------------------------------------------------------


SPECIFIER = f"CN=user-Display,CN=40C,CN=DisplaySpecifiers,{CONF}"


@pytest.mark.parametrize(
    "text",
    [
        "3,{BDCA9A0B-1C7D-4E9B-AAAA-000000000000}",
        r"5,&Fiche,\\hopital.test\SYSVOL\hopital.test\scripts\fiche.vbs",
        r"5,&Fiche,\\DC1\netlogon\fiche.vbs",
        r"5,&Fiche,\\HOPITAL\sysvol\fiche.vbs",
        r"5,&Fiche,%logonserver%\netlogon\fiche.vbs",
        r"5,&Fiche,c:\outils\fiche.exe",
    ],
)
def test_vuln_display_specifier_passes(maker, judge, text):
    maker.change(SPECIFIER, adminContextMenu=[text])
    assert judge(maker, "vuln_display_specifier").status is Status.SATISFIED


@pytest.mark.parametrize("menu", ["adminContextMenu", "adminPropertyPages", "shellContextMenu", "createWizardExt"])
@pytest.mark.parametrize(
    "text",
    [
        r"5,&Fiche,\\fichiers\outils\fiche.vbs",
        r"5,&Fiche,\\attaquant.test\sysvol\fiche.vbs",
        r"5,&Fiche,\\hopital.test\partage\fiche.vbs",
        r"5,&Fiche,\\hopital.test\sysvol\a.vbs \\fichiers\outils\b.vbs",
        "5,&Fiche,//fichiers/outils/fiche.vbs",
    ],
)
def test_vuln_display_specifier_fails(maker, judge, menu, text):
    maker.change(SPECIFIER, **{menu: ["1,{BDCA9A0B-1C7D-4E9B-AAAA-000000000000}", text]})
    verdict = judge(maker, "vuln_display_specifier")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["user-Display"]
    assert verdict.subjects["attribute"].to_list() == [menu]
    assert verdict.subjects["value"].to_list() == [text]


def test_a_configuration_without_specifiers_is_not_a_pass(maker, judge):
    del maker.records[SPECIFIER]
    assert judge(maker, "vuln_display_specifier").status is Status.NOT_EVALUATED


# -- preparation of the domain ------------------------------------------------------------------------------------


def test_vuln_adupdate_bad_fails(maker, judge):
    maker.change(UPDATE, revision=15)
    verdict = judge(maker, "vuln_adupdate_bad")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["dn"].to_list() == [UPDATE]


@pytest.mark.parametrize("revision", [5, 9, 11, 14, 16, 17])
def test_vuln_adupdate_bad_passes(maker, judge, revision):
    maker.change(UPDATE, revision=revision)
    assert judge(maker, "vuln_adupdate_bad").status is Status.SATISFIED


def test_a_domain_without_a_readable_revision_is_not_a_pass(maker, judge):
    child = maker.add(f"DC=site,{DN}", ["domain", "domainDNS"], objectSid=sid_bytes("S-1-5-21-4-5-6"))
    verdict = judge(maker, "vuln_adupdate_bad")
    assert verdict.status is Status.NOT_EVALUATED
    assert child in verdict.reason.fr


# -- what the runner holds back -----------------------------------------------------------------------------------


def test_without_the_configuration_partition_nothing_here_is_claimed(maker):
    for dn in [dn for dn in maker.records if dn.endswith(CONF)]:
        del maker.records[dn]
    found = {verdict.key: verdict.status for verdict in judge_all(maker.forest())}
    for point in ("vuln_dsheuristics_bad", "vuln_functional_level", "vuln_display_specifier"):
        statuses = {status for (name, _), status in found.items() if name == point}
        assert statuses == {Status.NOT_EVALUATED}
