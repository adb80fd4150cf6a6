import csv
import io
from unittest.mock import ANY

import pytest
from django.core.cache import caches
from django.test import Client

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call
from rempart.hub.pages.steering import drawing
from tests.hub.factories import applications as make
from tests.hub.factories.accounts import sign_in

pytestmark = pytest.mark.django_db


def read(user, path="/pilotage/T9-2099/", status=200):
    answer = sign_in(Client(), user).get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


@pytest.fixture
def call():
    made = make.call("T9-2099")
    north, south = make.region("28"), make.region("93")
    for state, kind, place in [
        (State.SUBMITTED, "public", north),
        (State.PAID, "ght", north),
        (State.VALIDATED, "forprofit", south),
    ]:
        make.application(state, kind, of=made, place=place)
    return made


def test_nobody_is_asked_to_sign_in(client, call):
    assert client.get(f"/pilotage/{call.pk}/").status_code == 302
    assert client.get("/pilotage/").status_code == 302


@pytest.mark.parametrize("path", ["/pilotage/", "/pilotage/T9-2099/"])
def test_applicants_do_not_steer(call, path):
    read(make.signatory(call.applications.first()), path, status=403)
    read(make.person(), path, status=403)


def test_without_any_call_the_page_says_so():
    assert "Aucun appel n’est publié" in read(make.person(Role.DNS_PILOT), "/pilotage/")


def test_a_call_without_files_nor_ceilings_is_empty():
    make.call("T9-2099")
    assert "Rien à montrer" in read(make.person(Role.DNS_PILOT))


def test_the_pilot_goes_to_the_latest_call_that_has_files(call):
    make.call("Z9-2099")
    answer = sign_in(Client(), make.person(Role.DNS_PILOT)).get("/pilotage/")
    assert answer.url == f"/pilotage/{call.pk}/"


@pytest.mark.usefixtures("call")
def test_the_nation_reads_funnel_money_and_places():
    page = read(make.person(Role.DNS_PILOT))
    assert "<h1>France entière</h1>" in page
    assert '<th scope="row">Dossiers déposés</th><td class="num" data-label="Nombre">3</td>' in page
    assert "Disponible" in page
    assert "Région 28" in page
    assert "Région 93" in page


@pytest.mark.usefixtures("call")
def test_the_agency_reads_its_region_and_cannot_ask_for_another():
    lead = make.person(Role.ARS_LEAD, of=make.region("93"))
    page = read(lead)
    assert "<h1>Région 93</h1>" in page
    assert '<th scope="row">Dossiers déposés</th><td class="num" data-label="Nombre">1</td>' in page
    assert "Région 28" not in page
    assert "Disponible" not in page
    read(lead, "/pilotage/T9-2099/?region=28", status=404)
    read(make.person(Role.DNS_PILOT), "/pilotage/T9-2099/?region=zz", status=404)


@pytest.mark.usefixtures("call")
def test_filters_narrow_what_is_counted_and_nonsense_is_ignored():
    pilot = make.person(Role.DNS_PILOT)
    page = read(pilot, "/pilotage/T9-2099/?region=28&kind=ght&step=paid")
    assert '<th scope="row">Dossiers payés</th><td class="num" data-label="Nombre">1</td>' in page
    assert read(pilot, "/pilotage/T9-2099/?kind=<script>&step=nothing&map=moon").count("<h1>") == 1


@pytest.mark.usefixtures("call")
def test_the_second_map_is_by_departement():
    page = read(make.person(Role.DNS_PILOT), "/pilotage/T9-2099/?map=departments")
    assert "Un GHT compte dans le département de son établissement support." in page
    assert "Département 28" in page


def test_the_number_of_queries_does_not_grow_with_the_files(call, django_assert_max_num_queries):
    client = sign_in(Client(), make.person(Role.DNS_PILOT))
    for _ in range(2):
        with django_assert_max_num_queries(20):
            client.get(f"/pilotage/{call.pk}/")
        for kind in ("public", "nonprofit", "ght"):
            make.application(State.PAID, kind, of=call)


def test_an_unpublished_call_is_not_there():
    Call.objects.create(code="T9-2099", title="Appel de demain")
    read(make.person(Role.ARS_LEAD), status=404)
    assert Client().get("/donnees-ouvertes/T9-2099.json").status_code == 404


def test_open_figures_are_public_and_hide_small_groups(call):
    content = Client().get("/donnees-ouvertes/T9-2099.json").json()
    total = dict(content["by_kind"][-1])
    assert (total.pop("group"), total.pop("eligible")) == ("total", 3)
    assert {name: figure for name, figure in total.items() if figure} == {}
    for _ in range(3):
        make.application(State.PAID, "public", of=call)
    assert Client().get("/donnees-ouvertes/T9-2099.json").json() == content | {"date": ANY}  # a minute old at most
    caches["public"].clear()
    content = Client().get("/donnees-ouvertes/T9-2099.json").json()
    assert content["by_kind"][-1]["submitted"] == 6
    answer = Client().get("/donnees-ouvertes/T9-2099.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["submitted"] for row in rows if row["group"] == "total"] == ["6", "6"]
    assert "max-age=3600" in answer["Cache-Control"]


def test_a_part_that_is_not_nothing_can_be_seen():
    assert (drawing.share(0, 10), drawing.share(1, 10_000), drawing.share(10, 10)) == (0, 4, 1000)
    assert [drawing.shade(rate) for rate in (None, 0, 0.199, 0.2, 0.79, 0.8, 1.0, 1.2)] == [None, 0, 0, 1, 3, 4, 4, 4]


@pytest.mark.usefixtures("call")
def test_the_page_reads_english_too():
    client = sign_in(Client(), make.person(Role.DNS_PILOT))
    client.cookies["django_language"] = "en"
    page = client.get("/pilotage/T9-2099/").content.decode()
    assert "<h1>The whole of France</h1>" in page
    assert "less than 20%" in page
    assert "Files submitted" in page
