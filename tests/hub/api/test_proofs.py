import pytest
import time_machine

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.models import Challenge, Deposit
from tests.hub.factories import proofs
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.api import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day():
    """The API reads the clock: it is a day of the operational phase."""
    with time_machine.travel(proofs.AT, tick=False):
        yield


@pytest.fixture
def file():
    made = proofs.application()
    instruction.assess(made, at=proofs.AT)
    proofs.catalogue()
    proofs.key(made.legal_entity)
    return made


@pytest.fixture
def api(file):
    return client_of(person(Role.EDITOR, entity=file.legal_entity))


def address(file, what):
    return f"/api/v1/files/{file.number}/{what}"


def ask(api, file, **fields):
    body = {"requirement": proofs.MEASURE, "legal_entity": file.legal_entity_id, **fields}
    return api.post(address(file, "challenges"), body, content_type="application/json")


def send(api, file, content):
    return api.generic("POST", address(file, "attestations"), content, content_type="application/json")


def test_the_verdicts_of_a_file_are_told_with_their_reasons(api, file):
    answer = api.get(address(file, "requirements")).json()
    found = {item["code"]: item for item in answer}
    assert found[proofs.MEASURE]["outcome"] == "missing"
    assert found[proofs.MEASURE]["missing"][0]["fr"]
    assert found[proofs.GROUP]["outcome"] == "not_applicable"


def test_a_file_never_judged_says_so(api, file):
    file.assessments.all().delete()
    assert {item["outcome"] for item in api.get(address(file, "requirements")).json()} == {None}


def test_from_the_challenge_to_the_receipt(api, file):
    asked = ask(api, file)
    assert asked.status_code == 201, asked.content
    challenge = Challenge.objects.get(value=asked.json()["value"])
    content = proofs.attestation(challenge)
    answer = send(api, file, content)
    assert answer.status_code == 201, answer.content
    assert answer.json()["level"] == 3
    assert answer.json()["verdict"]["outcome"] == "met"
    assert answer.json()["receipt"]["signatures"]
    assert send(api, file, content).json() == answer.json(), "the same bytes again give the same answer"
    assert Deposit.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"{}", 409, "not_an_attestation"), (b"\x00", 409, "not_an_attestation"), (b"x" * 100_000, 413, "too_large"),
     (b"x" * 3_000_000, 413, "too_large")],
)  # fmt: skip
def test_what_is_no_attestation_is_refused_with_its_code(api, file, content, status, code):
    answer = send(api, file, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_attestation_that_was_altered_is_refused(api, file):
    content = proofs.attestation(proofs.challenge(file))
    answer = send(
        api, file, content.replace(b'"payload": "', b'"payload": "A').replace(b'"payload":"', b'"payload":"A')
    )
    assert answer.status_code == 409
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("fields", [{"legal_entity": "990000000"}, {"site": "990000001"}])
def test_a_challenge_is_for_a_member_of_the_file(api, file, fields):
    assert ask(api, file, **fields).json()["code"] in {"not_member", "not_allowed"}


def test_a_requirement_that_is_none_is_not_found(api, file):
    assert ask(api, file, requirement="X.1").status_code == 404


def test_who_may_not_write_does_not(file):
    reader = client_of(person(Role.EDITOR, entity=file.legal_entity), "read:files")
    assert ask(reader, file).status_code == 403
    instructor = client_of(person(Role.ARS_INSTRUCTOR, region=file.region))
    assert ask(instructor, file).status_code == 403
    stranger = client_of(person(Role.ARS_INSTRUCTOR, region=a_region("53", "Bretagne")))
    assert ask(stranger, file).status_code == 404
    assert not Challenge.objects.exists()


def test_proofs_come_when_their_time_has_come():
    file = proofs.application(State.ARS_CHECK)
    answer = ask(client_of(person(Role.EDITOR, entity=file.legal_entity)), file)
    assert (answer.status_code, answer.json()["code"]) == (409, "proofs_closed")
