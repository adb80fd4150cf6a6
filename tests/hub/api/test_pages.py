from datetime import UTC, datetime

import pytest

from rempart.hub.accounts.roles import Role
from rempart.hub.api import services
from rempart.hub.api.models import ApiToken
from tests.hub.browser import axe, screenshots, sign_in, visit
from tests.hub.factories.accounts import person
from tests.hub.factories.api import a_token

TOKENS, DOCS = "/api/jetons/", "/api/docs/"

pytestmark = pytest.mark.django_db


def test_a_visitor_is_sent_to_sign_in(client):
    answer = client.get(TOKENS)
    assert answer.status_code == 302
    assert "compte" in answer["Location"]


def test_what_the_api_does_is_told_to_all(client):
    page = client.get(DOCS).content.decode()
    assert "GET /api/v1/files/{number}" in page
    assert "read:files" in page


def test_a_token_is_shown_once(signed_in):
    client = signed_in(person(Role.ANS_VERIFIER))
    asked = {"name": "suivi", "scopes": ["read:files"], "days": "30"}
    answer = client.post(TOKENS, asked)
    token = ApiToken.objects.get()
    assert token.start in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    secret = answer.context["secret"]
    assert client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    assert secret not in client.get(TOKENS).content.decode()


def test_a_form_with_a_mistake_says_where(signed_in):
    answer = signed_in(person(Role.ANS_VERIFIER)).post(TOKENS, {"name": "", "days": "30"})
    assert answer.status_code == 400
    assert "Quelque chose est à corriger" in answer.content.decode()


def test_a_person_without_a_role_is_told_why(signed_in):
    answer = signed_in(person()).post(TOKENS, {"name": "a", "scopes": ["read:files"], "days": "30"})
    assert "pas encore de rôle" in answer.content.decode()


def test_a_token_is_withdrawn_by_its_owner_only(signed_in):
    owner = person(Role.ANS_VERIFIER)
    a_token(owner)
    token = ApiToken.objects.get()
    address = f"{TOKENS}{token.pk}/retrait/"
    assert signed_in(person(Role.ANS_VERIFIER)).post(address).status_code == 404
    assert signed_in(owner).get(address).status_code == 405
    assert signed_in(owner).post(address).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_pages_read_well(page, live_server):
    user = person(Role.ANS_VERIFIER)
    visit(page, live_server, DOCS)
    screenshots(page, "api_docs")
    axe(page)
    screenshots(page, "api_docs")
    sign_in(page, live_server, user)
    visit(page, live_server, TOKENS)
    axe(page)
    screenshots(page, "api-tokens-empty")
    services.create("Suivi régional", ["read:files", "read:figures"], 30, by=user, at=datetime.now(UTC))
    visit(page, live_server, TOKENS)
    page.get_by_role("button", name="Créer le jeton").click()
    axe(page)
    page.get_by_label("Nom du jeton").fill("Dépôt d’attestations")
    page.get_by_label("déposer des attestations").check()
    page.get_by_role("button", name="Créer le jeton").click()
    page.get_by_text("il ne sera plus montré").wait_for()
    axe(page)
    screenshots(page, "api_tokens")
