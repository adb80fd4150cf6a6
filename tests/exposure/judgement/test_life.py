from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from rempart.exposure.life import Run, State, _looked_at, findings, silent_controls
from rempart.measurement.acceptance import Acceptance
from rempart.measurement.verdict import Status, Verdict, no_subjects
from tests.exposure.judgement.test_score import ONE, entry
from tests.exposure.maker import ADDRESS, AT, Maker
from tests.measurement.factory import make_report

KEY = f"{ADDRESS}:443/tcp"
CONTROL = entry("vuln_tls_old", 2, "tls")


def run(days: int, *, failing: bool = False, answered: bool = True, state: str = "open", **more: object) -> Run:
    probe, key = str(more.get("probe", "tls.hello")), more.get("key", KEY)
    maker = Maker()
    maker.service(443, "http", tls="direct", state=state)
    maker.observed(probe, b"x", outcome="answered" if answered else "timeout")
    at = AT + timedelta(days=days)
    subjects = pl.DataFrame({"key": [key], "name": [key]}) if failing else no_subjects()
    status = Status.FAILED if failing else Status.SATISFIED if answered else Status.NOT_EVALUATED
    verdict = Verdict(control=CONTROL.id, level=2, status=status, subjects=subjects, reason=ONE)
    report = make_report([verdict], {CONTROL.id: CONTROL}, at=at, acceptances=more.get("acceptances", ()))
    return Run(maker.snapshot(), report)


def states(*runs: Run) -> list[State]:
    return [finding.state for finding in findings(runs)]


def test_new_then_still_then_fixed_then_back():
    assert states(run(0, failing=True)) == [State.NEW]
    assert states(run(0), run(30, failing=True)) == [State.NEW]
    assert states(run(0, failing=True), run(30, failing=True)) == [State.STILL]
    assert states(run(0, failing=True), run(30)) == [State.FIXED]
    assert states(run(0, failing=True), run(30), run(60, failing=True)) == [State.BACK]


def test_a_run_without_an_answer_never_says_fixed():
    assert states(run(0, failing=True), run(30, answered=False)) == [State.NOT_OBSERVED]


def test_a_port_seen_closed_is_fixed():
    assert states(run(0, failing=True), run(30, answered=False, state="closed")) == [State.FIXED]
    assert states(run(0, failing=True), run(30, answered=False, state="filtered")) == [State.NOT_OBSERVED]


def test_an_accepted_finding_says_until_when_and_an_expired_one_is_still():
    kept = Acceptance(control=CONTROL.id, role="RSSI", reason="migration", until=date(2027, 1, 31))
    (finding,) = findings([run(0, failing=True), run(30, failing=True, acceptances=(kept,))])
    assert (finding.state, finding.until) == (State.ACCEPTED, "2027-01-31")
    late = kept.model_copy(update={"until": date(2026, 11, 30)})
    assert states(run(0, failing=True), run(30, failing=True, acceptances=(late,))) == [State.STILL]


def test_the_order_given_does_not_matter_and_dates_are_kept():
    runs = [run(60, failing=True), run(0, failing=True), run(30)]
    (finding,) = findings(runs)
    assert finding.seen == (AT, AT + timedelta(days=60))
    assert finding.first == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_control_that_no_longer_judges_for_twenty_days_is_an_alarm():
    assert silent_controls([run(0), run(19, answered=False)]) == []
    assert silent_controls([run(0), run(20, answered=False)]) == [(CONTROL.id, AT)]
    assert silent_controls([run(0), run(10, answered=False), run(20)]) == []


def test_a_finding_about_a_product_is_followed_by_its_service():
    key = f"{KEY} nginx CVE-2024-1"
    assert states(run(0, failing=True, key=key), run(30)) == [State.FIXED]
    assert states(run(0, failing=True, key=key), run(30, answered=False)) == [State.NOT_OBSERVED]


@pytest.mark.parametrize(
    ("category", "probe"),
    [("tls", "tls.hello"), ("web", "http.page"), ("mail", "smtp.ehlo"), ("services", "service.ssh")],
)
def test_the_probes_of_its_category_see_a_finding_again(monkeypatch, category, probe):
    monkeypatch.setattr("tests.exposure.judgement.test_life.CONTROL", entry("vuln_tls_old", 2, category))
    assert states(run(0, failing=True, probe=probe), run(30, probe=probe)) == [State.FIXED]


def test_every_name_of_an_address_is_closed_with_its_port():
    maker = Maker()
    for name in ("a.example", "b.example"):
        maker.asset(name, ADDRESS)
        maker.asset(name, "192.0.2.99")
    maker.service(443, state="closed")
    looked = _looked_at(maker.snapshot())
    assert looked["a.example:443/tcp"] == looked["b.example:443/tcp"] == {"closed"}
