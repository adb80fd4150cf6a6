from datetime import date

import pytest

from rempart.hub.funding.rules import Outcome
from rempart.hub.funding.rules.attestation import AttestationRule
from rempart.hub.funding.rules.outside import OutsideResultRule
from tests.hub.factories.evidence import evidence, judged, measure, outside, plain

ADS = AttestationRule(engine="directory", level=3, max_age_days=60)
TYPED = OutsideResultRule(service="ads", level=3, max_age_days=60)
AUDIT = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [
        (date(2026, 4, 2), Outcome.MET),  # 60 days
        (date(2026, 4, 3), Outcome.UNMET),
        (date(2026, 4, 5), Outcome.UNMET),  # the worked check (b): 63 days
        (date(2026, 1, 31), Outcome.UNMET),  # declared before it was measured
    ],
)
def test_a_measure_is_at_most_sixty_days_old_at_the_declaration(declared, outcome):
    facts = evidence(measure(AUDIT), at=date(2026, 5, 1), declared=declared)
    assert ADS.judge(facts).outcome is outcome


def test_the_reason_counts_the_days():
    verdict = ADS.judge(evidence(measure(AUDIT), at=date(2026, 4, 5), declared=date(2026, 4, 5)))
    assert plain(verdict.reasons[0].fr) == "Mesure du 1er février 2026 : 63 jours avant la déclaration, 60 au plus."


def test_a_level_that_something_unseen_could_lower_never_passes():
    verdict = ADS.judge(evidence(measure(AUDIT, 5, at_most=True), at=AUDIT))
    assert verdict.outcome is Outcome.UNMET
    assert "au plus" in verdict.reasons[0].fr


def test_another_engine_or_a_lower_level_does_not_pass():
    assert ADS.judge(evidence(measure(AUDIT, engine="exposure"), at=AUDIT)).outcome is Outcome.MISSING
    assert ADS.judge(evidence(measure(AUDIT, 2), at=AUDIT)).outcome is Outcome.UNMET


def test_a_fresh_measure_says_until_when_to_declare_and_warns_before():
    early = ADS.judge(evidence(measure(AUDIT), at=date(2026, 3, 1)))
    assert (early.outcome, early.until, early.warning) == (Outcome.MET, date(2026, 4, 2), None)
    late = ADS.judge(evidence(measure(AUDIT), at=date(2026, 3, 18)))
    assert "2 avril 2026" in late.warning.fr


def test_a_more_recent_lower_measure_is_told():
    verdict = ADS.judge(evidence(measure(AUDIT), measure(date(2026, 2, 10), 1), at=date(2026, 2, 11)))
    assert verdict.outcome is Outcome.MET
    assert "niveau 1" in verdict.warning.fr


def test_a_measure_before_the_operational_phase_does_not_count_when_asked():
    rule = AttestationRule(engine="directory", level=3, since_operational=True)
    assert rule.judge(evidence(measure(AUDIT), at=AUDIT)).outcome is Outcome.MISSING
    before = evidence(measure(AUDIT), at=date(2026, 3, 1), operational_from=date(2026, 2, 2))
    assert rule.judge(before).outcome is Outcome.UNMET


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (outside(AUDIT), Outcome.TO_REVIEW),
        (outside(AUDIT, document=False), Outcome.MISSING),
        (outside(AUDIT, 2), Outcome.UNMET),
        (outside(AUDIT, service="silene"), Outcome.MISSING),
        (outside(date(2025, 12, 1)), Outcome.UNMET),
        (outside(date(2026, 2, 3)), Outcome.UNMET),
    ],
)
def test_a_typed_in_result_is_never_met_in_silence(fact, outcome):
    assert TYPED.judge(evidence(fact, at=date(2026, 2, 2))).outcome is outcome


def test_a_typed_in_result_passes_when_a_person_or_the_call_accepts_it():
    assert TYPED.judge(evidence(outside(AUDIT), judged(), at=AUDIT)).outcome is Outcome.MET
    accepted = TYPED.model_copy(update={"accepted": True})
    assert accepted.judge(evidence(outside(AUDIT), at=AUDIT)).outcome is Outcome.MET
    assert accepted.judge(evidence(outside(AUDIT, document=False), at=AUDIT)).outcome is Outcome.MISSING
    assert accepted.judge(evidence(outside(AUDIT), judged(met=False), at=AUDIT)).outcome is Outcome.UNMET
