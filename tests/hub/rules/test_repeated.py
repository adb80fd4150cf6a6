from datetime import date

import pytest
from pydantic import ValidationError

from rempart.hub.funding.rules import Outcome
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from tests.hub.factories.evidence import days_after, evidence, judged, measure, outside, plain

FIRST = date(2024, 9, 2)
LATER = date(2025, 6, 30)


def rule(**settings):
    return RepeatedAttestations(engine="exposure", service="silene", level=3, **settings)


def audits(*days, level=3):
    return [measure(day, level, engine="exposure") for day in days_after(FIRST, *days)]


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        ((0, 44), Outcome.UNMET),
        ((0, 45), Outcome.MET),
        ((0, 60), Outcome.MET),
        ((0, 61), Outcome.UNMET),
        ((0,), Outcome.UNMET),
        ((), Outcome.MISSING),
    ],
)
def test_two_audits_are_45_to_60_days_apart_both_included(days, outcome):
    assert rule().judge(evidence(*audits(*days), at=LATER, declare_by=LATER)).outcome is outcome


def test_the_two_readings_of_successive_differ_on_an_audit_in_between():
    facts = evidence(*audits(0, 30, 60), at=LATER)
    assert rule(successive="any_pair").judge(facts).outcome is Outcome.MET
    assert rule(successive="adjacent").judge(facts).outcome is Outcome.UNMET


def test_the_gap_counts_days_across_the_change_of_hour():
    assert (date(2024, 12, 1) - FIRST).days == 90
    facts = evidence(*audits(30, 90), at=LATER)
    assert rule().judge(facts).outcome is Outcome.MET
    assert plain(rule().judge(facts).reasons[0].fr) == "Audits du 2 octobre 2024, 1er décembre 2024 : 60 jours d’écart."


def test_how_many_must_be_at_the_level_is_a_setting():
    facts = evidence(*audits(0, level=2), *audits(50), at=LATER)
    assert rule().judge(facts).outcome is Outcome.UNMET
    assert rule(at_level=1).judge(facts).outcome is Outcome.MET
    reverse = evidence(*audits(0), *audits(50, level=2), at=LATER)
    assert rule(at_level=1).judge(reverse).outcome is Outcome.UNMET


def test_three_audits_in_a_chain_may_be_asked():
    assert rule(audits=3).judge(evidence(*audits(0, 50, 100), at=LATER)).outcome is Outcome.MET
    assert rule(audits=3).judge(evidence(*audits(0, 50, 94), at=LATER)).outcome is Outcome.UNMET


def test_a_first_audit_says_when_to_measure_again_and_warns_from_day_40():
    early = rule().judge(evidence(*audits(0), at=days_after(FIRST, 39)[0]))
    assert (early.outcome, early.warning, early.until) == (Outcome.MISSING, None, date(2024, 11, 1))
    assert plain(early.missing[0].fr) == "Mesurez à nouveau entre le 17 octobre 2024 et le 1er novembre 2024."
    warned = rule().judge(evidence(*audits(0), at=days_after(FIRST, 40)[0]))
    assert warned.warning == early.missing[0]


def test_a_window_that_opens_after_the_last_day_to_declare_is_too_late():
    verdict = rule().judge(evidence(*audits(0), at=FIRST, declare_by=date(2024, 10, 16)))
    assert verdict.outcome is Outcome.UNMET
    cut = rule().judge(evidence(*audits(0), at=FIRST, declare_by=date(2024, 10, 20)))
    assert (cut.outcome, cut.until) == (Outcome.MISSING, date(2024, 10, 20))


def test_a_monthly_audit_moves_the_next_window_only_when_it_breaks_the_pair():
    facts = evidence(*audits(0, 30), at=days_after(FIRST, 31)[0])
    assert rule().judge(facts).until == date(2024, 11, 1)
    assert rule(successive="adjacent").judge(facts).until == date(2024, 12, 1)


def test_nothing_is_to_be_measured_once_declared():
    verdict = rule().judge(evidence(*audits(0), at=days_after(FIRST, 20)[0], declared=days_after(FIRST, 10)[0]))
    assert verdict.outcome is Outcome.UNMET


def test_typed_in_audits_with_their_document_are_read_by_a_person():
    typed = [outside(day, 3, service="silene") for day in days_after(FIRST, 0, 50)]
    assert rule().judge(evidence(*typed, at=LATER)).outcome is Outcome.TO_REVIEW
    assert rule(accepted=True).judge(evidence(*typed, at=LATER)).outcome is Outcome.MET
    bare = [outside(day, 3, service="silene", document=False) for day in days_after(FIRST, 0, 50)]
    assert rule().judge(evidence(*bare, at=LATER)).outcome is Outcome.MISSING


def test_a_level_no_text_gives_is_judged_by_a_person():
    unknown = RepeatedAttestations(engine="exposure")
    facts = [measure(day, 1, engine="exposure") for day in days_after(FIRST, 0, 50)]
    assert unknown.left_to_a_person()
    assert unknown.judge(evidence(*facts, at=LATER)).outcome is Outcome.TO_REVIEW
    assert unknown.judge(evidence(*facts, judged(), at=LATER)).outcome is Outcome.MET
    assert "niveau" not in unknown.explain().fr


@pytest.mark.parametrize(
    "chosen", [{}, {"engine": "x", "min_days": 50, "max_days": 49}, {"engine": "x", "audits": 2, "at_level": 3}]
)
def test_settings_that_contradict_each_other_are_refused(chosen):
    with pytest.raises(ValidationError):
        RepeatedAttestations(**chosen)
