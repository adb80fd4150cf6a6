from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.models import DocumentVersion, Judgement
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import proofs
from tests.hub.factories.accounts import a_region, give, person

pytestmark = pytest.mark.django_db


def address(file, rest=""):
    return f"/instruction/dossiers/{file.number}/{rest}"


@pytest.fixture
def file():
    made = proofs.application(State.ARS_CHECK)
    instruction.assess(made, at=proofs.AT)
    return made


def attest(file, **said):
    """Deposit an attestation when it is time, then put the file back where it stands."""
    stands = Application.objects.filter(pk=file.pk)
    kept = stands.values("state", "declared_at").get()
    stands.update(state=State.OPERATIONAL, declared_at=None)
    file.refresh_from_db()
    proofs.deposit(file, **said)
    stands.update(**kept)
    file.refresh_from_db()


@pytest.fixture
def instructor(file):
    return person(Role.ARS_INSTRUCTOR, region=file.region)


@pytest.fixture
def ars(signed_in, instructor):
    return signed_in(instructor)


PAGES = ["", "echanges/", "suivi/", "historique/", "actions/transmit/", "exigences/T1.O3/", "pieces/1/", "archives/1/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_sent_to_sign_in(client, file, page):
    assert client.get(address(file, page)).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_see_a_file_does_not_learn_that_it_is_there(signed_in, file, page):
    assert signed_in(person(Role.EDITOR, entity=file.legal_entity)).get(address(file, page)).status_code == 403
    stranger = signed_in(person(Role.ARS_LEAD, region=a_region("53", "Bretagne")))
    assert stranger.get(address(file, page)).status_code == 404
    both = person(Role.ARS_LEAD, region=file.region)
    give(both, Role.EDITOR, entity=file.legal_entity)
    assert signed_in(both).get(address(file, page)).status_code == 404


@pytest.mark.parametrize("page", ["", "echanges/", "suivi/", "historique/"])
@pytest.mark.parametrize("role", [Role.ARS_LEAD, Role.ANS_VERIFIER, Role.ANS_PAYER, Role.DNS_PILOT, Role.ADMINISTRATOR])
def test_each_page_answers_each_desk(signed_in, file, page, role):
    user = person(role, region=file.region if role == Role.ARS_LEAD else None)
    assert signed_in(user).get(address(file, page)).status_code == 200


def test_what_is_asked_stands_beside_what_was_brought(ars, file):
    attest(file)
    instruction.assess(file, at=proofs.AT)
    page = ars.get(address(file))
    lines = {line.asked.code: line for section in page.context["sections"] for line in section.lines}
    assert lines[proofs.MEASURE].attested[0].deposit.level == 3
    assert page.context["sections"][0].now
    assert "Télécharger l’attestation signée" in page.content.decode()
    kept = lines[proofs.MEASURE].attested[0].deposit
    answer = ars.get(address(file, f"attestations/{kept.pk}/"))
    assert answer.content == bytes(kept.content)
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("scan", "status"), [("clean", 200), ("infected", 404), ("error", 404)])
def test_only_what_the_antivirus_let_through_is_given(ars, file, scan, status):
    version = a_document(file, scan)
    answer = ars.get(address(file, f"pieces/{version.pk}/"))
    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer.streaming_content) == b"%PDF"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "no-store" in answer["Cache-Control"]
    other = proofs.application(State.ARS_CHECK, place=file.region)
    assert ars.get(address(other, f"pieces/{version.pk}/")).status_code == 404


def a_document(file, scan="clean"):
    version = proofs.document(file, proofs.PAPER)
    scanned = None if scan == "not_scanned" else datetime.now(UTC)
    DocumentVersion.objects.filter(pk=version.pk).update(scan=scan, scanned_at=scanned)
    if not default_storage.exists(version.path):
        default_storage.save(version.path, ContentFile(b"%PDF"))
    return version


def test_a_person_judges_with_a_reason(ars, file):
    a_document(file)
    where = address(file, f"exigences/{proofs.PAPER}/")
    assert ars.get(where).status_code == 200
    refused = ars.post(where, {"met": "0", "reason": ""})
    assert refused.status_code == 400
    assert "Dites pourquoi" in refused.content.decode()
    assert ars.post(where, {"met": "1", "reason": "Complet."}).status_code == 302
    judgement = Judgement.objects.get()
    assert (judgement.met, judgement.requirement) == (True, proofs.PAPER)
    assert "Complet." in ars.get(address(file)).content.decode()


