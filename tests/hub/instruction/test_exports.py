import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.exports.models import ColumnTemplate, Export, Progress
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.applications import a_file

LIST, ASK = "/exports/", "/exports/nouveau/files/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor():
    return person(Role.ARS_INSTRUCTOR, region=a_region("28", "Normandie"))


def content(answer):
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("path", [LIST, ASK, "/exports/1/ligne/", "/exports/1/fichier/"])
def test_a_visitor_is_sent_to_sign_in(client, path):
    assert client.get(path).status_code == 302


def test_a_person_without_a_role_has_nothing_to_ask(signed_in):
    client = signed_in(person())
    assert "Il faut un rôle" in client.get(LIST).content.decode()
    assert client.get(ASK).status_code == 403


def test_an_applicant_is_not_offered_the_envelopes(signed_in):
    client = signed_in(person(Role.EDITOR))
    assert "/exports/nouveau/ledger/" not in client.get(LIST).content.decode()
    assert client.get("/exports/nouveau/ledger/").status_code == 403


def test_from_the_wish_to_the_file(signed_in, instructor, run_jobs):
    file = a_file(region=a_region("28"))
    client = signed_in(instructor)
    asked = {"format": "csv", "columns": ["number", "state"], "filters": "state=ars_review&page=2", "keep_as": "Suivi"}
    assert client.post(ASK, asked).status_code == 302
    assert "en attente" in client.get(LIST).content.decode()
    run_jobs()
    export = Export.objects.get()
    assert export.filters == {"state": ["ars_review"]}
    assert "Télécharger" in client.get(f"/exports/{export.pk}/ligne/").content.decode()
    answer = client.get(f"/exports/{export.pk}/fichier/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    assert content(answer).splitlines()[1] == f"{file.number},instruction ARS"
    assert ColumnTemplate.objects.get().columns == ["number", "state"]


def test_the_columns_kept_are_ticked_again(signed_in, instructor):
    kept = ColumnTemplate.objects.create(owner=instructor, kind="files", name="Suivi", columns=["number"])
    client = signed_in(instructor)
    answer = client.get(f"{ASK}?template={kept.pk}&state=paid")
    assert answer.context["form"]["columns"].initial == ["number"]
    assert answer.context["filters"] == "state=paid"
    assert answer.context["narrowed"] == [("État", "payée")]
    client.post(f"/exports/colonnes/{kept.pk}/oubli/")
    assert not ColumnTemplate.objects.exists()


def test_a_filter_that_is_none_is_said_in_the_form(signed_in, instructor):
    answer = signed_in(instructor).post(ASK, {"format": "csv", "filters": "state=nowhere"})
    assert answer.status_code == 400
    assert "n’est pas valable" in answer.content.decode()


def test_nobody_sees_the_exports_of_somebody_else(signed_in, instructor, run_jobs):
    signed_in(instructor).post(ASK, {"format": "csv"})
    run_jobs()
    pk = Export.objects.get().pk
    client = signed_in(person(Role.ARS_LEAD, region=a_region("28")))
    assert client.get(LIST).context["exports"].count() == 0
    for path in (f"/exports/{pk}/ligne/", f"/exports/{pk}/fichier/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/exports/{pk}/suppression/").status_code == 404
    assert Export.objects.filter(pk=pk).exists()


def test_a_file_that_is_shut_says_why(signed_in, instructor, run_jobs):
    client = signed_in(instructor)
    client.post(ASK, {"format": "csv"})
    run_jobs()
    instructor.memberships.update(ended_at=Export.objects.get().asked_at)
    answer = client.get(f"/exports/{Export.objects.get().pk}/fichier/", follow=True)
    assert "ont changé" in answer.content.decode()


def test_what_is_thrown_away_is_gone(signed_in, instructor):
    client = signed_in(instructor)
    client.post(ASK, {"format": "csv"})
    client.post(f"/exports/{Export.objects.get().pk}/suppression/")
    assert not Export.objects.exists()


def test_the_list_costs_the_same_for_five_and_fifty(signed_in, instructor, django_assert_max_num_queries):
    client = signed_in(instructor)
    for count in (5, 45):
        Export.objects.bulk_create(Export(asked_by=instructor, kind="files", format="csv") for _ in range(count))
        with django_assert_max_num_queries(8):
            client.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well(page, live_server, instructor):
    sign_in(page, live_server, instructor)
    visit(page, live_server, LIST)
    axe(page)
    screenshots(page, "exports-empty")
    visit(page, live_server, f"{ASK}?state=ars_review")
    axe(page)
    screenshots(page, "exports-ask")
    page.get_by_role("button", name="Préparer l’export").click()
    page.get_by_text("Votre export se prépare").wait_for()
    Export.objects.create(
        asked_by=instructor, kind="files", format="xlsx", state=Progress.RUNNING, rows_done=40, rows_total=100
    )
    Export.objects.create(asked_by=instructor, kind="files", format="csv", state=Progress.FAILED, problem="Interrompu.")
    visit(page, live_server, LIST)
    page.wait_for_timeout(2500)
    axe(page)
    screenshots(page, "exports")
