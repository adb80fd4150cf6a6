import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs.models import Challenge, Deposit, DocumentVersion, OutsideResult, ScanState
from tests.hub.factories import accounts
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at, draft

pytestmark = pytest.mark.django_db


def upload(name="plan.pdf", content=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or factory.pdf().read(), content_type="application/pdf")


def typed(**fields):
    return {"nature": "plan", "dated": "2025-01-10", "signatory": "directeur", **fields}


def test_a_stranger_finds_nothing_and_adds_nothing(hospital):
    stranger = as_person(files.person(Role.EDITOR))
    assert stranger.get(at("requirement", hospital.file, factory.PAPER)).status_code == 404
    sent = stranger.post(at("add_document", hospital.file, factory.PAPER), typed(file=upload()))
    assert sent.status_code == 404
    assert not DocumentVersion.objects.exists()


def test_an_objective_that_the_call_has_not_is_not_there(hospital):
    assert hospital.client.get(at("requirement", hospital.file, "T9.X")).status_code == 404


def test_a_page_says_what_is_asked_and_what_lacks(hospital):
    said = hospital.client.get(at("requirement", hospital.file, factory.MEASURE)).content.decode()
    for words in ("Niveau 3.", "Comment c’est jugé", "Aucune preuve pour l’instant", "Il manque une preuve"):
        assert words in said


def test_a_document_is_deposited_with_its_date_and_its_receipt(hospital):
    answer = hospital.client.post(at("add_document", hospital.file, factory.PAPER), typed(file=upload()), follow=True)
    version = DocumentVersion.objects.get()
    said = answer.content.decode()
    assert "«\u00a0plan.pdf\u00a0» est déposé" in said
    assert "datée du 10 janvier 2025" in said
    assert at("receipt", hospital.file, version.receipt.pk) in said


def test_a_refused_document_says_why_and_keeps_what_was_typed(hospital):
    sent = typed(file=upload("virus.exe", b"MZ\x00\x01"), signatory="le directeur")
    answer = hospital.client.post(at("add_document", hospital.file, factory.PAPER), sent)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Ce type de fichier n’est pas accepté." in said
    assert 'value="le directeur"' in said
    assert "Votre saisie est gardée" in said
    assert not DocumentVersion.objects.exists()


def test_a_document_dated_tomorrow_is_refused_with_its_reason(hospital):
    answer = hospital.client.post(
        at("add_document", hospital.file, factory.PAPER), typed(file=upload(), dated="2030-01-01")
    )
    assert "n’est pas encore arrivée" in answer.content.decode()


def test_a_newer_version_counts_and_the_older_one_is_kept(hospital):
    hospital.client.post(at("add_document", hospital.file, factory.PAPER), typed(file=upload()))
    piece = DocumentVersion.objects.get().document
    address = at("renew_document", hospital.file, factory.PAPER, piece.pk)
    assert hospital.client.get(address).status_code == 200
    answer = hospital.client.post(address, {"file": upload(content=factory.pdf(b"v2").read())}, follow=True)
    assert [version.number for version in piece.versions.order_by("number")] == [1, 2]
    assert "Versions d’avant" in answer.content.decode()


def test_a_document_put_there_by_mistake_is_withdrawn(hospital):
    hospital.client.post(at("add_document", hospital.file, factory.PAPER), typed(file=upload()))
    piece = DocumentVersion.objects.get().document
    answer = hospital.client.post(at("withdraw_document", hospital.file, factory.PAPER, piece.pk), follow=True)
    assert "Aucune preuve pour l’instant" in answer.content.decode()
    again = hospital.client.post(at("withdraw_document", hospital.file, factory.PAPER, piece.pk))
    assert again.status_code == 404


def test_a_document_is_sent_as_an_attachment_to_its_own_people_only(hospital):
    hospital.client.post(at("add_document", hospital.file, factory.PAPER), typed(file=upload()))
    address = at("document", hospital.file, DocumentVersion.objects.get().pk)
    answer = hospital.client.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert as_person(files.person(Role.EDITOR)).get(address).status_code == 404


@pytest.mark.parametrize(
    ("scan", "said"), [(ScanState.INFECTED, "quarantaine"), (ScanState.NOT_SCANNED, "attend l’antivirus")]
)
def test_a_document_the_antivirus_did_not_clear_stays_closed(hospital, settings, scan, said):
    settings.CLAMD = "tcp://127.0.0.1:9"
    fields = {"scanned_at": factory.AT, "finding": "Eicar"} if scan is ScanState.INFECTED else {}
    version = factory.document(hospital.file, scan=scan, **fields)
    answer = hospital.client.get(at("document", hospital.file, version.pk))
    assert answer.status_code == 409
    assert said in answer.content.decode()


def test_a_challenge_gives_the_exact_command(hospital):
    entity = hospital.file.applicant
    answer = hospital.client.post(at("challenge", hospital.file, factory.MEASURE), {"member": entity.pk}, follow=True)
    value = Challenge.objects.get().value
    said = answer.content.decode()
    assert f"--finess {entity.pk} --challenge {value}" in said
    assert "pas encore de clé enregistrée" in said


