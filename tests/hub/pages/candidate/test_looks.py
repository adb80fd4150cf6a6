"""Every page of the candidate's space in a real browser: empty, full, refused; axe and 320 px; the keyboard alone."""

import re

import pytest
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import CorrectionKind
from rempart.hub.funding.applications.services import perform
from rempart.hub.funding.applications.services.archives import request_archive
from rempart.hub.funding.applications.services.conversation import send_message
from rempart.hub.funding.applications.services.costs import add_cost
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls import catalogue, services
from rempart.hub.territory.models import LegalEntity
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import at

NAMES = ("Valmont", "Brumelle", "Clairbois", "Haute-Lande", "Port-Sérac")


@pytest.fixture
def look(page, live_server):
    """Open a page as somebody, let axe judge it, keep its picture."""

    def see(path, name, user=None):
        if user is not None:
            sign_in(page, live_server, user)
        visit(page, live_server, path)
        axe(page)
        screenshots(page, f"candidate-{name}")
        return page

    return see


@pytest.fixture
def group(now):
    """A group in its operational phase under the second call, with proofs of every kind."""
    version = services.load_call(catalogue.read("D2-2025"), by=None, at=now)
    services.publish(version, by=None, at=now)
    file = files.application(State.OPERATIONAL, "ght", of=version.call)
    for name, entry in zip(NAMES, file.perimeter.order_by("id"), strict=True):
        LegalEntity.objects.filter(pk=entry.legal_entity_id).update(name=f"Centre hospitalier de {name} (fictif)")
    file.ght.name = "GHT des Deux Vallées (fictif)"
    file.ght.save()
    return file


def signatory_of(file):
    applicant = files.support_of(file.ght) if file.ght else file.applicant
    return files.person(Role.SIGNATORY, on=applicant, first_name="Camille", last_name="Rivière")


def test_the_space_without_any_file(look):
    look("/dossiers/", "space-empty", files.person(Role.EDITOR))


def test_the_space_without_a_role(look):
    look("/dossiers/", "space-no-role", files.person())


def test_the_space_with_files(look, group):
    support = files.support_of(group.ght)
    files.application(State.ARS_REVIEW, applicant=group.ght, of=factory.call())
    files.application(State.CLOSED, applicant=group.ght, of=factory.call())
    look(
        "/dossiers/", "space-full", files.person(Role.SIGNATORY, on=support, first_name="Camille", last_name="Rivière")
    )


def test_opening_a_file(look, now):
    call, entity = factory.call(), files.entity(sites=1)
    call.windows.filter(stage="application").update(closes_at=now.replace(month=12))
    look(reverse("candidate_open", args=[call.pk]), "open", files.person(Role.EDITOR, on=entity))
    look(reverse("candidate_open", args=[call.pk]), "open-none", files.person(Role.EDITOR, on=files.entity(status="x")))


def test_a_groups_file(look, group):
    page = look(at("file", group), "file-operational", signatory_of(group))
    assert "GHT des Deux Vallées" in page.inner_text("h1")
    look(at("print", group), "print")
    look(at("history", group), "history")


@pytest.mark.parametrize("state", [State.DRAFT, State.ARS_REVIEW, State.REFUSED, State.PAID])
def test_a_file_along_its_life(look, state):
    file = factory.application(state)
    look(at("file", file), f"file-{state}", signatory_of(file))


def test_a_file_with_a_correction(look, now):
    file = factory.application(State.ARS_REVIEW, created_at=now)
    file.save()
    agent = files.person(Role.ARS_INSTRUCTOR, of=file.region)
    asked = {"kind": CorrectionKind.INCOMPLETE, "requirements": ["T1.P1"], "due_at": now.replace(day=20)}
    perform(file, "request_correction", by=agent, at=now, reason="La politique n’est pas signée page 3.", **asked)
    user = signatory_of(file)
    look(at("file", file), "correction", user)
    look(at("act", file, "resubmit"), "act-resubmit")


def test_a_requirement_with_every_kind_of_proof(look, hospital):
    file, user = hospital.file, hospital.editor
    look(at("requirement", file, factory.MEASURE), "requirement-empty", user)
    factory.deposit(file, by=user)
    factory.challenge(file)
    factory.document(file, factory.MEASURE, "plan", dated=factory.AT.date(), signatory="Directeur général")
    look(at("requirement", file, factory.MEASURE), "requirement-full")


