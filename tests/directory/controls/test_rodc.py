import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import DN, DOMAIN_SID, sid_bytes

OF_A_RODC = ("vuln_rodc_priv_revealed", "vuln_rodc_never_reveal", "vuln_rodc_reveal", "vuln_rodc_orphan_krbtgt")
ADMIN = f"CN=Administrateur,CN=Users,{DN}"
KRBTGT = f"CN=krbtgt,CN=Users,{DN}"
RODC = f"CN=RODC1,OU=Domain Controllers,{DN}"


@pytest.fixture
def rodc(maker):
    """A healthy read-only controller, with its krbtgt account; returns the maker."""
    secondary = maker.user("krbtgt_12345", userAccountControl=0x202, msDS_SecondaryKrbTgtNumber=12345)
    maker.add(
        RODC,
        ["person", "organizationalPerson", "user", "computer"],
        sAMAccountName="RODC1$",
        objectSid=sid_bytes(f"{DOMAIN_SID}-1050"),
        userAccountControl=0x5001000,
        primaryGroupID=521,
        msDS_KrbTgtLink=secondary,
        msDS_NeverRevealGroup=[*(maker.builtin[rid] for rid in (544, 548, 549, 551)), maker.domain[572]],
        msDS_RevealOnDemandGroup=[maker.domain[571]],
        msDS_RevealedUsers=[f"B:96:{'00' * 48}:{RODC}", f"B:96:{'00' * 48}:{secondary}"],
    )
    return maker


@pytest.mark.parametrize("point", OF_A_RODC)
def test_without_a_read_only_controller_the_matter_does_not_exist(maker, judge, point):
    verdict = judge(maker, point)
    assert verdict.status is Status.NOT_APPLICABLE
    assert "lecture seule" in verdict.reason.fr


@pytest.mark.parametrize("point", OF_A_RODC)
def test_a_domain_whose_controllers_were_not_read_may_have_one(maker, judge, point):
    del maker.records[maker.controller]
    assert judge(maker, point).status is Status.NOT_EVALUATED


@pytest.mark.parametrize("point", OF_A_RODC[:3])
def test_a_policy_nobody_could_read_is_not_a_pass(rodc, judge, point):
    for name in ("NeverRevealGroup", "RevealOnDemandGroup", "RevealedUsers", "RevealedList", "KrbTgtLink"):
        rodc.change(RODC, **{f"msDS_{name}": None})
    verdict = judge(rodc, point)
    assert verdict.status is Status.NOT_EVALUATED
    assert RODC in verdict.reason.fr


# -- revealed -----------------------------------------------------------------------------------------------------


def test_vuln_rodc_priv_revealed_passes(rodc, judge):
    agent = rodc.user("agent")
    rodc.records[RODC]["msDS-RevealedUsers"].append(f"B:8:00000000:{agent}".encode())
    assert judge(rodc, "vuln_rodc_priv_revealed").status is Status.SATISFIED


@pytest.mark.parametrize("attribute", ["msDS-RevealedUsers", "msDS-RevealedList"])
@pytest.mark.parametrize("form", ["B:8:00AABBCC:{}", "S:10:unicodePwd:{}", "{}"])
@pytest.mark.parametrize("name", ["Administrateur", "krbtgt"])
def test_vuln_rodc_priv_revealed_fails(rodc, judge, attribute, form, name):
    rodc.records[RODC].setdefault(attribute, []).append(form.format(f"CN={name},CN=Users,{DN}").encode())
    verdict = judge(rodc, "vuln_rodc_priv_revealed")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == [name]
    assert verdict.subjects["value"].to_list() == [RODC]


def test_revealed_lists_that_were_not_read_are_not_a_pass(rodc, judge):
    rodc.change(RODC, msDS_RevealedUsers=None)
    assert judge(rodc, "vuln_rodc_priv_revealed").status is Status.NOT_EVALUATED


# -- never reveal -------------------------------------------------------------------------------------------------


def test_vuln_rodc_never_reveal_passes(rodc, judge):
    assert judge(rodc, "vuln_rodc_never_reveal").status is Status.SATISFIED


@pytest.mark.parametrize("place", range(5))
def test_vuln_rodc_never_reveal_fails(rodc, judge, place):
    removed = rodc.records[RODC]["msDS-NeverRevealGroup"].pop(place).decode()
    verdict = judge(rodc, "vuln_rodc_never_reveal")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["RODC1$"]
    assert verdict.subjects["value"].to_list() == [removed]


def test_an_empty_list_beside_a_readable_one_fails_for_all_five(rodc, judge):
    rodc.change(RODC, msDS_NeverRevealGroup=None)
    verdict = judge(rodc, "vuln_rodc_never_reveal")
    assert verdict.status is Status.FAILED
    assert verdict.subjects.height == 5


