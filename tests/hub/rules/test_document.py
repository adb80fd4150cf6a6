from datetime import UTC, date, datetime

import pytest

from rempart.hub.funding.rules import Evidence, Outcome
from rempart.hub.funding.rules.document import DocumentRule, OperationalPhaseRule
from rempart.hub.funding.rules.evidence import Piece
from rempart.hub.funding.rules.human import HumanJudgement
from rempart.hub.funding.rules.signed import SignedDocumentRule
from tests.hub.factories.evidence import evidence, judged, piece, plain

POLICY = DocumentRule(natures=("policy",), after=date(2022, 7, 16), until="declaration", read=False)
TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("dated", "outcome"),
    [
        (date(2022, 7, 10), Outcome.UNMET),  # the worked check (c)
        (date(2022, 7, 15), Outcome.UNMET),
        (date(2022, 7, 16), Outcome.MET),
        (date(2026, 2, 20), Outcome.MET),
        (date(2026, 2, 21), Outcome.UNMET),
        (None, Outcome.MISSING),
    ],
)
def test_the_days_at_both_ends_of_the_window_are_accepted(dated, outcome):
    facts = evidence(piece("policy", dated), at=TODAY, declared=date(2026, 2, 20))
    assert POLICY.judge(facts).outcome is outcome


def test_the_reason_gives_the_date_and_the_window_in_both_languages():
    verdict = POLICY.judge(evidence(piece("policy", date(2022, 7, 10)), at=TODAY, declared=date(2026, 2, 20)))
    assert plain(verdict.reasons[0].fr) == (
        "Daté du 10 juillet 2022, hors de la période acceptée (du 16 juillet 2022 au 20 février 2026 inclus)."
    )
    assert "10 July 2022" in verdict.reasons[0].en


def test_the_day_of_the_declaration_is_a_day_in_paris():
    late_evening = datetime(2026, 2, 20, 23, 30, tzinfo=UTC)  # the 21st in Paris
    facts = Evidence(at=late_evening, declared_at=late_evening, pieces=(Piece(1, "policy", date(2026, 2, 21)),))
    assert POLICY.judge(facts).outcome is Outcome.MET


def test_a_document_of_tomorrow_proves_nothing_today():
    facts = evidence(piece("policy", date(2026, 3, 2)), at=TODAY, declared=date(2026, 6, 1))
    assert POLICY.judge(facts).outcome is Outcome.UNMET


def test_another_nature_or_an_unscanned_document_does_not_count():
    rule = DocumentRule(natures=("policy",), read=False)
    assert rule.judge(evidence(piece("other"), at=TODAY)).outcome is Outcome.MISSING
    held = rule.judge(evidence(piece("policy", openable=False), at=TODAY))
    assert held.outcome is Outcome.MISSING
    assert "antivirus" in held.reasons[0].fr


def test_a_document_to_be_read_waits_for_a_decision_whose_verdict_names_nobody():
    rule = DocumentRule(natures=("policy",))
    assert rule.judge(evidence(piece("policy"), at=TODAY)).outcome is Outcome.TO_REVIEW
    verdict = rule.judge(evidence(piece("policy"), judged(), at=TODAY))
    assert verdict.outcome is Outcome.MET
    assert verdict.reasons[-1].fr == "Décidé par un instructeur. Lu."
    assert rule.judge(evidence(piece("policy"), judged(met=False), at=TODAY)).outcome is Outcome.UNMET


def test_a_decision_does_not_mend_a_date_outside_the_window():
    facts = evidence(piece("policy", date(2020, 1, 1)), judged(), at=TODAY)
    assert DocumentRule(natures=("policy",), after=date(2022, 7, 16)).judge(facts).outcome is Outcome.UNMET


def test_an_age_is_counted_back_from_the_submission():
    rule = DocumentRule(max_age_days=30, until="submission", read=False)
    for dated, outcome in ((date(2026, 1, 2), Outcome.MET), (date(2026, 1, 1), Outcome.UNMET)):
        facts = evidence(piece("x", dated), at=TODAY, submitted=date(2026, 2, 1))
        assert rule.judge(facts).outcome is outcome


def test_what_is_missing_is_due_on_the_last_day_of_its_desk():
    verdict = POLICY.judge(evidence(at=TODAY, declare_by=date(2026, 6, 30)))
    assert (verdict.outcome, verdict.until) == (Outcome.MISSING, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("dated", "outcome"),
    [
        (date(2025, 7, 15), Outcome.UNMET),
        (date(2025, 7, 16), Outcome.MET),
        (date(2026, 2, 20), Outcome.MET),
        (date(2026, 2, 21), Outcome.UNMET),
    ],
)
def test_a_test_falls_inside_the_operational_phase(dated, outcome):
    rule = OperationalPhaseRule(natures=("test",), read=False)
    facts = evidence(piece("test", dated), at=TODAY, declared=date(2026, 2, 20), operational_from=date(2025, 7, 16))
    assert rule.judge(facts).outcome is outcome


def test_without_a_start_of_the_operational_phase_nothing_passes():
    rule = OperationalPhaseRule(natures=("test",), read=False)
    assert rule.judge(evidence(piece("test", date(2026, 1, 1)), at=TODAY)).outcome is Outcome.MISSING


@pytest.mark.parametrize(
    ("signatory", "outcome"),
    [
        ("Représentant légal", Outcome.MET),
        ("", Outcome.MISSING),
        ("Responsable informatique", Outcome.TO_REVIEW),
    ],
)
def test_a_signed_document_says_who_signed(signatory, outcome):
    rule = SignedDocumentRule(natures=("pssi",), signatories=("représentant légal",), read=False)
    assert rule.judge(evidence(piece("pssi", signatory=signatory), at=TODAY)).outcome is outcome


def test_a_person_judges_what_no_text_lets_a_machine_decide():
    rule = HumanJudgement()
    assert rule.judge(evidence(at=TODAY)).outcome is Outcome.MISSING
    assert rule.judge(evidence(piece(), at=TODAY)).outcome is Outcome.TO_REVIEW
    assert rule.judge(evidence(piece(), judged(met=False), at=TODAY)).outcome is Outcome.UNMET


def test_explanations_say_the_window():
    said = POLICY.explain()
    assert "16 juillet 2022" in said.fr
    assert "16 July 2022" in said.en
    assert "déclaration" in said.fr


def test_a_document_is_explained_in_one_sentence_and_its_reading_in_another():
    assert POLICY.explain().fr.startswith("À déposer\u00a0: ")
    assert POLICY.explain().fr.endswith(" Un instructeur lit ce qui est déposé.") is POLICY.read
