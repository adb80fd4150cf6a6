"""One file from its first draft to its payment, each act done by its own person through the pages they have."""

import re
from datetime import UTC, datetime, timedelta

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.funding.proofs.models import Deposit
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import sign
from rempart.proof.keys import create_key, load_signer, read_public_key
from rempart.proof.receipt import verify_receipt
from tests.hub.factories import applications as files
from tests.hub.factories import proofs
from tests.hub.journeys.conftest import JUDGED, MEASURED, POLICY

SPENT_CENTS = 4_800_000
DAYS = {name.removesuffix("_at"): moment for name, moment in files.DATES.items()}
DEPOSITED = datetime(2025, 3, 10, 9, tzinfo=UTC)
CHECKED, TRANSMITTED = datetime(2025, 4, 7, 9, tzinfo=UTC), datetime(2025, 4, 14, 9, tzinfo=UTC)


def test_a_file_goes_from_its_draft_to_its_payment(seat, scene, tmp_path):
    apply_with_a_complement(seat, scene)
    measure_and_declare(seat, scene, tmp_path)
    check_and_validate(seat, scene)
    pay(seat, scene)
    keep_the_traces(seat, scene)


def apply_with_a_complement(seat, scene):
    """The draft, its policy, the complement that the agency asks, the decision, the convention."""
    seat.sits(scene.editor, at=DAYS["created"], path="/dossiers/").follows("Ouvrir un dossier")
    seat.presses("Ouvrir le dossier").is_told_it_is_done()
    deposit_document(seat, POLICY, "politique.pdf", nature="pssi")
    at_file(seat, scene.signatory, DAYS["submitted"]).follows("Relire et déposer")
    certify(seat, "Déposer le dossier")
    assert state() == State.SUBMITTED

    at_desk(seat, scene.instructor, DAYS["submitted"] + timedelta(days=3)).does("Commencer l’instruction")
    seat.follows("Demander un complément")
    seat.page.locator("[name=kind]").first.check()
    seat.page.check(f"[name=requirements][value='{POLICY}']")
    seat.page.fill("[name=reason]", "La politique n’est pas signée page 3.")
    seat.presses("Demander un complément").is_told_it_is_done()

    at_file(seat, scene.editor, DAYS["submitted"] + timedelta(days=9)).reads("La politique n’est pas signée page 3.")
    deposit_document(seat, POLICY, "politique-signee.pdf", nature="pssi")
    at_file(seat, scene.editor).follows("Répondre au complément")
    seat.presses("Renvoyer le dossier complété").is_told_it_is_done()
    assert state() == State.ARS_REVIEW

    at_desk(seat, scene.instructor, DAYS["validated"]).does("Valider la candidature")
    assert balances(scene.call).committed == files.CEILING
    at_desk(seat, scene.verifier, DAYS["operational"]).does("Enregistrer la convention signée")
    assert state() == State.OPERATIONAL


def measure_and_declare(seat, scene, tmp_path):
    """The key, the challenge that the page shows, the attestation that answers it, the declaration."""
    create_key(tmp_path / "cle-valmont")
    seat.sits(scene.editor, at=DEPOSITED, path="/dossiers/cles/")
    seat.page.fill("[name=label]", "poste d’audit")
    seat.page.set_input_files("[name=file]", tmp_path / "cle-valmont.pub")
    seat.presses("Enregistrer la clé").is_told_it_is_done()

    at_requirement(seat, MEASURED).presses("Demander un défi").is_told_it_is_done()
    command = seat.page.inner_text("code.command")
    finess, challenge = re.search(r"--finess (\S+) --challenge (\S+)", command).groups()
    report = proofs.report(taken_at=DEPOSITED - timedelta(days=1))
    signed = sign(Attestation.of(report, finess=finess, challenge=challenge), load_signer(tmp_path / "cle-valmont"))
    seat.page.set_input_files("[name=attestation]", file_of("attestation.json", signed, "application/json"))
    seat.presses("Déposer l’attestation").is_told_it_is_done()
    assert bytes(Deposit.objects.get().content) == signed

    deposit_document(seat, JUDGED, "plan.pdf", nature="plan")
    at_file(seat, scene.signatory, DAYS["declared"]).follows("Relire et déclarer")
    certify(seat, "Déclarer les objectifs atteints")
    assert state() == State.DECLARED


