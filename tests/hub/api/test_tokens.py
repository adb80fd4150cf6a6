from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from rempart.hub.accounts.roles import Role
from rempart.hub.api import services
from rempart.hub.api.models import ApiToken, Reach, TokenUse
from rempart.hub.common.errors import Refusal
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.api import a_token, client_of

AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ME = "/api/v1/me"

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructor():
    return person(Role.ARS_INSTRUCTOR, region=a_region("28", "Normandie"))


def call(secret):
    return Client(headers={"authorization": f"Bearer {secret}"}).get(ME)


def test_without_a_token_the_answer_is_a_problem_in_the_language_asked(client):
    answer = client.get(ME, headers={"accept-language": "fr"})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "token_refused"
    assert "jeton" in answer.json()["detail"]


def test_a_session_is_no_token(signed_in, instructor):
    assert signed_in(instructor).get(ME).status_code == 401


def test_a_token_says_whom_it_acts_for(instructor):
    answer = client_of(instructor, "read:files").get(ME).json()
    assert answer["email"] == instructor.email
    assert answer["scopes"] == ["read:files"]
    assert answer["roles"] == [{"role": "ars_instructor", "place": "Normandie"}]


def test_only_a_digest_is_kept(instructor):
    secret = a_token(instructor)
    token = ApiToken.objects.get()
    assert secret not in {str(value) for value in vars(token).values()}
    assert token.start == secret[:10]


@pytest.mark.parametrize("spoil", ["expired", "revoked", "idle", "wrong", "nul"])
def test_a_token_that_no_longer_holds_is_refused(instructor, spoil):
    secret = a_token(instructor)
    if spoil == "expired":
        now = datetime.now(UTC)
        ApiToken.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    elif spoil == "revoked":
        services.revoke(ApiToken.objects.get(), by=instructor, at=AT)
    elif spoil == "idle":
        instructor.is_active = False
        instructor.save()
    else:
        secret = secret[:-1] + ("\x00" if spoil == "nul" else "~")
    assert call(secret).status_code == 401


def test_a_scope_that_lacks_is_named(instructor):
    answer = client_of(instructor, "read:figures").get("/api/v1/files", headers={"accept-language": "fr"})
    assert answer.status_code == 403
    assert "read:files" in answer.json()["detail"]


def test_use_is_noted_and_bounded_for_all_processes_together(instructor, settings):
    settings.REMPART_API_RATE = 3
    client = client_of(instructor)
    answers = [client.get(ME) for _ in range(4)]
    codes = [answer.status_code for answer in answers]
    if TokenUse.objects.get().count == 4:  # else the minute turned in between
        assert codes == [200, 200, 200, 429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert TokenUse.objects.get().last_used_at


def test_an_address_or_a_method_that_is_none_is_a_problem_too(instructor):
    client = client_of(instructor)
    for answer, status in ((client.get("/api/v1/nothing"), 404), (client.delete(ME), 405)):
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "scopes", "days", "code"),
    [
        ("", ["read:files"], 30, "token_incomplete"),
        ("a", ["all"], 30, "token_incomplete"),
        ("a", ["read:files"], 366, "token_duration"),
    ],
)
def test_a_token_is_named_narrow_and_short(instructor, name, scopes, days, code):
    with pytest.raises(Refusal) as refused:
        services.create(name, scopes, days, by=instructor, at=AT)
    assert refused.value.code == code


def test_a_person_without_a_role_gets_none():
    with pytest.raises(Refusal):
        services.create("a", Reach.values, 30, by=person(), at=AT)


def test_nobody_withdraws_the_token_of_somebody_else(instructor):
    a_token(instructor)
    with pytest.raises(Refusal):
        services.revoke(ApiToken.objects.get(), by=person(Role.DNS_PILOT), at=AT)
