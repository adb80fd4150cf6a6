import hashlib
import io
import re
import threading
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.decisions import selectors, services
from rempart.hub.funding.decisions.effects import DECIDES, UNDOES
from rempart.hub.funding.decisions.models import Decision, Kind, Series
from rempart.hub.funding.decisions.render import page as worded
from rempart.hub.funding.decisions.render import render, texts
from rempart.hub.funding.ledger.services import open_envelope
from rempart.measurement.errors import AlteredError
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications as factory
from tests.hub.factories.evidence import plain

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
STATES = {
    Kind.VALIDATION: State.VALIDATED,
    Kind.REFUSAL: State.REFUSED,
    Kind.CONVENTION: State.OPERATIONAL,
    Kind.OBJECTIVES_ACCEPTED: State.OBJECTIVES_MET,
    Kind.OBJECTIVES_REFUSED: State.OBJECTIVES_REFUSED,
    Kind.PAYMENT: State.PAID,
    Kind.RECOVERY: State.RECOVERY,
}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": own}


def lead(file):
    return factory.person(Role.ARS_LEAD, of=file.region)


def taken(state=State.VALIDATED, kind=Kind.VALIDATION, *, reason="Motif.", at=AT, file=None, **more):
    file = file or factory.application(state, **more)
    by = lead(file) if kind in {Kind.VALIDATION, Kind.REFUSAL} else factory.person(Role.ANS_VERIFIER)
    return services.issue(file, kind, by=by, at=at, reason=reason)


def words_of(decision):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(selectors.pdf_of(decision))).pages)


@pytest.mark.parametrize("kind", STATES)
def test_each_kind_of_decision_is_an_accessible_french_pdf(kind):
    decision = taken(STATES[kind], kind)
    content = selectors.pdf_of(decision)
    pdf = pypdf.PdfReader(io.BytesIO(content))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("fr")
    assert decision.number in pdf.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    words = words_of(decision)
    for said in (decision.number, decision.application.number, decision.signatory_name, "Article 1"):
        assert said in words
    assert "{" not in words
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (decision.sha256, decision.size)


def test_a_decision_says_its_amount_its_signatory_and_their_role():
    decision = taken()
    words = plain(words_of(decision))
    assert "53 252,89 €" in words
    assert decision.amount_cents == factory.CEILING
    assert f"Responsable ARS, {decision.application.region.name}" in words
    assert decision.application.region.agency in words
    assert "12 janvier 2026" in words


def test_a_payment_is_the_smaller_of_the_cost_and_the_ceiling():
    decision = taken(State.PAID, Kind.PAYMENT)
    assert decision.amount_cents == factory.CEILING - 1
    assert "53 252,88 €" in plain(words_of(decision))


def test_a_convention_names_the_members_and_leaves_room_for_the_beneficiary():
    decision = taken(State.OPERATIONAL, Kind.CONVENTION, file=factory.application(State.OPERATIONAL, "ght"))
    words = words_of(decision)
    for entry in decision.application.perimeter.all():
        assert str(entry) in words
    assert "Pour le bénéficiaire" in words


def test_a_simulated_call_says_so_on_each_page():
    call = factory.call()
    type(call).objects.filter(pk=call.pk).update(simulated=True)
    call.refresh_from_db()
    decision = taken(file=factory.application(State.VALIDATED, of=call))
    pages = pypdf.PdfReader(io.BytesIO(selectors.pdf_of(decision))).pages
    assert all("SIMULATION" in page.extract_text() for page in pages)
    assert "SIMULATION" not in words_of(taken())


def test_the_same_facts_give_the_same_bytes():
    decision = taken()
    assert render(decision.kind, decision.facts, decision.issued_at) == selectors.pdf_of(decision)


def test_a_name_is_never_read_as_markup():
    file = factory.application(State.VALIDATED)
    type(file.legal_entity).objects.filter(pk=file.legal_entity_id).update(name='#panic("x") *CH* $x$ 文 (fictif)')
    file.refresh_from_db()
    assert '#panic("x") *CH* $x$ [U+6587]' in plain(words_of(taken(file=file)))


def test_a_sentence_whose_mention_is_missing_is_left_out():
    facts = {**taken().facts, "reason": ""}
    assert worded("objectives_accepted", facts)["because"] == [texts()["objectives_accepted"]["because"][0]]


