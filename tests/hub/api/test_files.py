import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call
from tests.hub.factories import applications
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.api import client_of
from tests.hub.factories.applications import a_call, a_file

FILES = "/api/v1/files"

pytestmark = pytest.mark.django_db


@pytest.fixture
def normandy():
    return a_region("28", "Normandie")


@pytest.fixture
def api(normandy):
    return client_of(person(Role.ARS_INSTRUCTOR, region=normandy))


def numbers(answer):
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def test_the_list_is_empty_without_a_file(api):
    assert api.get(FILES).json() == {"items": [], "next": None}


def test_only_the_region_is_seen_and_no_draft(api, normandy):
    mine = a_file(region=normandy)
    other = a_file(region=a_region("53", "Bretagne"))
    draft = a_file(State.DRAFT, region=normandy)
    assert numbers(api.get(FILES)) == [mine.number]
    for hidden in (other, draft):
        assert api.get(f"{FILES}/{hidden.number}").status_code == 404


def test_an_applicant_sees_its_own_file_only():
    mine, _other = a_file(), a_file()
    editor = person(Role.EDITOR, entity=mine.legal_entity)
    assert numbers(client_of(editor).get(FILES)) == [mine.number]


def test_filters_narrow_the_list(api, normandy):
    paid, _ = a_file(State.PAID, region=normandy), a_file(region=normandy)
    assert numbers(api.get(FILES, {"state": "paid"})) == [paid.number]
    assert numbers(api.get(FILES, {"q": paid.legal_entity.name})) == [paid.number]
    assert len(numbers(api.get(FILES, {"state": ["paid", "ars_review"]}))) == 2


@pytest.mark.parametrize(
    "query", ["state=x", "after=-1", "after=99999999999999999999", "limit=0", "q=a%00", "call=%00"]
)
def test_a_value_that_is_none_is_told_where(api, query):
    answer = api.get(f"{FILES}?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert query.split("=")[0] in answer.json()["errors"][0]["place"]


def test_pages_follow_one_another(api, normandy):
    made = [a_file(region=normandy).number for _ in range(5)]
    read, after = [], 0
    while after is not None:
        answer = api.get(FILES, {"limit": 2, "after": after})
        read += numbers(answer)
        after = answer.json()["next"]
    assert read == made


def test_a_file_tells_its_milestones(api, normandy):
    file = a_file(State.PAID, region=normandy)
    answer = api.get(f"{FILES}/{file.number}").json()
    assert answer["state"] == "paid"
    assert answer["ceiling_cents"] == 5_325_289
    assert answer["paid_at"] is not None
    assert answer["history"][-1]["target"] == "paid"


def test_the_list_costs_the_same_for_five_files_and_fifty(api, normandy, django_assert_num_queries):
    for count in (5, 45):
        for _ in range(count):
            a_file(region=normandy)
        with django_assert_num_queries(4):
            assert len(numbers(api.get(FILES, {"limit": 200}))) in {5, 50}


def test_calls_tell_what_they_ask(api):
    a_call("T-2026")
    listed = api.get("/api/v1/calls").json()["items"]
    assert [call["code"] for call in listed] == ["T-2026"]
    detail = api.get("/api/v1/calls/T-2026").json()
    assert [(item["code"], item["part"]) for item in detail["requirements"]] == [
        ("T1.O1", "objective"),
    ]
    assert detail["requirements"][0]["explanation"]["en"].startswith("Deposit")
    assert api.get("/api/v1/calls/X").status_code == 404


def test_a_call_not_published_is_not_told(api):
    call = Call.objects.create(code="T-2027", title="Appel à venir")
    applications.version(call, 1, applications.DEFINITION.format(code="T-2027", envelope=1, more=""), published_at=None)
    assert api.get("/api/v1/calls").json()["items"] == []


def test_the_description_is_open_and_says_problems_are_problems(client):
    described = client.get("/api/v1/openapi.json").json()
    operation = described["paths"]["/api/v1/files"]["get"]
    assert list(operation["responses"]["401"]["content"]) == ["application/problem+json"]
