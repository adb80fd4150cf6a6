import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.api import client_of
from tests.hub.factories.applications import a_call, a_file

pytestmark = pytest.mark.django_db
FIGURES = "/api/v1/figures"


@pytest.fixture
def files():
    call = a_call()
    return [
        a_file(State.PAID, call=call, region=a_region("28", "Normandie")),
        a_file(State.SUBMITTED, call=call, region=a_region("53", "Bretagne")),
    ]


def test_the_nation_counts_all_and_a_region_its_own(files):
    nation = client_of(person(Role.DNS_PILOT)).get(FIGURES, {"call": "T-2026"}).json()
    assert nation["total"]["steps"]["submitted"] == 2
    assert nation["total"]["paid_cents"] == files[0].eligible_cost_cents
    assert set(nation["by_region"]) == {"28", "53"}
    assert nation["envelope"]["envelope"] > 0
    assert {one["name"]: one["files"] for one in nation["delays"]}["review"] == 1
    region = client_of(person(Role.ARS_INSTRUCTOR, region=files[1].region)).get(FIGURES, {"call": "T-2026"}).json()
    assert region["total"]["steps"]["submitted"] == 1
    assert region["total"]["paid_cents"] == 0


def test_an_applicant_counts_its_own_file_and_no_envelope(files):
    answer = client_of(person(Role.SIGNATORY, entity=files[0].legal_entity)).get(FIGURES, {"call": "T-2026"}).json()
    assert answer["total"]["steps"]["submitted"] == 1
    assert answer["envelope"] is None


def test_a_call_that_is_none_is_not_found(files):  # noqa: ARG001
    client = client_of(person(Role.DNS_PILOT))
    assert client.get(FIGURES, {"call": "X-1"}).status_code == 404
    assert client.get(FIGURES).status_code == 422


def test_the_scope_to_read_files_does_not_read_figures(files):  # noqa: ARG001
    assert client_of(person(Role.DNS_PILOT), "read:files").get(FIGURES, {"call": "T-2026"}).status_code == 403