# -- reveal on demand ---------------------------------------------------------------------------------------------


def test_vuln_rodc_reveal_passes(rodc, judge):
    rodc.records[RODC]["msDS-RevealOnDemandGroup"].append(rodc.group("Site de Valmont").encode())
    assert judge(rodc, "vuln_rodc_reveal").status is Status.SATISFIED


@pytest.mark.parametrize("rid", [512, 513, 544, 548])
def test_vuln_rodc_reveal_fails(rodc, judge, rid):
    group = {**rodc.domain, **rodc.builtin}[rid]
    rodc.records[RODC]["msDS-RevealOnDemandGroup"].append(group.encode())
    verdict = judge(rodc, "vuln_rodc_reveal")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["RODC1$"]
    assert verdict.subjects["value"].to_list() == [group]


def test_a_reserved_account_counts_as_a_reserved_group(rodc, judge):
    rodc.records[RODC]["msDS-RevealOnDemandGroup"].append(ADMIN.encode())
    assert judge(rodc, "vuln_rodc_reveal").subjects["value"].to_list() == [ADMIN]


# -- groups -------------------------------------------------------------------------------------------------------


def test_vuln_rodc_allowed_group_passes(maker, judge):
    assert judge(maker, "vuln_rodc_allowed_group").status is Status.SATISFIED


def test_vuln_rodc_allowed_group_fails(maker, judge):
    agent = maker.user("agent", groups=["RODC autorisés"])
    maker.user("second", primaryGroupID=571)
    maker.join("CN=S-1-5-11,CN=ForeignSecurityPrincipals,DC=ailleurs,DC=test", maker.domain[571])
    verdict = judge(maker, "vuln_rodc_allowed_group")
    assert verdict.status is Status.FAILED
    assert sorted(verdict.subjects["name"]) == ["S-1-5-11", "agent", "second"]
    assert agent in verdict.subjects["dn"].to_list()
    assert set(verdict.subjects["value"]) == {maker.domain[571]}


def test_vuln_rodc_denied_group_passes(maker, judge):
    assert judge(maker, "vuln_rodc_denied_group").status is Status.SATISFIED


@pytest.mark.parametrize("rid", [502, 512, 516, 517, 518, 519, 520, 521])
def test_vuln_rodc_denied_group_fails(maker, judge, rid):
    removed = KRBTGT if rid == 502 else maker.domain[rid]
    maker.records[maker.domain[572]]["member"].remove(removed.encode())
    verdict = judge(maker, "vuln_rodc_denied_group")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["dn"].to_list() == [removed]
    assert verdict.subjects["value"].to_list() == [maker.domain[572]]


def test_a_root_domain_that_was_not_read_is_not_a_pass(maker, judge):
    for rid in (518, 519):
        del maker.records[maker.domain[rid]]
    assert judge(maker, "vuln_rodc_denied_group").status is Status.NOT_EVALUATED


@pytest.mark.parametrize(("rid", "point"), [(571, "vuln_rodc_allowed_group"), (572, "vuln_rodc_denied_group")])
def test_a_forest_without_the_groups_has_no_matter(maker, judge, rid, point):
    del maker.records[maker.domain[rid]]
    assert judge(maker, point).status is Status.NOT_APPLICABLE


# -- secondary krbtgt ---------------------------------------------------------------------------------------------


def test_vuln_rodc_orphan_krbtgt_passes(rodc, judge):
    assert judge(rodc, "vuln_rodc_orphan_krbtgt").status is Status.SATISFIED


def test_vuln_rodc_orphan_krbtgt_fails(rodc, judge):
    rodc.user("krbtgt_777", userAccountControl=0x202, msDS_SecondaryKrbTgtNumber=777)
    verdict = judge(rodc, "vuln_rodc_orphan_krbtgt")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["krbtgt_777"]


def test_an_orphan_is_one_even_after_the_last_controller_left(maker, judge):
    maker.user("krbtgt_777", userAccountControl=0x202, msDS_SecondaryKrbTgtNumber=777)
    assert judge(maker, "vuln_rodc_orphan_krbtgt").status is Status.FAILED


def test_a_hidden_link_may_be_the_one(rodc, judge):
    rodc.change(RODC, msDS_KrbTgtLink=None)
    assert judge(rodc, "vuln_rodc_orphan_krbtgt").status is Status.NOT_EVALUATED


def test_controllers_without_visible_accounts_are_not_a_pass(rodc, judge):
    rodc.change(f"CN=krbtgt_12345,CN=Users,{DN}", msDS_SecondaryKrbTgtNumber=None)
    assert judge(rodc, "vuln_rodc_orphan_krbtgt").status is Status.NOT_EVALUATED
