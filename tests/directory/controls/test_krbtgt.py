from datetime import timedelta

from rempart.measurement.verdict import Status
from tests.directory.controls.child import add_child_domain
from tests.directory.maker import AT, DN

KRBTGT = f"CN=krbtgt,CN=Users,{DN}"


def test_vuln_krbtgt_fails(maker, judge):
    maker.change(KRBTGT, pwdLastSet=AT - timedelta(days=366))
    verdict = judge(maker, "vuln_krbtgt")
    assert verdict.status is Status.FAILED
    assert verdict.level == 2
    assert verdict.subjects["name"].to_list() == ["krbtgt"]
    assert verdict.subjects["value"].to_list() == ["2025-11-22T12:00:00Z"]


def test_vuln_krbtgt_passes(maker, judge):
    maker.change(KRBTGT, pwdLastSet=AT - timedelta(days=365))
    assert judge(maker, "vuln_krbtgt").status is Status.SATISFIED


def test_krbtgt_of_unknown_age_is_as_old_as_its_account(maker, judge):
    maker.change(KRBTGT, pwdLastSet=0)
    assert judge(maker, "vuln_krbtgt").status is Status.FAILED
    maker.change(KRBTGT, whenCreated="20261001000000.0Z")
    assert judge(maker, "vuln_krbtgt").status is Status.SATISFIED


def test_krbtgt_of_every_domain_is_judged(maker, judge):
    add_child_domain(maker)
    assert judge(maker, "vuln_krbtgt").status is Status.SATISFIED
    del maker.records[KRBTGT]
    verdict = judge(maker, "vuln_krbtgt")
    assert verdict.status is Status.NOT_EVALUATED
    assert "hopital.test" in verdict.reason.fr
    assert "krbtgt" in verdict.reason.en
