"""The rules a file follows beside those in force, as the applicant and as those who instruct read them."""

import re
from datetime import timedelta

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.compare import FieldChange
from rempart.hub.funding.proofs import instruction
from rempart.hub.pages.public.templatetags.differences import words_after, words_before
from rempart.measurement.text import Text
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.pages.candidate.conftest import as_person, at, draft

pytestmark = pytest.mark.django_db


def newer_rules(file, **fields):
    """Publish a version that asks for level 4, no plan, a later desk and more money."""
    content = file.version.content.replace("level = 3, max_age_days = 60", "level = 4, max_age_days = 30")
    content = content.replace('code = "T1.O3"', 'code = "T1.O6"').replace("2024-04-19", "2024-05-03")
    content = content.replace("envelope_cents = 6500000000", "envelope_cents = 7000000000")
    values = {"published_at": factory.AT - timedelta(days=1), **fields}
    return files.version(file.call, file.version.number + 1, content, **values)


def test_nobody_and_a_stranger_are_kept_out(client):
    file, _ = draft()
    assert client.get(at("rules", file)).status_code == 302
    assert as_person(files.person(Role.EDITOR)).get(at("rules", file)).status_code == 404


def test_a_file_that_follows_the_rules_in_force_has_nothing_to_compare():
    file, client = draft()
    said = client.get(at("rules", file)).content.decode()
    assert "Aucune autre version à comparer" in said
    assert client.get(f"{at('rules', file)}?version=7").status_code == 404
    assert "L’appel a changé" not in client.get(at("file", file)).content.decode()


def test_the_difference_is_told_in_words_side_by_side():
    file, client = draft()
    newer_rules(file)
    assert "L’appel a changé" in client.get(at("file", file)).content.decode()
    said = re.sub("</?(del|ins)>", "", client.get(at("rules", file)).content.decode())
    for words in (
        "niveau 3",
        "niveau 4",
        "19 avril 2024",
        "3 mai 2024",
        "70\u202f000\u202f000,00",
        "ajouté",
        "retiré",
    ):
        assert words in said, words
    assert "kind =" not in said


def test_only_the_words_that_change_are_marked():
    before, after = (Text(fr=f"au plus {days} jours avant la déclaration", en="a") for days in (60, 30))
    field = FieldChange("rule", before, before, after)
    marked = [[(piece.text, piece.changed) for piece in side(field)] for side in (words_before, words_after)]
    assert marked[0] == [("au plus ", False), ("60", True), (" jours avant la déclaration", False)]
    assert marked[1] == [("au plus ", False), ("30", True), (" jours avant la déclaration", False)]
    other = FieldChange("rule", before, before, Text(fr="Décrivez le plan.", en="c"))
    assert [piece.text for piece in words_before(other)] == ["au plus 60 jours avant la déclaration"]


def test_what_the_proofs_would_be_worth_is_told_before_moving(hospital):
    file = hospital.file
    factory.deposit(file, by=hospital.editor)
    newer_rules(file)
    context = hospital.client.get(at("rules", file)).context
    changed = {one.code: (one.now and one.now.value, one.then and one.then.value) for one in context["verdicts"]}
    assert changed == {"T1.O2": ("met", "unmet"), "T1.O3": ("missing", None), "T1.O6": (None, "missing")}


def test_a_draft_follows_the_new_rules_then_goes_back_and_each_is_named_and_judged():
    file, client = draft()
    instruction.assess(file, at=factory.AT)
    first, second = file.version, newer_rules(file)
    assert client.post(at("rules", file)).status_code == 302
    file.refresh_from_db()
    assert file.version == second
    assert set(file.assessments.values_list("requirement", flat=True)) >= {"T1.O6"}
    event = file.events.latest("pk")
    assert (event.reason, event.actor_id) == ("v2 → v3.", int(client.session["_auth_user_id"]))
    back = client.get(at("rules", file))
    assert back.context["back"]
    assert client.post(f"{at('rules', file)}?version={first.number}").status_code == 302
    file.refresh_from_db()
    assert file.version == first


def test_once_submitted_the_applicant_reads_and_the_region_decides(hospital):
    file = hospital.file
    newer_rules(file)
    answer = hospital.signs.get(at("rules", file))
    assert not answer.context["may_move"]
    assert "ne dépend plus de vous" in answer.content.decode()
    assert hospital.signs.post(at("rules", file)).status_code == 422
    page = f"/instruction/dossiers/{file.number}/regles/"
    instructor = as_person(files.person(Role.ARS_INSTRUCTOR, of=file.region))
    assert "Un responsable de l’ARS" in instructor.get(page).content.decode()
    assert instructor.post(page, {"reason": "?"}).status_code == 400
    lead = as_person(files.person(Role.ARS_LEAD, of=file.region))
    assert "est en vigueur" in lead.get(f"/instruction/dossiers/{file.number}/").content.decode()
    assert lead.post(page, {"reason": ""}).status_code == 400
    assert lead.post(page, {"reason": "Règle corrigée."}).status_code == 302
    file.refresh_from_db()
    assert file.version.number == 3


def test_a_paid_file_keeps_its_rules(hospital):
    file = factory.application(State.PAID, applicant=hospital.file.applicant)
    newer_rules(file)
    assert "L’appel a changé" not in hospital.client.get(at("file", file)).content.decode()
    assert hospital.signs.post(at("rules", file)).status_code == 422


def test_the_pages_read_well(page, live_server):
    file, _ = draft()
    sign_in(page, live_server, files.signatory(file))
    visit(page, live_server, at("rules", file))
    axe(page)
    screenshots(page, "candidate-rules-empty")
    newer_rules(file)
    factory.document(file, "T1.P1", "pssi", dated=factory.AT.date())
    for name, path in (("rules", at("rules", file)), ("rules-file", at("file", file))):
        visit(page, live_server, path)
        axe(page)
        screenshots(page, f"candidate-{name}")
    given = factory.application(State.ARS_REVIEW, of=file.call, version=file.version)
    sign_in(page, live_server, files.person(Role.ARS_LEAD, of=given.region))
    visit(page, live_server, f"/instruction/dossiers/{given.number}/regles/")
    axe(page)
    screenshots(page, "instruction-rules")
