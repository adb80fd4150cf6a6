"""The pilot of the ministry looks at everything and moves nothing; an agency sees its own region only."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import TABLE
from tests.hub.factories import applications as files
from tests.hub.journeys.conftest import plain

LATER = files.DATES["paid_at"]
STATES = (State.ARS_REVIEW, State.OPERATIONAL, State.ANS_REVIEW, State.PAYMENT_REQUESTED)


@pytest.fixture
def country(scene):
    """Files of one call in two regions, one in each state where somebody has to act."""
    call = scene.call
    for code, states in (("28", STATES), ("53", (State.PAID,))):
        for state in states:
            entity = files.entity(files.region(code), sites=1)
            files.application(state, of=call, applicant=entity)
    return scene


def test_the_pilot_reads_the_figures_and_narrows_them(seat, country):
    seat.sits(country.pilot, at=LATER, path="/").follows("Pilotage")
    assert submitted(seat) == 5
    seat.page.locator("[name=region]").select_option("53")
    seat.presses("Filtrer").reads("Région 53")
    assert submitted(seat) == 1
    seat.goes(f"/pilotage/{country.call.pk}/?region=28").reads("Région 28")
    assert submitted(seat) == 4
    only_filters(seat)


def test_the_pilot_finds_no_action_on_any_file(seat, country):
    seat.sits(country.pilot, at=LATER, path="/instruction/dossiers/").reads("5 dossiers")
    buttons = {str(row.button) for row in TABLE} | {"Apprécier"}
    for file in Application.objects.order_by("number"):
        seat.goes(f"/instruction/dossiers/{file.number}/").reads(file.applicant.name)
        offered = seat.page.locator("main").get_by_role("link").or_(seat.page.locator("main").get_by_role("button"))
        words = {plain(said).strip() for said in offered.all_inner_texts()}
        assert not {word for word in words for button in buttons if word.startswith(button)}, file.state
        for row in TABLE:
            if file.state in row.sources:
                answer = seat.page.request.get(
                    f"{seat.server.url}/instruction/dossiers/{file.number}/actions/{row.action}/"
                )
                assert answer.status == 404, (file.state, row.action)


def test_the_pilot_asks_for_an_export_and_gets_what_the_filter_left(seat, country, run_jobs):
    seat.sits(country.pilot, at=LATER, path="/instruction/dossiers/?region=53").reads("1 dossier")
    seat.follows("Exporter cette liste")
    seat.page.locator("[name=format]").select_option("csv")
    seat.presses("Préparer l’export").is_told_it_is_done().reads("en attente")
    run_jobs()
    expect(seat.page.get_by_role("link", name=re.compile("Télécharger"))).to_be_visible(timeout=10_000)
    rows = list(csv.reader(io.StringIO(seat.downloads("Télécharger").decode("utf-8-sig"))))
    paid = Application.objects.get(state=State.PAID)
    assert len(rows) == 2
    assert paid.number in rows[1]


def test_nobody_else_opens_the_pilots_export(seat, country, run_jobs):
    seat.sits(country.pilot, at=LATER, path="/exports/nouveau/files/")
    seat.presses("Préparer l’export").is_told_it_is_done()
    run_jobs()
    address = seat.goes("/exports/").page.get_by_role("link", name=re.compile("Télécharger")).get_attribute("href")
    seat.sits(country.verifier, path="/exports/").reads("Aucun export pour l’instant")
    assert seat.page.request.get(seat.server.url + address).status == 404


def test_an_agency_of_another_region_finds_nothing(seat, country):
    file = Application.objects.get(state=State.ARS_REVIEW)
    seat.sits(country.stranger, at=LATER, path="/instruction/dossiers/").reads("1 dossier")
    assert file.number not in seat.page.inner_text("main")
    for page in ("", "historique/", "echanges/", "suivi/", "actions/validate/", "exigences/T1.O1/"):
        answer = seat.page.goto(f"{seat.server.url}/instruction/dossiers/{file.number}/{page}")
        assert answer.status == 404, page
    seat.goes(f"/pilotage/{country.call.pk}/").reads("Région 53")
    assert submitted(seat) == 1
    assert seat.page.request.get(f"{seat.server.url}/pilotage/{country.call.pk}/?region=28").status == 404


def submitted(seat) -> int:
    """How many files the funnel says were submitted."""
    row = seat.page.get_by_role("table", name="Dossiers par étape").get_by_role("row").filter(has_text="Déposés")
    return int(row.get_by_role("cell").first.inner_text())


def only_filters(seat):
    """Assert that no form of the page sends anything, but the one that asks for these figures as a spreadsheet."""
    sent = "forms => forms.filter(form => form.method != 'get').map(form => new URL(form.action).pathname)"
    assert all(path.endswith("/export/") for path in seat.page.locator("main form").evaluate_all(sent))
