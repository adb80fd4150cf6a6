from datetime import UTC, datetime, timedelta

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import guards, transitions
from rempart.hub.funding.applications.models import CorrectionRequest, Event
from rempart.hub.funding.applications.services import admit_late, open_draft, perform
from rempart.hub.funding.applications.services.moves import prepare
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage
from rempart.hub.funding.ledger import selectors as ledger
from tests.hub.factories import applications as make

pytestmark = pytest.mark.django_db
OPEN = datetime(2024, 4, 2, 9, tzinfo=UTC)
LAST_SECOND = datetime(2024, 4, 19, 21, 59, 59, tzinfo=UTC)


def refused(code, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        perform(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def people():
    """One person for each role that moves files of region 28, and the call's envelope."""
    return {
        "ars": make.person(Role.ARS_INSTRUCTOR),
        "lead": make.person(Role.ARS_LEAD),
        "ans": make.person(Role.ANS_VERIFIER),
        "payer": make.person(Role.ANS_PAYER),
    }


def test_a_file_goes_from_draft_to_closure(people):
    applicant = make.entity(sites=3)
    signs = make.person(Role.SIGNATORY, on=applicant)
    of = make.call()
    make.ceiling(of, applicant, 500_000)
    make.envelope(of, 1_000_000)
    file = open_draft(of, applicant, by=signs, at=make.DATES["created_at"])
    steps = [
        ("submit", signs, "2024-04-02", {}),
        ("start_review", people["ars"], "2024-04-22", {}),
        ("request_correction", people["ars"], "2024-04-23", {"reason": "Il manque la PSSI.", "kind": "incomplete"}),
        ("resubmit", signs, "2024-04-25", {}),
        ("validate", people["ars"], "2024-05-10", {}),
        ("start_operations", people["ans"], "2024-05-21", {}),
        ("declare", signs, "2025-03-14", {}),
        ("start_check", people["ars"], "2025-04-01", {}),
        ("transmit", people["ars"], "2025-05-01", {}),
        ("validate_objectives", people["ans"], "2025-09-01", {}),
        ("request_payment", signs, "2025-10-01", {"eligible_cost_cents": 420_000}),
        ("pay", people["payer"], "2025-11-01", {}),
        ("control", people["payer"], "2026-01-10", {}),
        ("claim_recovery", people["payer"], "2026-01-11", {"reason": "Facture écartée.", "recovery_cents": 20_000}),
        ("close", people["payer"], "2026-03-01", {}),
    ]
    for action, by, day, data in steps:
        perform(file, action, by=by, at=datetime.fromisoformat(f"{day}T09:00:00+00:00"), **data)
    assert file.state == State.CLOSED
    assert [event.action for event in file.events.all()] == [step[0] for step in steps]
    assert file.perimeter.count() == 3
    balances = ledger.balances(of)
    assert (balances.paid, balances.recovered, balances.committed) == (400_000, 20_000, 0)
    assert balances.available == 580_000
    file.full_clean()


def test_the_payment_is_never_above_the_ceiling(people):
    file = make.application(State.OBJECTIVES_MET)
    signs = make.signatory(file)
    perform(file, "request_payment", by=signs, at=make.DATES["payment_requested_at"], eligible_cost_cents=99_999_999)
    perform(file, "pay", by=people["payer"], at=make.DATES["paid_at"])
    assert ledger.balances(file.call).paid == make.CEILING


@pytest.mark.parametrize("cost", [None, 0, -5, "12"])
def test_a_payment_request_says_the_real_cost(cost):
    file = make.application(State.OBJECTIVES_MET)
    refused(
        "cost_needed",
        file,
        "request_payment",
        by=make.signatory(file),
        at=make.DATES["payment_requested_at"],
        eligible_cost_cents=cost,
    )


def test_who_has_no_role_moves_nothing(people):
    file = make.application(State.SUBMITTED)
    elsewhere = make.person(Role.ARS_INSTRUCTOR, of=make.region("53"))
    for by in (elsewhere, people["ans"], make.signatory(file), make.person(Role.DNS_PILOT), make.person()):
        refused("not_allowed", file, "start_review", by=by, at=file.state_since)
    assert file.events.count() == 1


def test_nobody_instructs_the_file_of_their_own_establishment():
    file = make.application(State.SUBMITTED)
    both = make.person(Role.EDITOR, Role.ARS_LEAD, on=file.applicant)
    refused("not_allowed", file, "start_review", by=both, at=file.state_since)


def test_an_editor_does_not_sign():
    file = make.application()
    make.ceiling(file.call, file.applicant)
    refused("not_allowed", file, "submit", by=make.person(Role.EDITOR, on=file.applicant), at=OPEN)


def test_the_support_establishment_signs_for_its_ght_and_a_member_does_not():
    group = make.ght()
    file = make.application(kind="ght", applicant=group)
    make.ceiling(file.call, group)
    member = group.memberships.filter(role="M").first().legal_entity
    refused("not_allowed", file, "submit", by=make.person(Role.SIGNATORY, on=member), at=OPEN)
    perform(file, "submit", by=make.person(Role.SIGNATORY, on=make.support_of(group)), at=OPEN)
    assert file.perimeter.count() == 5
    assert sum(entry.combined for entry in file.perimeter.all()) == 100


def test_a_deadline_is_inclusive_to_the_last_second_in_paris():
    file = make.application()
    make.ceiling(file.call, file.applicant)
    signs = make.signatory(file)
    late = refused("window_closed", file, "submit", by=signs, at=LAST_SECOND + timedelta(seconds=1))
    assert "heure de Paris" in str(late)
    perform(file, "submit", by=signs, at=LAST_SECOND)
    assert file.state == State.SUBMITTED


def test_a_desk_that_is_not_open_yet_takes_nothing():
    file = make.application(created_at=make.OPENED - timedelta(days=3), state_since=make.OPENED - timedelta(days=3))
    refused("window_not_open", file, "submit", by=make.signatory(file), at=make.OPENED - timedelta(seconds=1))


def test_a_desk_that_is_not_announced_takes_nothing():
    file = make.application(of=make.call(windows=False))
    refused("window_not_announced", file, "submit", by=make.signatory(file), at=OPEN)


def test_an_end_that_no_text_gives_never_comes():
    file = make.application()
    file.call.windows.filter(stage=Stage.APPLICATION).update(closes_at=None)
    make.ceiling(file.call, file.applicant)
    perform(file, "submit", by=make.signatory(file), at=LAST_SECOND + timedelta(days=900))
    assert file.state == State.SUBMITTED


def test_a_recorded_decision_lets_one_late_file_in(people):
    of = make.call()
    file, other = make.application(of=of), make.application(of=of)
    for each in (file, other):
        make.ceiling(of, each.applicant)
    at = LAST_SECOND + timedelta(days=2)
    until = LAST_SECOND + timedelta(days=5)
    with pytest.raises(Refusal):
        admit_late(file, Stage.APPLICATION, until, "Panne.", by=people["ars"], at=at)
    with pytest.raises(Refusal):
        admit_late(file, Stage.APPLICATION, until, " ", by=people["lead"], at=at)
    admit_late(file, Stage.APPLICATION, until, "Panne de réseau.", by=people["lead"], at=at)
    refused("window_closed", other, "submit", by=make.signatory(other), at=at)
    refused("window_closed", file, "submit", by=make.signatory(file), at=until + timedelta(seconds=1))
    perform(file, "submit", by=make.signatory(file), at=at + timedelta(hours=1))
    assert [event.action for event in file.events.all()] == ["admit_late", "submit"]


def test_a_file_without_published_ceiling_is_not_submitted():
    file = make.application()
    refused("no_ceiling", file, "submit", by=make.signatory(file), at=OPEN)


def test_the_perimeter_keeps_the_activity_of_the_day_of_submission():
    file = make.application()
    make.ceiling(file.call, file.applicant)
    perform(file, "submit", by=make.signatory(file), at=OPEN)
    before = list(file.perimeter.values_list("site", "combined", "year"))
    assert before[0][2] == 2022
    for site in file.applicant.sites.all():
        site.activities.update(combined=1)
        site.life = "closed"
        site.save()
    assert list(file.perimeter.values_list("site", "combined", "year")) == before


def test_a_reason_is_asked_where_the_table_says(people):
    file = make.application(State.ARS_REVIEW)
    refused("reason_needed", file, "refuse", by=people["ars"], at=file.state_since, reason="   ")


def test_time_does_not_go_back(people):
    file = make.application(State.SUBMITTED)
    refused("before_last_move", file, "start_review", by=people["ars"], at=file.state_since - timedelta(seconds=1))


def test_an_exhausted_envelope_leaves_the_file_where_it_was(people):
    file = make.application(State.ARS_REVIEW)
    make.envelope(file.call, make.CEILING - 1)
    refused("envelope_exhausted", file, "validate", by=people["ars"], at=file.state_since)
    file.refresh_from_db()
    assert (file.state, file.validated_at, file.events.count()) == (State.ARS_REVIEW, None, 2)


def test_reopening_a_decided_file_gives_the_money_back_and_keeps_the_trace(people):
    file = make.application(State.ARS_REVIEW)
    make.envelope(file.call, make.CEILING)
    at = file.state_since + timedelta(days=1)
    perform(file, "validate", by=people["ars"], at=at)
    assert ledger.balances(file.call).available == 0
    refused("not_allowed", file, "reopen", by=people["ars"], at=at, reason="Erreur.")
    perform(file, "reopen", by=people["lead"], at=at, reason="Erreur de lecture.")
    assert (file.state, file.validated_at) == (State.ARS_REVIEW, None)
    assert ledger.balances(file.call).available == make.CEILING
    assert file.events.last().reason == "Erreur de lecture."


def test_withdrawing_releases_and_lets_the_applicant_open_another_file(people):
    file = make.application(State.ARS_REVIEW)
    make.envelope(file.call, make.CEILING)
    signs = make.signatory(file)
    perform(file, "validate", by=people["ars"], at=file.state_since)
    with pytest.raises(Refusal, match="déjà un dossier"):
        open_draft(file.call, file.applicant, by=signs, at=file.state_since)
    perform(file, "withdraw", by=signs, at=file.state_since, reason="Projet abandonné.")
    assert ledger.balances(file.call).committed == 0
    assert open_draft(file.call, file.applicant, by=signs, at=file.state_since).number.endswith("-0002")


def test_only_one_correction_is_open_and_sending_again_resolves_it(people):
    file = make.application(State.ARS_CHECK)
    at = file.state_since
    signs = make.signatory(file)
    common = {"by": people["ars"], "at": at, "reason": "La sauvegarde n’est pas datée."}
    refused("kind_needed", file, "request_correction", **common)
    refused("due_in_past", file, "request_correction", **common, kind="outdated", due_at=at)
    refused("unknown_requirement", file, "request_correction", **common, kind="outdated", requirements=["X"])
    due = at + timedelta(days=15)
    perform(file, "request_correction", **common, kind="outdated", requirements=["T1.O1"], due_at=due)
    asked = file.corrections.get()
    assert (asked.kind, asked.requirements, asked.due_at, asked.resolved_at) == ("outdated", ["T1.O1"], due, None)
    assert file.events.last().due_at == due
    perform(file, "resubmit", by=make.person(Role.EDITOR, on=file.applicant), at=at + timedelta(days=1))
    asked.refresh_from_db()
    assert (asked.resolution, asked.resolved_at) == ("resubmitted", at + timedelta(days=1))
    perform(file, "request_correction", **{**common, "at": at + timedelta(days=2)}, kind="incomplete")
    perform(file, "withdraw", by=signs, at=at + timedelta(days=3), reason="Abandon.")
    assert set(CorrectionRequest.objects.values_list("resolution", flat=True)) == {"resubmitted", "abandoned"}


def test_a_lapsed_file_comes_back_only_where_it_lapsed_with_a_delay(people):
    file = make.application(State.OPERATIONAL)
    closed = make.WINDOWS[Stage.DECLARATION][1] + timedelta(seconds=1)
    refused("not_allowed", file, "lapse", by=people["ans"], at=closed)
    perform(file, "lapse", by=None, at=closed)
    assert ledger.balances(file.call).committed == 0
    back = {"by": people["ans"], "at": closed + timedelta(days=3), "reason": "Crise cyber en cours."}
    until = closed + timedelta(days=30)
    refused("lapsed_elsewhere", file, "reinstate_payment", **back, until=until)
    refused("until_needed", file, "reinstate", **back)
    perform(file, "reinstate", **back, until=until)
    assert (file.state, file.operational_at) == (State.OPERATIONAL, make.DATES["operational_at"])
    assert ledger.balances(file.call).committed == make.CEILING
    perform(file, "declare", by=make.signatory(file), at=until)
    assert file.state == State.DECLARED


def test_the_clock_alone_lapses_a_file_and_a_person_alone_does_the_rest():
    file = make.application(State.SUBMITTED)
    refused("not_allowed", file, "start_review", by=None, at=file.state_since)


def test_what_hangs_on_an_action_can_stop_it_and_undo_it(people, monkeypatch):
    file = make.application(State.SUBMITTED)

    @guards.register("start_review")
    def never(move):
        raise Refusal(f"non pour {move.application.number}", "never")

    refused("never", file, "start_review", by=people["ars"], at=file.state_since)
    move = prepare(file, "start_review", by=people["ars"], at=file.state_since)
    assert [each.code for each in guards.obstacles(move)] == ["never"]

    monkeypatch.setattr(guards, "_REGISTERED", {("start_review", "check"): [], ("start_review", "effect"): [never]})
    refused("never", file, "start_review", by=people["ars"], at=file.state_since)
    file.refresh_from_db()
    assert file.state == State.SUBMITTED
    assert not Event.objects.filter(action="start_review").exists()


def test_nothing_hangs_on_an_action_that_does_not_exist():
    with pytest.raises(KeyError):
        guards.register("bribe")


def test_the_actions_offered_are_those_the_person_may_do_now(people):
    file = make.application()
    signs, edits = make.signatory(file), make.person(Role.EDITOR, on=file.applicant)

    def offered(user, at=OPEN):
        return {row.action for row in transitions.available(file, user, at)}

    assert offered(signs) == {"submit", "withdraw"}
    assert offered(edits) == {"withdraw"}
    assert offered(signs, LAST_SECOND + timedelta(seconds=1)) == {"withdraw"}
    assert offered(people["lead"]) == set()
