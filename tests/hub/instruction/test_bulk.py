import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Event
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.ledger.selectors import balances
from rempart.hub.funding.proofs import instruction
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories import applications, proofs
from tests.hub.factories.accounts import a_region, person

pytestmark = pytest.mark.django_db
VALIDATE = "/instruction/lots/validate/"


@pytest.fixture
def call():
    return proofs.call()


@pytest.fixture
def normandy():
    return applications.region("28")


def ready(call, **fields):
    """A file whose only prerequisite is met."""
    file = proofs.application(State.ARS_REVIEW, of=call, **fields)
    proofs.document(file, proofs.PREREQUISITE, "pssi")
    instruction.assess(file, at=proofs.AT)
    return file


@pytest.fixture
def lead(normandy):
    return person(Role.ARS_LEAD, region=normandy)


@pytest.fixture
def ars(signed_in, lead):
    return signed_in(lead)


def test_a_visitor_and_a_stranger_decide_nothing(client, signed_in):
    assert client.get(VALIDATE).status_code == 302
    for role in (Role.EDITOR, Role.ANS_VERIFIER, Role.DNS_PILOT):
        assert signed_in(person(role)).get(VALIDATE).status_code == 403
    assert signed_in(person(Role.ARS_LEAD)).get("/instruction/lots/refuse/").status_code == 404


def test_only_green_files_of_the_region_are_listed(ars, call):
    green = ready(call)
    ready(call, place=a_region("53", "Bretagne"))
    orange = proofs.application(State.ARS_REVIEW, of=call)
    instruction.assess(orange, at=proofs.AT)
    page = ars.get(VALIDATE)
    assert [file.number for file, _counts in page.context["rows"]] == [green.number]


def test_an_empty_list_says_how_files_come_there(ars):
    assert "Aucun dossier n’est au vert" in ars.get(VALIDATE).content.decode()


def test_the_recapitulation_weighs_the_choice_against_the_envelope(ars, call):
    applications.envelope(call, 100_000_000)
    files = [ready(call) for _ in range(2)]
    page = ars.post(VALIDATE, {"file": [file.pk for file in files]})
    assert page.context["total"] == 2 * applications.CEILING
    assert page.context["totals"][0].fits
    assert {one.state for one in type(files[0]).objects.all()} == {State.ARS_REVIEW}
    assert ars.post(VALIDATE).status_code == 400


def test_the_decision_is_signed_and_each_file_has_its_own(ars, call, lead):
    applications.envelope(call, 100_000_000)
    files = [ready(call) for _ in range(3)]
    chosen = {"file": [file.pk for file in files[:2]], "step": "decide"}
    assert ars.post(VALIDATE, chosen).status_code == 400, "nobody signed"
    page = ars.post(VALIDATE, {**chosen, "mine": "1"})
    assert len(page.context["done"]) == 2
    assert [type(file).objects.get(pk=file.pk).state for file in files] == ["validated", "validated", "ars_review"]
    assert set(Event.objects.filter(action="validate").values_list("actor", flat=True)) == {lead.pk}
    assert balances(call).committed == 2 * applications.CEILING
    again = ars.post(VALIDATE, {**chosen, "mine": "1"})
    assert again.status_code == 400
    assert Event.objects.filter(action="validate").count() == 2


def test_what_the_envelope_cannot_bear_is_refused_by_name_and_nothing_is_half_done(ars, call):
    applications.envelope(call, applications.CEILING + 1)
    first, second = ready(call), ready(call)
    recap = ars.post(VALIDATE, {"file": [first.pk, second.pk]})
    assert "ne suffit pas pour tous" in recap.content.decode()
    page = ars.post(VALIDATE, {"file": [first.pk, second.pk], "step": "decide", "mine": "1"})
    assert [one.file.number for one in page.context["done"]] == [first.number]
    assert [(one.file.number, one.refusal.code) for one in page.context["refused"]] == [
        (second.number, "envelope_exhausted")
    ]
    second.refresh_from_db()
    assert second.state == State.ARS_REVIEW
    assert not Event.objects.filter(application=second, action="validate").exists()
    assert balances(call).available == 1


def test_a_tick_on_what_is_no_longer_green_decides_nothing(ars, call):
    applications.envelope(call, 100_000_000)
    file, stranger = ready(call), ready(call, place=a_region("53", "Bretagne"))
    file.assessments.filter(prerequisite=True).update(outcome="to_review")
    page = ars.post(VALIDATE, {"file": [file.pk, stranger.pk, "x", "9" * 30], "step": "decide", "mine": "1"})
    assert page.status_code == 400
    assert not Event.objects.filter(action="validate").exists()


def test_the_nation_decides_of_the_objectives(signed_in, call):
    file = proofs.application(State.ANS_REVIEW, of=call)
    proofs.prove(file)
    file.assessments.all().delete()
    instruction.assess(file, at=proofs.AT)
    file.assessments.update(outcome="met")
    client = signed_in(person(Role.ANS_VERIFIER))
    page = client.get("/instruction/lots/validate_objectives/")
    assert [one.number for one, _counts in page.context["rows"]] == [file.number]


@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well(page, live_server, call, lead):
    applications.envelope(call, applications.CEILING * 3 + 1)
    for _ in range(4):
        ready(call)
    sign_in(page, live_server, lead)
    visit(page, live_server, VALIDATE)
    axe(page)
    screenshots(page, "bulk-list")
    page.get_by_role("button", name="Voir le récapitulatif").click()
    page.get_by_text("Récapitulatif avant décision").wait_for()
    axe(page)
    screenshots(page, "bulk-recap")
    page.get_by_label("je décide pour").check()
    page.get_by_role("button", name="Valider").click()
    page.get_by_text("3 dossiers décidés").wait_for()
    axe(page)
    screenshots(page, "bulk-done")
    visit(page, live_server, VALIDATE)
    page.get_by_label("Choisir le dossier").uncheck()
    page.get_by_role("button", name="Voir le récapitulatif").click()
    page.get_by_text("Cochez au moins un dossier").wait_for()
    axe(page)
