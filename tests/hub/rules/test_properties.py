from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rempart.hub.funding.rules import Outcome
from rempart.hub.funding.rules.attestation import AttestationRule
from rempart.hub.funding.rules.combined import AllOf, GhtOnly, OneOf
from rempart.hub.funding.rules.coverage import covered, smallest_sets
from rempart.hub.funding.rules.document import DocumentRule, OperationalPhaseRule
from rempart.hub.funding.rules.human import HumanJudgement
from rempart.hub.funding.rules.outside import OutsideResultRule
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from rempart.hub.funding.rules.share import ActivityShare
from rempart.hub.funding.rules.signed import SignedDocumentRule
from tests.hub.factories.evidence import evidence, measure, outside, piece

START = date(2025, 1, 1)
MEMBERS = ("A", "B", "C")
days = st.integers(0, 200).map(lambda number: START + timedelta(days=number))
some_members = st.sets(st.sampled_from(MEMBERS)).map(sorted)
pieces = st.builds(
    lambda nature, dated, members, signatory, openable: piece(
        nature, dated, *members, signatory=signatory, openable=openable
    ),
    st.sampled_from("ab"),
    st.none() | days,
    some_members,
    st.sampled_from(["", "directeur", "autre"]),
    st.booleans(),
)
measures = st.builds(
    lambda day, level, members, engine, at_most: measure(day, level, *members, engine=engine, at_most=at_most),
    days,
    st.integers(1, 5),
    some_members,
    st.sampled_from(["directory", "exposure"]),
    st.booleans(),
)
results = st.builds(
    lambda day, level, service, document: outside(day, level, service=service, document=document),
    days,
    st.integers(1, 5),
    st.sampled_from(["ads", "silene"]),
    st.booleans(),
)
simple = st.one_of(
    st.just(HumanJudgement()),
    st.builds(
        DocumentRule, natures=st.just(("a",)), after=st.none() | days, until=st.just("declaration"), read=st.booleans()
    ),
    st.builds(SignedDocumentRule, natures=st.just(("b",)), signatories=st.just(("directeur",)), read=st.booleans()),
    st.builds(OperationalPhaseRule, natures=st.just(("a", "b")), read=st.booleans()),
    st.builds(
        AttestationRule, engine=st.just("directory"), level=st.integers(1, 5), max_age_days=st.none() | st.just(60)
    ),
    st.builds(OutsideResultRule, service=st.just("ads"), level=st.integers(1, 5), accepted=st.booleans()),
    st.builds(
        RepeatedAttestations,
        engine=st.just("exposure"),
        service=st.just("silene"),
        level=st.none() | st.integers(1, 5),
        at_level=st.none() | st.just(1),
        accepted=st.booleans(),
    ),
)
rules = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(lambda rule: ActivityShare(rule=rule), inner),
        st.builds(lambda rule: GhtOnly(rule=rule), inner),
        st.builds(lambda several: AllOf(rules=tuple(several)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda several: OneOf(rules=tuple(several)), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=5,
)
facts = st.lists(st.one_of(pieces, measures, results), max_size=12)
known_shares = st.sampled_from([{}, {"A": Decimal("0.5"), "B": Decimal("0.3"), "C": Decimal("0.2")}])


def known(found, parts, *, declared, ght):
    return evidence(
        *found,
        at=START + timedelta(days=180),
        declared=START + timedelta(days=170) if declared else None,
        operational_from=START,
        names=dict(zip(MEMBERS, MEMBERS, strict=True)),
        shares=parts,
        is_ght=ght,
    )


@given(rules, facts, known_shares, st.booleans(), st.data())
def test_removing_evidence_never_improves_an_outcome(rule, found, parts, ght, data):
    declared = data.draw(st.booleans())
    whole = known(found, parts, declared=declared, ght=ght)
    kept = data.draw(st.lists(st.sampled_from(found), unique=True)) if found else []
    less = known([fact for fact in found if fact in kept], parts, declared=declared, ght=ght)
    assert rule.judge(less).outcome.rank <= rule.judge(whole).outcome.rank


@given(rules, known_shares, st.booleans(), st.booleans())
def test_no_evidence_never_passes(rule, parts, declared, ght):
    assert rule.judge(known([], parts, declared=declared, ght=ght)).outcome in {
        Outcome.MISSING,
        Outcome.NOT_APPLICABLE,
    }


@given(simple, facts, st.booleans())
def test_an_unknown_activity_never_passes(rule, found, declared):
    assert ActivityShare(rule=rule).judge(known(found, {}, declared=declared, ght=True)).outcome is Outcome.MISSING


@given(rules, facts, known_shares, st.booleans())
def test_a_verdict_is_pure_and_blind_to_the_order_of_the_facts(rule, found, parts, declared):
    whole = known(found, parts, declared=declared, ght=True)
    reversed_order = replace(
        whole, pieces=whole.pieces[::-1], measures=whole.measures[::-1], outside=whole.outside[::-1]
    )
    assert rule.judge(whole) == rule.judge(whole)
    assert rule.judge(whole).outcome is rule.judge(reversed_order).outcome


@given(rules)
def test_a_rule_explains_itself_in_both_languages_and_survives_a_round_trip(rule):
    said = rule.explain()
    assert said.fr
    assert said.en
    assert type(rule).model_validate_json(rule.model_dump_json()) == rule


weights = st.dictionaries(st.sampled_from("ABCDEFGHIJ"), st.integers(0, 100), min_size=1).filter(
    lambda parts: sum(parts.values()) > 0
)


@given(weights, st.data())
def test_the_smallest_sets_reach_the_threshold_and_none_smaller_does(parts, data):
    total = sum(parts.values())
    held = {member: Decimal(part) / total for member, part in parts.items()}
    chosen = data.draw(st.sets(st.sampled_from(sorted(held))))
    sets = smallest_sets(held, chosen, limit=1000)
    sizes = {len(found) for found in sets}
    assert len(sizes) == 1
    assert all(covered(held, chosen | set(found)) >= Decimal("0.66") for found in sets)
    size = sizes.pop()
    heaviest = sorted((m for m in held if m not in chosen), key=lambda m: -held[m])
    if size:
        assert covered(held, chosen | set(heaviest[: size - 1])) < Decimal("0.66")
