import pytest

from rempart.exposure.audit import audit
from rempart.measurement.verdict import Status
from tests.exposure.maker import Maker


@pytest.mark.parametrize(("state", "reached"), [("filtered", False), ("unknown", False), ("closed", True)])
def test_a_run_that_reached_nobody_never_passes(state, reached):
    maker = Maker()
    maker.service(443, state=state)
    report = audit(maker.snapshot())
    by_port = [v for v in report.verdicts if "tls" in report.controls[v.control].needs]
    assert by_port
    assert all((verdict.status is Status.NOT_EVALUATED) is not reached for verdict in by_port)
    assert report.level.at_most or reached


def test_a_snapshot_that_tried_no_port_is_no_pass():
    maker = Maker()
    maker.asset("vpn.valmont.example", distance=1, origin="mx")
    report = audit(maker.snapshot())
    assert report.level.at_most
    assert report.level.value == 5


def test_names_that_no_resolver_answered_are_not_judged():
    maker = Maker()
    maker.dns(b"", "valmont.example TXT", subject="valmont.example", outcome="timeout")
    report = audit(maker.snapshot())
    named = [v for v in report.verdicts if "dns" in report.controls[v.control].needs]
    assert named
    assert {verdict.status for verdict in named} == {Status.NOT_EVALUATED}
