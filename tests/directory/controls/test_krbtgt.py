from datetime import timedelta

from rempart.measurement.verdict import Status
from tests.directory.maker import AT, DN

KRBTGT = f"CN=krbtgt,CN=Users,{DN}"


def test_vuln_krbtgt_fails(maker, judge):
    maker.change(KRBTGT, pwdLastSet=AT - timedelta(days=400))
    verdict = judge(maker, "vuln_krbtgt")
    assert verdict.status is Status.FAILED
    assert verdict.subjects["name"].to_list() == ["krbtgt"]


def test_vuln_krbtgt_passes(maker, judge):
    assert judge(maker, "vuln_krbtgt").status is Status.SATISFIED
