from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from rempart.hub.funding.rules import AnyRule, Outcome, judge_each
from rempart.hub.funding.rules.combined import AllOf, GhtOnly, OneOf
from rempart.hub.funding.rules.coverage import covered, smallest_sets
from rempart.hub.funding.rules.document import DocumentRule
from rempart.hub.funding.rules.share import ActivityShare
from tests.hub.factories.evidence import evidence, judged, measure, piece, plain, shares

TODAY = date(2026, 3, 1)
FIVE = shares(EJ1=40, EJ2=30, EJ3=15, EJ4=10, EJ5=5)
TESTED = ActivityShare(rule=DocumentRule(natures=("test",), read=False))


def proofs_of(*members, **more):
    return evidence(*(piece("test", TODAY, member) for member in members), at=TODAY, shares=FIVE, is_ght=True, **more)


@pytest.mark.parametrize(
    ("members", "outcome"),
    [
        (("EJ1", "EJ2"), Outcome.MET),  # the worked check (a): 70 %
        (("EJ1", "EJ3", "EJ5"), Outcome.UNMET),  # 60 %
        (("EJ1", "EJ3", "EJ4"), Outcome.UNMET),  # 65 %
        ((), Outcome.MISSING),
    ],
)
def test_the_members_covered_weigh_66_percent(members, outcome):
    assert TESTED.judge(proofs_of(*members)).outcome is outcome


def test_one_document_may_cover_several_members_or_all():
    for covering in ((), ("EJ1", "EJ2")):
        facts = evidence(piece("test", TODAY, *covering), at=TODAY, shares=FIVE)
        assert TESTED.judge(facts).outcome is Outcome.MET


def test_a_failure_says_what_is_covered_and_the_fewest_members_to_add():
    verdict = TESTED.judge(proofs_of("EJ1", "EJ3", "EJ5", names={"EJ2": "CH de Valmont (fictif)"}))
    assert plain(verdict.reasons[0].fr) == "Activité couverte : 60 % (66 % demandés)."
    assert plain(verdict.reasons[1].fr) == "Couverts : EJ1 (40 %), EJ3 (15 %), EJ5 (5 %)."
    assert plain(verdict.missing[0].fr) == (
        "Pour atteindre le seuil, couvrez aussi : CH de Valmont (fictif) (on atteint 90 %) ; ou EJ4 (on atteint 70 %)."
    )


def test_an_unknown_activity_never_passes():
    everyone = [piece("test", TODAY, member) for member in ("A", "B")]
    names = {"A": "A", "B": "B"}
    assert TESTED.judge(evidence(*everyone, at=TODAY, names=names)).outcome is Outcome.MISSING
    partly = TESTED.judge(evidence(*everyone, at=TODAY, names=names, shares=shares(A=100)))
    assert partly.outcome is Outcome.MISSING
    assert "B" in partly.reasons[0].fr
    assert TESTED.judge(evidence(*everyone, at=TODAY)).outcome is Outcome.MISSING


def test_an_applicant_of_one_member_needs_no_activity():
    assert TESTED.judge(evidence(piece("test"), at=TODAY, names={"A": "A"})).outcome is Outcome.MET


def test_members_to_review_make_the_whole_to_review():
    rule = ActivityShare(rule=DocumentRule(natures=("test",)))
    assert rule.judge(proofs_of("EJ1", "EJ2")).outcome is Outcome.TO_REVIEW
    facts = evidence(piece("test", TODAY, "EJ1", "EJ2"), judged(), at=TODAY, shares=FIVE)
    assert rule.judge(facts).outcome is Outcome.MET


def test_a_share_just_below_never_reads_as_the_threshold():
    near = {"A": Decimal("0.6599"), "B": Decimal("0.3401")}
    verdict = TESTED.judge(evidence(piece("test", TODAY, "A"), at=TODAY, shares=near))
    assert "65,9 %" in plain(verdict.reasons[0].fr)


def test_rounded_quotients_do_not_miss_the_threshold():
    parts = {str(n): Decimal(1) / 150 for n in range(150)}
    assert covered(parts, [str(n) for n in range(99)]) == Decimal("0.66")


def test_the_smallest_sets_are_the_fewest_members():
    assert smallest_sets(FIVE) == [("EJ1", "EJ2")]
    assert smallest_sets(FIVE, ["EJ1"]) == [("EJ2",)]
    assert smallest_sets(FIVE, ["EJ1", "EJ2"]) == [()]
    assert smallest_sets(shares(A=30, B=20)) == []


def test_one_is_enough_of_several_and_the_best_speaks():
    either = OneOf(rules=(DocumentRule(natures=("a",)), DocumentRule(natures=("b",), read=False)))
    assert either.judge(evidence(piece("a"), at=TODAY)).outcome is Outcome.TO_REVIEW
    assert either.judge(evidence(piece("b"), at=TODAY)).outcome is Outcome.MET
    none = either.judge(evidence(at=TODAY))
    assert none.outcome is Outcome.MISSING
    assert " Ou : " in plain(none.missing[0].fr)


def test_all_must_hold_and_the_worst_speaks():
    both = AllOf(rules=(DocumentRule(natures=("a",), read=False), DocumentRule(natures=("b",), read=False)))
    assert both.judge(evidence(piece("a"), at=TODAY)).outcome is Outcome.MISSING
    assert both.judge(evidence(piece("a"), piece("b"), at=TODAY)).outcome is Outcome.MET


def test_what_is_asked_of_a_ght_is_not_asked_of_others():
    rule = GhtOnly(rule=DocumentRule(natures=("a",), read=False))
    assert rule.judge(evidence(at=TODAY)).outcome is Outcome.NOT_APPLICABLE
    assert rule.judge(evidence(at=TODAY, is_ght=True)).outcome is Outcome.MISSING
    wrapped = AllOf(rules=(rule, DocumentRule(natures=("b",), read=False)))
    assert wrapped.judge(evidence(piece("b"), at=TODAY)).outcome is Outcome.MET
    assert OneOf(rules=(rule,)).judge(evidence(at=TODAY)).outcome is Outcome.NOT_APPLICABLE


def test_a_rule_asked_of_each_member_names_who_lacks_what():
    rule = DocumentRule(natures=("a",), read=False)
    names = {"A": "Valmont", "B": "Rivière"}
    verdict = judge_each(rule, evidence(piece("a", TODAY, "A"), at=TODAY, names=names))
    assert verdict.outcome is Outcome.MISSING
    assert plain(verdict.missing[0].fr).startswith("Rivière : ")
    assert judge_each(rule, evidence(piece("a"), at=TODAY, names=names)).outcome is Outcome.MET


def test_rules_nest_as_data():
    data = {
        "kind": "all_of",
        "rules": [
            {"kind": "activity_share", "rule": {"kind": "one_of", "rules": [{"kind": "human"}]}},
            {"kind": "ght_only", "rule": {"kind": "attestation", "engine": "directory", "level": 3}},
        ],
    }
    rule = TypeAdapter(AnyRule).validate_python(data)
    assert [part.kind for part in rule.parts()] == ["activity_share", "ght_only"]
    facts = evidence(piece(), measure(TODAY), at=TODAY, shares=FIVE, is_ght=True)
    assert rule.judge(facts).outcome is Outcome.TO_REVIEW
    assert rule.explain().fr
