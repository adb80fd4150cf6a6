from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import guards
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.services.moves import prepare
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import instruction, tasks
from rempart.hub.funding.proofs.models import Assessment, Deposit, Judgement
from rempart.hub.funding.proofs.refusals import REASONS
from rempart.hub.funding.proofs.services import add_document, deposit_attestation, judge
from rempart.hub.funding.rules.base import Outcome
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made

pytestmark = pytest.mark.django_db
AT = made.AT


def outcomes(application) -> dict[str, str]:
    return dict(Assessment.objects.filter(application=application).values_list("requirement", "outcome"))


def instructor(of: Application):
    return files.person(Role.ARS_INSTRUCTOR, of=of.region)


def verifier():
    return files.person(Role.ANS_VERIFIER)


def test_every_requirement_is_judged_and_stored_with_its_reasons():
    application = made.application()
    verdicts = instruction.assess(application, at=AT)
    assert set(verdicts) == {"T1.P1", "T1.O1", "T1.O2", "T1.O3", "T1.O4", "T1.O5"}
    assert outcomes(application)[made.GROUP] == "not_applicable"
    row = Assessment.objects.get(requirement=made.MEASURE)
    assert row.verdict == verdicts[made.MEASURE]
    assert row.missing[0]["fr"]
    assert row.assessed_at == AT


def test_a_verdict_that_does_not_change_is_not_written_again():
    application = made.application()
    instruction.assess(application, at=AT)
    instruction.assess(application, at=AT + timedelta(hours=1))
    assert set(Assessment.objects.values_list("assessed_at", flat=True)) == {AT}


def test_time_alone_changes_a_verdict():
    application = made.application()
    made.deposit(application)
    assert outcomes(application)[made.MEASURE] == "met"
    late = AT + timedelta(days=60)
    tasks.assess_waiting.func(timestamp=int(late.timestamp()))
    assert outcomes(application)[made.MEASURE] == "unmet"


def test_a_declaration_can_be_tried_on_a_day_to_come():
    application = made.application()
    made.deposit(application)
    day = AT + timedelta(days=90)
    tried = instruction.preview(application, at=AT, declared_at=day)
    assert tried[made.MEASURE].outcome is Outcome.UNMET
    assert outcomes(application)[made.MEASURE] == "met"


def test_a_requirement_asked_of_each_entity_waits_for_all():
    application = made.application(kind="ght")
    deposit = made.deposit(application, made.EACH)
    row = Assessment.objects.get(requirement=made.EACH)
    assert row.outcome == "missing"
    assert row.parts[deposit.finess] == "met"
    assert sorted(row.parts.values()) == ["met", "missing", "missing", "missing", "missing"]


def test_the_progress_of_a_ght_is_told_entity_by_entity():
    application = made.application(kind="ght")
    deposit = made.deposit(application, made.EACH)
    found = {member.finess: (member.met, member.total) for member in instruction.progress(application)}
    assert len(found) == 5
    assert found.pop(deposit.finess) == (1, 5)
    assert set(found.values()) == {(0, 5)}


def test_a_judgement_decides_what_a_person_must_read():
    application = made.application(State.ARS_CHECK)
    made.document(application)
    instruction.assess(application, at=AT)
    assert outcomes(application)[made.PAPER] == "to_review"
    judge(application, made.PAPER, met=True, by=instructor(application), at=AT)
    assert outcomes(application)[made.PAPER] == "met"


def test_a_no_needs_its_reason():
    application = made.application(State.ARS_CHECK)
    with pytest.raises(Refusal) as caught:
        judge(application, made.PAPER, met=False, reason=" ", by=instructor(application), at=AT)
    assert caught.value.code == "no_reason"


def test_a_new_proof_makes_a_judgement_lapse():
    application = made.application(State.ARS_CHECK)
    made.document(application)
    judge(application, made.PAPER, met=False, reason="Page manquante.", by=instructor(application), at=AT)
    assert outcomes(application)[made.PAPER] == "unmet"
    Application.objects.update(state=State.ARS_CHECK_FIX)
    application.refresh_from_db()
    later = AT + timedelta(hours=1)
    add_document(application, made.PAPER, "plan", made.pdf(b"x"), name="p", by=made.editor(application), at=later)
    assert outcomes(application)[made.PAPER] == "to_review"


