import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from rempart.hub.funding.applications.states import State
from rempart.hub.funding.rules.base import Outcome
from rempart.hub.theme.tones import TONES, tone_of
from tests.hub.browser import SCREENS, axe, screenshots, visit


@pytest.fixture
def gallery(settings):
    settings.GALLERY = True
    return reverse("gallery")


@pytest.mark.django_db
def test_the_gallery_is_closed_unless_asked_for(client):
    assert client.get(reverse("gallery")).status_code == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_component_reads_well(page, live_server, gallery, scheme):
    page.emulate_media(color_scheme=scheme)
    visit(page, live_server, gallery)
    axe(page)
    screenshots(page, f"gallery-{scheme}")


def test_components_print(page, live_server, gallery):
    visit(page, live_server, gallery)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    page.screenshot(path=SCREENS / "gallery-print.png", full_page=True)
    assert not page.is_visible(".top nav")


def test_fonts_come_from_here(page, live_server, gallery):
    visit(page, live_server, gallery)
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length") >= 2


@pytest.mark.django_db
def test_a_page_not_found_says_so_in_french(client):
    answer = client.get("/nulle-part/", headers={"accept-language": "fr"})
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_error_pages_need_neither_request_nor_database(name):
    assert "Revenir à l’accueil" in render_to_string(name)


@pytest.mark.django_db
def test_a_demonstration_says_so_on_every_page(client, settings):
    assert "dossiers simulés" not in client.get("/").content.decode()
    settings.DEMO = True
    assert "dossiers simulés" in client.get("/", headers={"accept-language": "fr"}).content.decode()


@pytest.mark.django_db
def test_the_language_switch_comes_back_to_the_same_page(client):
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/aide/"})
    assert answer.headers["location"] == "/aide/"
    assert '<html lang="en">' in client.get("/aide/").content.decode()


@pytest.mark.parametrize(
    ("state", "css"), [("met", "met"), ("unmet", "unmet"), ("nobody knows it", "neutral"), (None, "neutral")]
)
def test_a_state_nobody_knows_is_grey(state, css):
    assert tone_of(state).css == css


def test_every_state_of_a_file_and_of_a_rule_has_a_tone():
    assert set(State.values) | {outcome.value for outcome in Outcome} <= set(TONES)