def test_a_groups_requirement_of_the_second_call(look, group):
    user = signatory_of(group)
    for code in ("D2.O1.C", "D2.O3.A"):
        look(at("requirement", group, code), f"requirement-{code}", user)


def test_a_refused_document_keeps_what_was_typed(look, page, hospital, tmp_path):
    look(at("requirement", hospital.file, factory.PAPER), "requirement-paper", hospital.editor)
    (tmp_path / "outil.exe").write_bytes(b"MZ\x00")
    page.set_input_files("input[name=file]", tmp_path / "outil.exe")
    page.fill("input[name=signatory]", "Directrice des soins")
    page.select_option("select[name=nature]", index=0)
    page.click("text=Déposer le document")
    assert page.input_value("input[name=signatory]") == "Directrice des soins"
    axe(page)
    screenshots(page, "candidate-requirement-refused")


def test_the_statement_and_the_payment(look, group, now):
    user = signatory_of(group)
    look(at("payment", group), "payment-empty", user)
    now = now.replace(month=9)
    add_cost(group, "Audit d’exposition", "F-2025-118", now.date(), 1_234_500, by=user, at=now)
    add_cost(group, "Coffre de sauvegarde immuable", "F-2025-231", now.date(), 4_800_000, by=user, at=now)
    look(at("payment", group), "payment-full")


def test_the_simulators(look, group):
    user = signatory_of(group)
    look(at("simulators", group), "simulators", user)
    members = [entry.legal_entity_id for entry in group.perimeter.order_by("-combined")][1:3]
    query = "&".join(f"covered={member}" for member in members)
    look(f"{at('simulators', group)}?{query}", "simulators-share")
    look(f"{at('simulators', group)}?first=2025-02-01&second=2025-03-10", "simulators-audits")
    look(f"{at('simulators', group)}?day=2025-03-01", "simulators-declare")


def test_the_calculator_answers_as_one_ticks(page, live_server, group):
    sign_in(page, live_server, signatory_of(group))
    visit(page, live_server, at("simulators", group))
    assert "n’est pas atteint" in page.inner_text("#coverage")
    for box in page.query_selector_all("input[name=covered]")[:2]:
        box.check()
    page.wait_for_selector("#coverage .badge.met")
    assert "70" in page.inner_text("#coverage")


def test_the_messages(look, hospital, now):
    file, user = hospital.file, hospital.editor
    look(at("messages", file), "messages-empty", user)
    agent = files.person(Role.ARS_INSTRUCTOR, of=file.region)
    send_message(file, "Le plan est-il commun aux deux sites ?", by=user, at=now)
    send_message(file, "Oui, si chaque site y est décrit.\nJoignez l’annexe.", by=agent, at=now)
    look(at("messages", file), "messages-full")


def test_the_archive(look, hospital, now):
    look(at("archive", hospital.file), "archive-empty", hospital.editor)
    request_archive(hospital.file, by=hospital.editor, at=now)
    look(at("archive", hospital.file), "archive-full")


def test_the_keys(look, hospital):
    look("/dossiers/cles/", "keys-empty", hospital.editor)
    factory.key(hospital.file.applicant)
    look("/dossiers/cles/", "keys-full")


def test_a_draft_is_submitted_with_the_keyboard_alone(page, live_server, time_machine):
    time_machine.move_to(files.DATES["submitted_at"])
    file = factory.application(State.DRAFT)
    files.ceiling(file.call, file.applicant)
    factory.document(file, "T1.P1", "pssi", dated=files.DATES["created_at"].date())
    sign_in(page, live_server, signatory_of(file))
    visit(page, live_server, at("file", file))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reach(page, "Relire et déposer")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("action/submit"))
    axe(page)
    screenshots(page, "candidate-act-submit")
    reach(page, "", role="checkbox")
    page.keyboard.press("Space")
    reach(page, "Déposer le dossier")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert.met")
    file.refresh_from_db()
    assert file.state == State.SUBMITTED


def reach(page, words, *, role=""):
    """Press Tab until the focus stands on what bears these words, or on a control of that type."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.innerText || '', document.activeElement.type || '']")
        if (role and found[1] == role) or (words and words in found[0]):
            return
    raise AssertionError(f"the keyboard never reaches {words or role}")