@pytest.mark.parametrize(
    ("state", "who", "allowed"),
    [
        (State.ARS_CHECK, "ars", True),
        (State.ARS_CHECK, "ans", False),
        (State.ANS_REVIEW, "ans", True),
        (State.ANS_REVIEW, "ars", False),
        (State.OPERATIONAL, "ars", False),
        (State.ARS_CHECK, "elsewhere", False),
        (State.ARS_CHECK, "applicant", False),
    ],
)
def test_who_decides_and_when(state, who, allowed):
    application = made.application(state)
    by = {
        "ars": lambda: instructor(application),
        "ans": verifier,
        "elsewhere": lambda: files.person(Role.ARS_LEAD, of=files.region("53")),
        "applicant": lambda: made.editor(application),
    }[who]()
    if allowed:
        assert judge(application, made.PAPER, met=True, by=by, at=AT)
        return
    with pytest.raises(Refusal) as caught:
        judge(application, made.PAPER, met=True, by=by, at=AT)
    assert caught.value.code == "not_allowed"


def test_a_person_settles_a_measure_of_an_unknown_catalogue(settings):
    settings.UNKNOWN_CATALOGUE_TO_REVIEW = True
    application = made.application()
    made.deposit(application, catalogue_digest="c" * 64)
    Application.objects.update(state=State.ARS_CHECK, declared_at=AT)
    application.refresh_from_db()
    assert outcomes(application)[made.MEASURE] == "to_review"
    judge(application, made.MEASURE, met=False, reason="Catalogue inconnu.", by=instructor(application), at=AT)
    assert outcomes(application)[made.MEASURE] == "unmet"


def test_green_files_are_those_whose_objectives_are_all_met():
    call = made.call()
    green, red = made.application(of=call), made.application(of=call)
    instruction.assess_many([green, red], at=AT)
    assert list(instruction.green(Application.objects.all())) == []
    Assessment.objects.filter(application=green, prerequisite=False).update(outcome="met")
    assert list(instruction.green(Application.objects.all())) == [green]


def test_judging_many_files_asks_no_more_than_judging_one(django_assert_max_num_queries):
    call = made.call()
    for kind in ("ght", "public", "ght", "public"):
        application = made.application(kind=kind, of=call)
        made.document(application)
        made.deposit(application)
    with django_assert_max_num_queries(16):
        instruction.assess_many(Application.objects.order_by("pk")[:1], at=AT + timedelta(days=1))
    with django_assert_max_num_queries(16):
        instruction.assess_many(Application.objects.order_by("pk"), at=AT + timedelta(days=90))
    assert Assessment.objects.count() == 24


def test_drafts_are_judged_on_the_territory_as_it_stands(django_assert_max_num_queries):
    applications = [made.application(State.DRAFT, kind) for kind in ("ght", "public")]
    with django_assert_max_num_queries(20):
        instruction.assess_many(applications, at=AT)
    assert len(Assessment.objects.get(application=applications[0], requirement=made.EACH).parts) == 5


def test_attestations_verify_again_from_their_raw_bytes():
    application = made.application()
    made.deposit(application)
    assert instruction.verify_again(application) == []


def test_what_was_changed_in_the_database_is_found_and_named():
    import pgtrigger  # noqa: PLC0415 — used here alone

    application = made.application()
    deposit = made.deposit(application)
    for field, value, words in (
        ("level", 5, "en base"),
        ("content", b"{}", "empreinte"),
        ("sha256", "0" * 64, "empreinte"),
    ):
        before = Deposit.objects.values(field).get()
        with pgtrigger.ignore("proofs.Deposit:deposit_never_changes"):
            Deposit.objects.update(**{field: value})
            (fault,) = instruction.verify_again(application)
            assert fault.id == deposit.pk
            assert words in fault.why.fr
            Deposit.objects.update(**before)


# Moves of the file


def test_a_file_without_its_prerequisites_is_not_submitted():
    application = made.application(State.DRAFT)
    files.ceiling(application.call, application.applicant)
    by = files.signatory(application)
    with pytest.raises(Refusal) as caught:
        perform(application, "submit", by=by, at=files.DATES["submitted_at"])
    assert caught.value.code == "proofs_missing"
    assert made.PREREQUISITE in str(caught.value)
    made.document(application, made.PREREQUISITE, "pssi", dated=files.OPENED.date())
    perform(application, "submit", by=by, at=files.DATES["submitted_at"])
    assert outcomes(application)[made.PREREQUISITE] == "met"


