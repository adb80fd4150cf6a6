"""The spreadsheet of a dashboard: asked for, followed, downloaded; it holds what the page shows and no more."""

import io
from urllib.parse import urlsplit

import pytest
from django.test import Client
from openpyxl import load_workbook

from rempart.hub.accounts.roles import Role
from rempart.hub.exports.models import Export
from rempart.hub.exports.services import MOST_UNDER_WAY
from rempart.hub.funding.applications.states import State
from tests.hub.browser import axe, screenshots, visit
from tests.hub.browser import sign_in as sign_in_browser
from tests.hub.exports.conftest import storage
from tests.hub.factories import applications as make
from tests.hub.factories.accounts import sign_in

__all__ = ["storage"]
pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/pilotage/T9-2099/", "/pilotage/T9-2099/export/"


@pytest.fixture(autouse=True)
def call():
    made = make.call("T9-2099")
    for kind, place in (("public", "28"), ("ght", "28"), ("forprofit", "93")):
        make.application(State.SUBMITTED, kind, of=made, place=make.region(place))
    return made


@pytest.fixture
def pilot():
    return sign_in(Client(headers={"accept-language": "fr"}), make.person(Role.DNS_PILOT))


def cells(answer, column):
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    at = rows[0].index(column)
    return [row[at] for row in rows[1:]]


def test_nobody_and_applicants_export_nothing(client, call):
    assert client.post(EXPORT).status_code == 302
    assert not Export.objects.exists()
    applicant = sign_in(Client(), make.signatory(call.applications.first()))
    assert applicant.post(EXPORT).status_code == 403


def test_it_is_prepared_then_downloaded_from_the_page(pilot, run_jobs):
    assert "Préparer le tableur" in pilot.get(PAGE).content.decode()
    answer = pilot.post(EXPORT)
    assert urlsplit(answer.url).path == PAGE
    waiting = pilot.get(PAGE).content.decode()
    assert f'hx-get="{EXPORT}"' in waiting
    assert "Le tableur se prépare" in pilot.get(EXPORT).content.decode()
    run_jobs()
    done = pilot.get(EXPORT).content.decode()
    assert "Télécharger le tableur" in done
    assert "hx-get" not in done
    file = pilot.get(f"/exports/{Export.objects.get().pk}/fichier/")
    assert sorted(cells(file, "région (code)")) == ["28", "28", "93"]


def test_it_holds_the_region_and_the_kind_that_the_page_shows(pilot, run_jobs):
    pilot.post(f"{EXPORT}?region=28&kind=ght")
    run_jobs()
    assert "Télécharger" not in pilot.get(EXPORT).content.decode()
    assert "Télécharger" in pilot.get(f"{EXPORT}?region=28&kind=ght&step=submitted").content.decode()
    file = pilot.get(f"/exports/{Export.objects.get().pk}/fichier/")
    assert cells(file, "région (code)") == ["28"]


def test_an_agency_gets_its_own_region_whatever_it_asks(run_jobs):
    lead = sign_in(Client(), make.person(Role.ARS_LEAD, of=make.region("93")))
    assert lead.post(f"{EXPORT}?region=28").status_code == 404
    lead.post(EXPORT)
    run_jobs()
    assert cells(lead.get(f"/exports/{Export.objects.get().pk}/fichier/"), "région (code)") == ["93"]


def test_another_persons_export_is_not_shown(pilot):
    pilot.post(EXPORT)
    other = sign_in(Client(), make.person(Role.DNS_PILOT))
    assert "se prépare" not in other.get(EXPORT).content.decode()


def test_too_many_at_once_are_refused_with_a_sentence(pilot):
    for _ in range(MOST_UNDER_WAY):
        pilot.post(EXPORT)
    assert "déjà en préparation" in pilot.post(EXPORT, follow=True).content.decode()


def test_the_page_reads_well_before_during_and_after(page, live_server, run_jobs):
    sign_in_browser(page, live_server, make.person(Role.DNS_PILOT))
    visit(page, live_server, PAGE)
    axe(page)
    page.get_by_role("button", name="Préparer le tableur").click()
    page.get_by_text("Le tableur se prépare").first.wait_for()
    axe(page)
    screenshots(page, "steering-export-waiting")
    visit(page, live_server, PAGE)  # anew: axe leaves styles behind
    run_jobs()
    page.get_by_role("link", name="Télécharger le tableur").wait_for()
    axe(page)
    screenshots(page, "steering-export-ready")
