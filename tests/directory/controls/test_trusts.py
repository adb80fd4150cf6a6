from datetime import timedelta

import pytest

from rempart.measurement.verdict import Status
from tests.directory.maker import AT, DN

POINTS = ("vuln_trusts_domain_notfiltered", "vuln_trusts_forest_sidhistory", "vuln_trusts_tgt_deleg")


def add_trust(maker, attributes, *, direction=3, kind=2, partner="voisin.test"):
    return maker.add(
        f"CN={partner},CN=System,{DN}",
        ["leaf", "trustedDomain"],
        trustPartner=partner,
        flatName="VOISIN",
        trustDirection=direction,
        trustType=kind,
        trustAttributes=attributes,
    )


@pytest.mark.parametrize("point", POINTS)
def test_without_a_trust_the_matter_does_not_exist(maker, judge, point):
    verdict = judge(maker, point)
    assert verdict.status is Status.NOT_APPLICABLE
    assert verdict.reason.fr


@pytest.mark.parametrize("point", POINTS)
def test_a_domain_without_its_system_container_may_have_trusts(maker, judge, point):
    for dn in [dn for dn in maker.records if dn.endswith(f"CN=System,{DN}")]:
        del maker.records[dn]
    assert judge(maker, point).status is Status.NOT_EVALUATED


@pytest.mark.parametrize("point", POINTS)
def test_an_unread_trust_is_not_a_pass(maker, judge, point):
    maker.change(add_trust(maker, 0x4), trustAttributes=None)
    assert judge(maker, point).status is Status.NOT_EVALUATED


@pytest.mark.parametrize("direction", [2, 3])
@pytest.mark.parametrize("attributes", [0, 0x1, 0x10, 0x40, 0x400000])
def test_vuln_trusts_domain_notfiltered_fails(maker, judge, attributes, direction):
    add_trust(maker, attributes, direction=direction)
    verdict = judge(maker, "vuln_trusts_domain_notfiltered")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["voisin.test"]
    assert verdict.subjects["value"].to_list() == [str(attributes)]


@pytest.mark.parametrize(
    ("attributes", "direction", "kind"),
    [
        (0x4, 3, 2),  # quarantined
        (0x8, 3, 2),  # a forest trust, filtered by nature
        (0x20, 3, 2),  # parent and child of one forest
        (0, 1, 2),  # inbound: we trust nobody
        (0, 0, 2),  # disabled
        (0, 3, 3),  # MIT realm
    ],
)
def test_vuln_trusts_domain_notfiltered_passes(maker, judge, attributes, direction, kind):
    add_trust(maker, attributes, direction=direction, kind=kind)
    assert judge(maker, "vuln_trusts_domain_notfiltered").status is Status.SATISFIED


def test_vuln_trusts_forest_sidhistory_fails(maker, judge):
    add_trust(maker, 0x48)
    verdict = judge(maker, "vuln_trusts_forest_sidhistory")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["voisin.test"]


@pytest.mark.parametrize(("attributes", "direction"), [(0x8, 3), (0x40, 3), (0x48, 1), (0x20, 3)])
def test_vuln_trusts_forest_sidhistory_passes(maker, judge, attributes, direction):
    add_trust(maker, attributes, direction=direction)
    assert judge(maker, "vuln_trusts_forest_sidhistory").status is Status.SATISFIED


@pytest.mark.parametrize("direction", [1, 3])
def test_vuln_trusts_tgt_deleg_fails(maker, judge, direction):
    add_trust(maker, 0x808, direction=direction)
    verdict = judge(maker, "vuln_trusts_tgt_deleg")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["voisin.test"]


@pytest.mark.parametrize(("attributes", "direction"), [(0x808, 2), (0x208, 3), (0x8, 1)])
def test_vuln_trusts_tgt_deleg_passes(maker, judge, attributes, direction):
    add_trust(maker, attributes, direction=direction)
    assert judge(maker, "vuln_trusts_tgt_deleg").status is Status.SATISFIED


@pytest.mark.parametrize(("days", "status"), [(366, Status.FAILED), (365, Status.SATISFIED)])
def test_the_password_of_a_trust_lasts_a_year_at_most(maker, judge, days, status):
    maker.user("VOISIN$", userAccountControl=0x820, pwdLastSet=AT - timedelta(days=days))
    assert judge(maker, "vuln_trusts_accounts").status is status


def test_vuln_trusts_accounts_fails(maker, judge):
    maker.user("VOISIN$", userAccountControl=0x820, pwdLastSet=AT - timedelta(days=700))
    maker.user("agent", pwdLastSet=AT - timedelta(days=700))
    verdict = judge(maker, "vuln_trusts_accounts")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["VOISIN$"]


def test_vuln_trusts_accounts_passes(maker, judge):
    maker.user("VOISIN$", userAccountControl=0x820)
    assert judge(maker, "vuln_trusts_accounts").status is Status.SATISFIED


def test_without_trust_accounts_the_matter_does_not_exist(maker, judge):
    assert judge(maker, "vuln_trusts_accounts").status is Status.NOT_APPLICABLE


def test_a_trust_account_without_a_date_is_not_a_pass(maker, judge):
    maker.change(maker.user("VOISIN$", userAccountControl=0x820), pwdLastSet=None)
    assert judge(maker, "vuln_trusts_accounts").status is Status.NOT_EVALUATED