def test_a_call_may_take_prerequisites_later():
    call = files.call(more=f"prerequisites_later = true\n{made.NATURES}")
    content = call.versions.get().content + made.REQUIREMENTS
    files.version(call, 2, content)
    application = made.application(State.DRAFT, of=call)
    files.ceiling(application.call, application.applicant)
    assert perform(application, "submit", by=files.signatory(application), at=files.DATES["submitted_at"])


def test_objectives_are_not_declared_while_a_proof_is_missing():
    application = made.application()
    move = prepare(application, "declare", by=files.signatory(application), at=AT)
    (obstacle,) = guards.obstacles(move)
    assert obstacle.code == "proofs_missing"
    made.prove(application)
    made.deposit(application)
    made.deposit(application, made.EACH, snapshot="d" * 64)
    assert guards.obstacles(move) == ()
    perform(application, "declare", by=files.signatory(application), at=AT)
    assert application.state == State.DECLARED


def test_saying_what_is_missing_writes_nothing():
    application = made.application()
    guards.obstacles(prepare(application, "declare", by=files.signatory(application), at=AT))
    assert not Assessment.objects.exists()


def test_objectives_are_validated_once_each_is_decided():
    application = made.application(State.ANS_REVIEW_FIX)
    made.prove(application, "T1.O1", made.PAPER)
    made.deposit(application)
    Application.objects.update(state=State.ANS_REVIEW)
    application.refresh_from_db()
    by, at = verifier(), files.DATES["objectives_met_at"]
    with pytest.raises(Refusal, match=made.EACH) as caught:
        perform(application, "validate_objectives", by=by, at=at)
    assert caught.value.code == "proofs_undecided"
    Application.objects.update(state=State.ANS_REVIEW_FIX)
    application.refresh_from_db()
    made.deposit(application, made.EACH, snapshot="d" * 64)
    Application.objects.update(state=State.ANS_REVIEW)
    application.refresh_from_db()
    perform(application, "validate_objectives", by=by, at=at)
    assert application.state == State.OBJECTIVES_MET


def test_a_candidature_is_validated_once_its_prerequisites_are():
    application = made.application(State.ARS_REVIEW)
    move = prepare(application, "validate", by=instructor(application), at=files.DATES["validated_at"])
    assert [obstacle.code for obstacle in guards.obstacles(move)] == ["proofs_undecided"]
    made.document(application, made.PREREQUISITE, "pssi", dated=files.OPENED.date(), deposited_at=files.OPENED)
    assert guards.obstacles(move) == ()


def test_proofs_keep_a_file_awake():
    application = made.application(touched_at=AT - timedelta(days=50))
    made.deposit(application)
    application.refresh_from_db()
    assert application.touched_at == AT


def test_two_proofs_at_once_are_both_judged(transactional_db):  # noqa: ARG001 — real connections
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 — used here alone

    from django.db import connection  # noqa: PLC0415 — same

    application = made.application()
    owner, by = made.entity_of(application), made.editor(application)
    made.key(owner)
    made.catalogue()
    content = made.attestation(made.challenge(application))

    def deposit(_: int) -> int:
        try:
            return deposit_attestation(application, content, by=by, at=AT).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(deposit, range(8)))) == 1
    assert Deposit.objects.count() == 1


def test_judgement_is_tied_to_a_person():
    application = made.application(State.ARS_CHECK)
    with time_machine.travel(AT):
        made.document(application)
        by = instructor(application)
        judge(application, made.PAPER, met=True, by=by, at=AT)
    assert Judgement.objects.get().by == by


def test_a_refusal_speaks_both_languages():
    import polib  # noqa: PLC0415 — used here alone

    from rempart.hub.funding import proofs  # noqa: PLC0415 — same

    folder = Path(proofs.__file__).parent / "locale/en/LC_MESSAGES"
    translated = polib.pofile(str(folder / "django.po"))
    assert [entry.msgid for entry in translated if not entry.msgstr] == []
    known = {entry.msgid for entry in translated}
    sentences = {str(text) for pair in REASONS.values() for text in pair}
    assert sentences <= known