def test_a_challenge_may_be_asked_for_one_site(hospital):
    site = hospital.file.applicant.sites.first()
    hospital.client.post(at("challenge", hospital.file, factory.MEASURE), {"member": site.pk})
    assert Challenge.objects.get().site == site


def answered(hospital, **said) -> bytes:
    entity = hospital.file.applicant
    factory.catalogue()
    factory.key(entity)
    hospital.client.post(at("challenge", hospital.file, factory.MEASURE), {"member": entity.pk})
    return factory.attestation(Challenge.objects.get(), **said)


def send(hospital, content: bytes, **fields):
    sent = {"attestation": io.BytesIO(content), **fields}
    return hospital.client.post(at("attestation", hospital.file, factory.MEASURE), sent, follow=True)


def test_an_attestation_is_verified_and_judged_at_once(hospital):
    answer = send(hospital, answered(hospital))
    said = answer.content.decode()
    assert "Attestation vérifiée et déposée\u00a0: niveau 3" in said
    assert answer.context["item"].verdict.outcome == "met"
    assert Deposit.objects.get().deposited_by == hospital.editor
    assert "Reçu signé" in said


def test_a_tampered_attestation_is_refused_and_one_is_told_what_to_do(hospital):
    content = answered(hospital)
    answer = send(hospital, content.replace(b'"payload":"', b'"payload":"AAAA', 1))
    assert answer.status_code == 422
    assert not Deposit.objects.exists()
    assert "alert bad" in answer.content.decode()


def test_the_attestation_of_another_hospital_is_refused(hospital):
    answered(hospital)
    other = factory.application(of=hospital.file.call)
    factory.key(other.applicant)
    answer = send(hospital, factory.attestation(factory.challenge(other)))
    assert "pour un autre établissement ou pour un autre dossier" in answer.content.decode()


def test_a_stale_measure_is_refused(hospital):
    old = factory.AT.replace(year=2024, month=5)
    assert "trop ancienne" in send(hospital, answered(hospital, taken_at=old)).content.decode()


def test_in_a_draft_prerequisites_take_proofs_and_objectives_do_not():
    file, client = draft()
    assert client.get(at("requirement", file, factory.PREREQUISITE)).context["may_add"]
    closed = client.get(at("requirement", file, factory.MEASURE))
    assert not closed.context["may_add"]
    assert "Pas de dépôt en ce moment" in closed.content.decode()


def test_a_proof_sent_to_a_closed_step_is_refused_without_losing_the_page():
    file, client = draft()
    answer = client.post(at("add_document", file, factory.PAPER), typed(file=upload()))
    assert answer.status_code == 422
    assert "ne reçoit pas de preuve en ce moment" in answer.content.decode()


@pytest.fixture
def scored(hospital):
    call = hospital.file.call
    rule = (
        'code = "T1.O9"\ntitle = { fr = "Score", en = "Score" }\ntarget = { fr = "Score 3.", en = "Score 3." }\n'
        'rule = { kind = "outside_result", service = "ads", level = 3, max_age_days = 60 }\n'
    )
    content = files.DEFINITION.format(code=call.pk, envelope=6_500_000_000, more="") + f"[[objectives]]\n{rule}"
    hospital.file.version = files.version(call, 3, content)
    hospital.file.save()
    return hospital


def test_an_outside_result_is_typed_in_with_its_report(scored):
    sent = {"service": "ads", "level": "3", "taken_on": "2025-01-20", "file": upload("ads.pdf")}
    answer = scored.client.post(at("add_outside", scored.file, "T1.O9"), sent, follow=True)
    result = OutsideResult.objects.get()
    assert (result.level, result.document.versions.get().original_name) == (3, "ads.pdf")
    assert "À relire par un instructeur" in answer.content.decode()
    scored.client.post(at("withdraw_outside", scored.file, "T1.O9", result.pk))
    result.refresh_from_db()
    assert result.withdrawn_at is not None


def test_a_level_that_cannot_be_is_refused(scored):
    sent = {"service": "ads", "level": "0", "taken_on": "2025-01-20"}
    assert scored.client.post(at("add_outside", scored.file, "T1.O9"), sent).status_code == 422
    assert not OutsideResult.objects.exists()


def test_once_declared_the_page_is_read_only():
    file = factory.application(State.DECLARED)
    client = as_person(files.person(Role.EDITOR, on=file.applicant))
    said = client.get(at("requirement", file, factory.MEASURE)).content.decode()
    assert "Déposer un document" not in said
    assert "Demander un défi" not in said


def test_the_support_of_a_group_is_told_which_members_prove_their_own_part():
    file = factory.application(kind="ght")
    support = files.support_of(file.ght)
    client = as_person(files.person(Role.EDITOR, on=support))
    field = client.get(at("requirement", file, factory.PAPER)).context["document_form"].fields["members"]
    assert [finess for finess, _name in field.choices] == [support.pk]
    assert "délégation" in str(field.help_text)
    member = file.ght.memberships.filter(role="M").first().legal_entity
    accounts.delegation(file.ght, member, files.person(Role.SIGNATORY, on=member))
    field = client.get(at("requirement", file, factory.PAPER)).context["document_form"].fields["members"]
    assert {finess for finess, _name in field.choices} == {support.pk, member.pk}
