from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rempart.hub.common.clock import end_of, start_of
from rempart.hub.funding.calls import catalogue, simulators
from rempart.hub.funding.calls.definition import CallDefinition
from rempart.hub.funding.rules import Outcome
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from tests.hub.factories.evidence import days_after, evidence, measure, piece, shares

FIVE = shares(EJ1=40, EJ2=30, EJ3=15, EJ4=10, EJ5=5)
NAMES = {code: f"Membre {code}" for code in FIVE}
FIRST = date(2026, 3, 2)
RULE = RepeatedAttestations(engine="exposure", level=3)


def audits(*days):
    return [measure(day, engine="exposure") for day in days_after(FIRST, *days)]


def test_the_calculator_says_what_is_covered_and_what_to_add():
    found = simulators.share_calculator(NAMES, FIVE, ["EJ1", "EJ3", "EJ5"])
    assert (found.total, found.reached, found.lacking) == (Decimal("0.6"), False, Decimal("0.06"))
    assert [([m.code for m in one.members], one.reaches) for one in found.additions] == [
        (["EJ2"], Decimal("0.9")),
        (["EJ4"], Decimal("0.7")),
    ]
    assert [member.code for member in found.members if member.chosen] == ["EJ1", "EJ3", "EJ5"]
    assert simulators.share_calculator(NAMES, FIVE, ["EJ1", "EJ2"]).reached is True


def test_the_calculator_promises_nothing_on_an_unknown_activity():
    found = simulators.share_calculator({**NAMES, "EJ6": "Membre EJ6"}, FIVE, list(FIVE))
    assert found.reached is None
    assert [member.code for member in found.unknown] == ["EJ6"]
    assert found.additions == ()
    assert simulators.share_calculator({}, {}, []).reached is None


def test_a_single_member_is_the_whole():
    assert simulators.share_calculator({"A": "Valmont"}, {}, ["A"]).reached is True
    assert simulators.share_calculator({"A": "Valmont"}, {}, []).reached is False


@given(st.sets(st.sampled_from(sorted(FIVE))))
def test_every_addition_of_the_calculator_reaches_the_threshold(chosen):
    found = simulators.share_calculator(NAMES, FIVE, chosen)
    for one in found.additions:
        codes = {member.code for member in one.members}
        assert simulators.share_calculator(NAMES, FIVE, chosen | codes).reached


def test_the_share_a_requirement_asks_for_is_found_wherever_it_stands():
    d2 = CallDefinition.parse(catalogue.read("D2-2025"))
    assert {item.code for item in d2.objectives if simulators.threshold_of(item)} == {"D2.O1.C", "D2.O1.D"}


def test_the_calendar_gives_the_next_days_to_measure():
    found = simulators.audit_calendar(RULE, evidence(*audits(0), at=FIRST, declare_by=date(2026, 6, 30)))
    window = found.next_windows[0]
    assert (window.after, window.first, window.last) == (FIRST, date(2026, 4, 16), date(2026, 5, 1))
    assert (found.proof, found.start_by, found.too_late) == ((), date(2026, 5, 16), False)


def test_the_calendar_cuts_at_today_and_at_the_last_day_to_declare():
    found = simulators.audit_calendar(RULE, evidence(*audits(0), at=date(2026, 4, 20), declare_by=date(2026, 4, 25)))
    assert [(one.first, one.last) for one in found.next_windows] == [(date(2026, 4, 20), date(2026, 4, 25))]


def test_the_calendar_says_when_it_is_too_late():
    late = simulators.audit_calendar(RULE, evidence(*audits(0), at=date(2026, 5, 20), declare_by=date(2026, 6, 30)))
    assert (late.next_windows, late.too_late) == ((), True)
    none = simulators.audit_calendar(RULE, evidence(at=date(2026, 5, 10), declare_by=date(2026, 6, 30)))
    assert (none.too_late, none.start_by) == (False, date(2026, 5, 16))


def test_the_calendar_recognises_a_finished_proof():
    found = simulators.audit_calendar(RULE, evidence(*audits(0, 30, 50), at=date(2026, 6, 1)))
    assert [audit.day for audit in found.proof] == days_after(FIRST, 0, 50)
    assert found.next_windows == ()


@given(st.lists(st.integers(0, 150), max_size=6), st.integers(0, 200), st.sampled_from(["adjacent", "any_pair"]))
def test_an_audit_on_any_day_of_a_window_makes_the_proof(days, today, reading):
    rule = RULE.model_copy(update={"successive": reading})
    done = [day for day in days if day <= today]
    now = days_after(FIRST, today)[0]
    for window in simulators.audit_calendar(rule, evidence(*audits(*done), at=now)).next_windows:
        for day in (window.first, window.last):
            facts = evidence(*audits(*done), measure(day, engine="exposure"), at=day)
            assert rule.judge(facts).outcome is Outcome.MET


def directory():
    d2 = CallDefinition.parse(catalogue.read("D2-2025"))
    objective = d2.requirement("D2.O3.A")
    day = date(2026, 2, 10)
    documents = [piece(nature, day) for nature in ("roles_sauvegarde", "gestion_roles", "preuve_2fa")]
    facts = evidence(*documents, measure(date(2026, 2, 1)), at=date(2026, 2, 20), operational_from=date(2025, 7, 16))
    return objective, facts


def test_declaring_too_late_makes_a_fresh_measure_stale():
    objective, facts = directory()
    early = simulators.declare_on(date(2026, 4, 2), [objective], {"D2.O3.A": facts})
    assert (early.ready, early.declare_before) == (True, date(2026, 4, 3))
    late = simulators.declare_on(date(2026, 4, 3), [objective], {"D2.O3.A": facts})
    assert [item.code for item, _ in late.blocking] == ["D2.O3.A"]
    assert not late.ready


def test_declaring_outside_the_desk_is_never_ready():
    objective, facts = directory()
    desk = (start_of(date(2026, 1, 16)), end_of(date(2026, 3, 15)))
    assert simulators.declare_on(date(2026, 3, 15), [objective], {"D2.O3.A": facts}, desk).ready
    found = simulators.declare_on(date(2026, 3, 16), [objective], {"D2.O3.A": facts}, desk)
    assert (found.in_time, found.ready) == (False, False)


def test_a_declaration_that_cannot_wait_for_the_second_audit_fails():
    requirement = CallDefinition.parse(catalogue.read("D1-2024")).requirement("D1.O2.B")
    facts = evidence(*audits(0), at=FIRST, declare_by=date(2026, 12, 31))
    for day, outcome in ((date(2026, 4, 15), Outcome.UNMET), (date(2026, 4, 16), Outcome.MISSING)):
        found = simulators.declare_on(day, [requirement], {"D1.O2.B": facts})
        assert found.verdicts[0][1].outcome is outcome