def test_who_only_reads_judges_nothing(signed_in, file):
    client = signed_in(person(Role.DNS_PILOT))
    assert "Apprécier" not in client.get(address(file)).content.decode()
    assert client.post(address(file, f"exigences/{proofs.PAPER}/"), {"met": "1"}).status_code == 404
    assert not Judgement.objects.exists()


def test_each_action_says_what_stands_in_the_way_then_does_it(ars, file):
    where = address(file, "actions/transmit/")
    assert ars.get(where).status_code == 200
    assert ars.post(where, {"reason": ""}).status_code == 302
    file.refresh_from_db()
    assert file.state == State.ANS_REVIEW
    assert ars.get(where).status_code == 404
    again = ars.post(where, follow=True)
    assert "n’est plus possible" in again.content.decode()
    assert Event.objects.filter(application=file, action="transmit").count() == 1


def test_what_a_rule_forbids_is_refused_with_its_reason(signed_in, file):
    file = proofs.application(State.ANS_REVIEW)
    instruction.assess(file, at=proofs.AT)
    client = signed_in(person(Role.ANS_VERIFIER))
    where = address(file, "actions/validate_objectives/")
    assert "refusée en l’état" in client.get(where).content.decode()
    assert client.post(where, {"reason": ""}).status_code == 400
    file.refresh_from_db()
    assert file.state == State.ANS_REVIEW


def test_a_complement_says_of_what_kind_and_until_when(ars, file):
    where = address(file, "actions/request_correction/")
    assert ars.post(where, {"kind": "incomplete", "reason": ""}).status_code == 400
    due = (datetime.now(UTC) + timedelta(days=20)).date()
    asked = {"kind": "incomplete", "reason": "Il manque le plan.", "requirements": [proofs.PAPER], "due_on": f"{due}"}
    assert ars.post(where, asked).status_code == 302
    correction = file.corrections.get()
    assert (correction.message, correction.requirements) == ("Il manque le plan.", [proofs.PAPER])
    assert correction.due_at.date() == due
    assert "Il manque le plan." in ars.get(address(file, "echanges/")).content.decode()


def test_a_pilot_moves_nothing(signed_in, file):
    client = signed_in(person(Role.DNS_PILOT))
    assert client.get(address(file)).context["moves"] == ()
    assert client.get(address(file, "actions/transmit/")).status_code == 404
    client.post(address(file, "actions/transmit/"))
    file.refresh_from_db()
    assert file.state == State.ARS_CHECK


def test_a_recovery_is_at_most_what_was_paid(signed_in):
    file = proofs.application(State.CONTROLLED)
    client = signed_in(person(Role.ANS_PAYER))
    where = address(file, "actions/claim_recovery/")
    assert "Le plus petit du coût réel éligible" in client.get(where).content.decode()
    assert client.post(where, {"amount": "9 999 999", "reason": "Trop versé"}).status_code == 400
    assert client.post(where, {"amount": "1 000,50", "reason": "Trop versé"}).status_code == 302
    file.refresh_from_db()
    assert (file.state, file.recovery_cents) == (State.RECOVERY, 100_050)


def test_the_history_speaks_the_words_of_the_desk(ars, file):
    page = ars.get(address(file, "historique/"))
    assert "Vérification commencée" in page.content.decode()
    assert page.context["perimeter"][0].share is not None


@pytest.mark.parametrize("page", ["", "echanges/", "suivi/", "historique/"])
def test_a_page_costs_the_same_whatever_the_file_holds(ars, file, page):
    costs = []
    for _round in range(2):
        for _ in range(3):
            a_document(file)
            attest(file, snapshot=f"{DocumentVersion.objects.count():064d}")
        with CaptureQueriesContext(connection) as asked:
            assert ars.get(address(file, page)).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert costs[0] <= 45


@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well(page, live_server, file, instructor):
    attest(file)
    a_document(file)
    a_document(file, "not_scanned")
    instruction.assess(file, at=proofs.AT)
    sign_in(page, live_server, instructor)
    for rest, name in (
        ("", "file"),
        ("echanges/", "file-talk"),
        ("suivi/", "file-work"),
        ("historique/", "file-history"),
        ("actions/request_correction/", "file-correction"),
        ("actions/transmit/", "file-action"),
        (f"exigences/{proofs.PAPER}/", "file-judge"),
    ):
        visit(page, live_server, address(file, rest))
        axe(page)
        screenshots(page, name)
