from datetime import UTC, datetime

import pytest
from django.urls import reverse

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.calls.models import Call, Extension, Stage, Window
from rempart.hub.pages.public.desks import Opening, current, desks, opening
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories.applications import call as a_call
from tests.hub.factories.applications import person, version

PAGES = ("home", "calls", "open_data", "help", "glossary", "accessibility", "legal", "privacy")
OPEN = datetime(2024, 4, 1, 12, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_anybody_reads_a_public_page(client, name):
    answer = client.get(reverse(name), headers={"accept-language": "fr"})
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_reads_well_with_no_call(page, live_server, name):
    visit(page, live_server, reverse(name))
    axe(page)
    screenshots(page, f"public-{name}-empty")


@pytest.fixture
def moved(time_machine):
    time_machine.move_to(OPEN)
    call = a_call("D9-2024", more='unknown = [{ fr = "Le seuil.", en = "The threshold." }]')
    window = Window.objects.get(call=call, stage=Stage.DECLARATION)
    before = datetime(2025, 3, 28, 22, 59, 59, tzinfo=UTC)
    Extension.objects.create(window=window, before=before, after=window.closes_at, reason="Report national.")
    return call


@pytest.mark.parametrize("name", ["home", "calls"])
@pytest.mark.usefixtures("moved")
def test_open_calls_read_well(page, live_server, name):
    visit(page, live_server, reverse(name))
    assert "jusqu’au 19 avril 2024 à 23 h 59 (heure de Paris)" in page.inner_text("main")
    axe(page)
    screenshots(page, f"public-{name}-open")


def test_a_call_tells_its_dates_their_moves_and_what_is_unknown(page, live_server, moved):
    visit(page, live_server, reverse("call", args=[moved.pk]))
    said = page.inner_text("main")
    assert "Avant\u00a0: 28 mars 2025." in said
    assert "Report national." in said
    assert "Le seuil." in said
    assert "Se connecter pour candidater" in said
    axe(page)
    screenshots(page, "public-call")


def test_an_applicant_may_open_a_file_from_the_call(page, live_server, moved):
    sign_in(page, live_server, person(Role.EDITOR))
    visit(page, live_server, reverse("call", args=[moved.pk]))
    assert page.is_visible("text=Ouvrir un dossier")


@pytest.mark.django_db
def test_a_call_that_is_not_published_yet_is_not_there(client, moved, time_machine):
    time_machine.move_to(datetime(2024, 3, 1, tzinfo=UTC))
    assert client.get(reverse("call", args=[moved.pk])).status_code == 404
    assert moved.pk not in client.get(reverse("calls")).content.decode()


@pytest.mark.django_db
def test_the_list_of_calls_asks_the_same_for_one_call_and_for_ten(client, django_assert_max_num_queries):
    for _ in range(10):
        a_call()
    with django_assert_max_num_queries(6):
        client.get(reverse("calls"))


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        (1, 19, Opening.OPEN),
        (10, 10, Opening.OPEN),
        (1, 9, Opening.CLOSED),
        (11, 19, Opening.COMING),
        (1, None, Opening.OPEN),
        (None, 19, Opening.UNKNOWN),
        (None, None, Opening.UNKNOWN),
        (None, 9, Opening.CLOSED),
    ],
)
def test_a_desk_is_open_from_its_first_to_its_last_moment(opens, closes, expected):
    def day(number):
        return None if number is None else datetime(2024, 4, number, tzinfo=UTC)

    assert opening(Window(opens_at=day(opens), closes_at=day(closes)), datetime(2024, 4, 10, tzinfo=UTC)) is expected


@pytest.mark.django_db
def test_a_visitor_looks_at_the_open_desk_before_the_one_to_come(moved):
    call = Call.objects.prefetch_related("windows__extensions").get(pk=moved.pk)
    found = desks(call, OPEN)
    assert [desk.window.stage for desk in found][:3] == ["application", "ars_review", "declaration"]
    assert current(found).window.stage == Stage.APPLICATION
    assert current(desks(call, datetime(2027, 1, 1, tzinfo=UTC))) is None


@pytest.mark.django_db
def test_open_data_gives_the_figures_and_every_published_version_of_the_rules(client, moved):
    version(moved, 2, moved.versions.get().content + "# v2\n")
    version(moved, 3, "secret", published_at=None)
    said = client.get(reverse("open_data")).content.decode()
    for address in ("D9-2024.csv", "D9-2024.json", "D9-2024/version-1.toml", "D9-2024/version-2.toml"):
        assert f"/donnees-ouvertes/{address}" in said
    assert "version-3" not in said
    answer = client.get("/donnees-ouvertes/D9-2024/version-2.toml")
    assert answer.content.decode().endswith("# v2\n")
    assert client.get("/donnees-ouvertes/D9-2024/version-3.toml").status_code == 404


@pytest.mark.django_db
def test_open_data_asks_the_same_for_one_call_and_for_ten(client, django_assert_max_num_queries):
    for _ in range(10):
        a_call()
    with django_assert_max_num_queries(4):
        client.get(reverse("open_data"))


def test_open_data_reads_well(page, live_server, moved):  # noqa: ARG001 — a call to show
    visit(page, live_server, reverse("open_data"))
    axe(page)
    screenshots(page, "public-open-data")