def check_and_validate(seat, scene):
    """The agency checks and judges what no rule can, then the ANS validates."""
    at_desk(seat, scene.instructor, CHECKED).does("Commencer la vérification")
    seat.follows(f"Apprécier {JUDGED}")
    seat.page.check("[name=met][value='1']")
    seat.presses("Enregistrer l’appréciation").is_told_it_is_done()
    at_desk(seat, scene.instructor, TRANSMITTED).does("Transmettre à l’ANS")
    at_desk(seat, scene.verifier, DAYS["objectives_met"]).does("Valider les objectifs")
    assert state() == State.OBJECTIVES_MET


def pay(seat, scene):
    """The statement, the request, the payment: the smaller of the costs and the ceiling."""
    at_file(seat, scene.signatory, DAYS["payment_requested"]).follows("Préparer le bilan financier")
    cost = {"label": "Audit et coffre", "reference": "F-2025-1", "spent_on": "2025-01-15", "cents": "48 000,00"}
    for name, value in cost.items():
        seat.page.fill(f"[name={name}]", value)
    seat.presses("Ajouter au bilan").is_told_it_is_done()
    seat.follows("Demander le paiement")
    certify(seat, "Demander le paiement")
    at_desk(seat, scene.payer, DAYS["paid"]).does("Enregistrer le paiement")
    assert state() == State.PAID
    money = balances(scene.call)
    assert (money.committed, money.paid) == (0, SPENT_CENTS)


def keep_the_traces(seat, scene):
    """The applicant reads that they are paid, and keeps each decision and the receipt of the measure."""
    at_file(seat, scene.editor).reads("Payé").reads("payé le 12 décembre 2025")
    names = seat.page.get_by_role("link", name=re.compile("Télécharger la décision")).all_inner_texts()
    assert len(names) == 4, names
    for name in names:
        assert seat.downloads(name.strip()).startswith(b"%PDF-"), name
    at_requirement(seat, MEASURED)
    receipt = verify_receipt(seat.downloads("Reçu signé"), [key_of_the_hub(seat)])
    receipt.check(bytes(Deposit.objects.get().content))
    seat.goes(f"/dossiers/{number()}/paiement/").reads("48 000,00 €")


def key_of_the_hub(seat):
    """The key that anyone downloads to verify a receipt."""
    return read_public_key(seat.page.request.get(f"{seat.server.url}/cle-du-hub.pub").body())


def number() -> str:
    return Application.objects.get().number


def state() -> str:
    return Application.objects.get().state


def at_file(seat, person, at=None):
    """Let the applicant come to their file from their space."""
    title = "Appel de test"
    seat.sits(person, at=at, path="/dossiers/")
    if seat.page.get_by_role("link", name=title, exact=True).count():
        return seat.follows(title)
    return seat.follows(number())


def at_desk(seat, person, at=None):
    """Let who instructs come to the file from their queue."""
    return seat.sits(person, at=at, path="/instruction/dossiers/").follows("Centre hospitalier de Valmont")


def at_requirement(seat, code):
    return seat.goes(f"/dossiers/{number()}/preuves/{code}/")


def deposit_document(seat, code, name, *, nature):
    at_requirement(seat, code)
    form = seat.page.locator("form[action$='/document/']")
    if form.locator("select[name=nature]").count():
        form.locator("[name=nature]").select_option(nature)
    form.locator("[name=file]").set_input_files(file_of(name, proofs.pdf(name.encode()).read(), "application/pdf"))
    seat.presses("Déposer le document").is_told_it_is_done().reads(name)


def certify(seat, button):
    seat.page.check("[name=certified]")
    seat.presses(button).is_told_it_is_done()


def file_of(name, content, kind):
    """A file as the browser's own picker gives it."""
    return {"name": name, "mimeType": kind, "buffer": content}