def test_numbers_follow_each_other_by_call_and_year():
    call = factory.call()
    numbers = [taken(file=factory.application(State.VALIDATED, of=call)).number for _ in range(3)]
    later = taken(file=factory.application(State.VALIDATED, of=call), at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert numbers == [f"{call.pk}-2026-0000{rank}" for rank in (1, 2, 3)]
    assert later.number == f"{call.pk}-2027-00001"  # it is 2027 in Paris


def test_a_decision_undone_gives_its_number_back():
    file = factory.application(State.VALIDATED)
    with transaction.atomic():
        taken(file=file)
        transaction.set_rollback(True)
    assert taken(file=file).rank == 1


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_never_share_a_number():
    call = factory.call()
    files = [factory.application(State.VALIDATED, of=call) for _ in range(6)]
    people = [lead(file) for file in files]

    def take(file, by):
        try:
            services.issue(file, Kind.VALIDATION, by=by, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in zip(files, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Decision.objects.values_list("rank", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Series.objects.get(call=call).last == 6


def test_a_decision_never_changes_not_even_by_sql():
    decision = taken()
    for act in (
        lambda: Decision.objects.filter(pk=decision.pk).update(reason="autre"),
        lambda: Decision.objects.filter(pk=decision.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize("kind", [Kind.REFUSAL, Kind.OBJECTIVES_REFUSED, Kind.RECOVERY])
def test_a_decision_against_someone_gives_its_reason(kind):
    with pytest.raises(Refusal) as caught:
        taken(STATES[kind], kind, reason="  ")
    assert caught.value.code == "reason_needed"
    assert not Series.objects.exists()


def test_nobody_signs_without_a_name():
    file = factory.application(State.VALIDATED)
    by = factory.person(Role.ARS_LEAD, of=file.region, first_name="", last_name="")
    with pytest.raises(Refusal) as caught:
        services.issue(file, Kind.VALIDATION, by=by, at=AT)
    assert caught.value.code == "signatory_without_name"


@pytest.mark.parametrize("content", [b"%PDF autre", None])
def test_an_altered_document_is_never_given(content):
    decision = taken()
    default_storage.delete(decision.path)
    if content:
        default_storage.save(decision.path, ContentFile(content))
    with pytest.raises(AlteredError):
        selectors.pdf_of(decision)


def opened(file):
    open_envelope(file.call, 6_500_000_000, by=None, at=factory.OPENED)
    return file


def test_validating_writes_the_decision_and_reopening_withdraws_it():
    file = opened(factory.application(State.ARS_REVIEW))
    by, at = lead(file), file.state_since + timedelta(days=1)
    perform(file, "validate", by=by, at=at)
    first = Decision.objects.get(application=file)
    assert (first.kind, first.signatory) == (Kind.VALIDATION, by)
    perform(file, "reopen", by=by, at=at + timedelta(hours=1), reason="Pièce contestée")
    _, withdrawal = selectors.decisions_of(file, by)
    assert (withdrawal.kind, withdrawal.withdraws) == (Kind.WITHDRAWAL, first)
    assert first.number in words_of(withdrawal)
    assert not Decision.objects.in_force().filter(application=file).exists()
    perform(file, "validate", by=by, at=at + timedelta(hours=2))
    assert Decision.objects.in_force().filter(application=file).count() == 1


def test_a_refused_move_leaves_no_decision():
    file = factory.application(State.ARS_REVIEW)
    with pytest.raises(Refusal):
        perform(file, "validate", by=lead(file), at=file.state_since + timedelta(days=1))  # no envelope
    assert not Decision.objects.exists()
    assert not Series.objects.exists()


def test_every_decided_move_has_its_wording():
    assert set(texts()) == set(Kind.values)
    assert set(DECIDES.values()) | {Kind.WITHDRAWAL} == set(Kind)
    assert set().union(*UNDOES.values()) <= set(Kind)


def address(decision):
    return reverse("decision", args=[decision.key])


def test_a_decision_is_downloaded_by_who_may_see_the_file_only(client, signed_in):
    decision = taken()
    file = decision.application
    assert client.get(address(decision)).url.startswith(reverse("account_login"))
    seers = [factory.signatory(file), lead(file), *(factory.person(role) for role in (Role.ANS_PAYER, Role.DNS_PILOT))]
    for user in seers:
        answer = signed_in(user).get(address(decision))
        assert answer.content == selectors.pdf_of(decision)
        assert answer["Content-Type"] == "application/pdf"
        assert re.fullmatch(rf'attachment; filename="{decision.number}\.pdf"', answer["Content-Disposition"])
    others = [factory.person(), factory.person(Role.EDITOR), factory.person(Role.ARS_LEAD, of=factory.region("84"))]
    for user in others:
        assert signed_in(user).get(address(decision)).status_code == 404


def test_the_decisions_of_a_file_cost_one_query_more_than_the_scope(django_assert_max_num_queries):
    file = factory.application(State.VALIDATED)
    for _ in range(4):
        taken(file=file)
    user = factory.signatory(file)
    with django_assert_max_num_queries(4):
        assert len(selectors.decisions_of(file, user)) == 4
    assert list(selectors.decisions_of(file, factory.person(Role.EDITOR))) == []


def test_the_list_of_decisions_links_each_and_says_which_is_withdrawn(django_assert_num_queries):
    file = factory.application(State.VALIDATED)
    first = taken(file=file)
    services.withdraw(file, frozenset({Kind.VALIDATION}), by=lead(file), at=AT, reason="Pièce contestée")
    found = list(selectors.decisions_of(file, lead(file)))
    with django_assert_num_queries(0):
        html = render_to_string("decisions/list.html", {"decisions": found})
    assert address(first) in html
    assert "retirée" in html
    assert "Aucune décision" in render_to_string("decisions/list.html", {"decisions": []})


def test_the_candidate_finds_decisions_in_the_history_of_the_file(page, live_server):
    first = taken(file=factory.application(State.VALIDATED))
    services.withdraw(first.application, frozenset({Kind.VALIDATION}), by=first.signatory, at=AT, reason="Contestée")
    sign_in(page, live_server, factory.signatory(first.application))
    visit(page, live_server, reverse("candidate_history", args=[first.application.number]))
    assert page.locator(f'a[href="{address(first)}"]').count() == 1
    axe(page)
    screenshots(page, "candidate-decisions")
    with page.expect_download() as download:
        page.click(f'a[href="{address(first)}"]')
    assert download.value.suggested_filename == f"{first.number}.pdf"
