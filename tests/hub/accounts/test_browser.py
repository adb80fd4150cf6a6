"""The account pages in Chromium: signing in for real, a passkey, and each page read by axe at both widths."""

import re
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from rempart.hub.accounts.models import Identity, User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from tests.hub.accounts.codes import code_for
from tests.hub.browser import axe, screenshots, visit
from tests.hub.factories.accounts import PASSWORD, a_ght, a_region, an_entity, delegation, give, person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valmont():
    return an_entity(a_region("84"), name="Centre hospitalier de Valmont (fictif)")


def come_in(page, live_server, user):
    """Sign `user` in as one who has just come through a provider."""
    client = sign_in(Client(), user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "oidc", "at": timezone.now().timestamp()}]
    session.save()
    cookie = client.cookies[site.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def give_password(page, live_server, user):
    visit(page, live_server, "/compte/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button")


@pytest.fixture
def at_home(settings, live_server):
    """The site knows its own address, and where signing out goes on to."""
    settings.SITE_URL = live_server.url
    return live_server


SUBJECTS = {"psc": "899700000001", "proconnect": "a1b2c3d4-proconnect-agent"}


@pytest.mark.parametrize("code", SUBJECTS)
def test_one_signs_in_with_a_provider_and_leaves(page, at_home, provider, settings, code):
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**policy, "form-action": ["'self'", provider.url]}}
    user = person(Role.DNS_PILOT)
    Identity.objects.create(user=user, provider=code, subject=SUBJECTS[code])
    visit(page, at_home, "/compte/login/?next=/compte/")
    screenshots(page, "account-sign-in")
    page.click(f"a[href^='/compte/fournisseur/{code}/']")
    assert "Fournisseur de test" in page.content()
    page.click("text=Je suis moi")
    assert page.url == f"{at_home.url}/compte/"
    assert user.email in page.content()
    page.click(".menu summary")
    page.click("text=Se déconnecter")
    if code == "proconnect":
        page.click("text=Terminer")
    page.wait_for_url(f"{at_home.url}/**")
    assert page.url.split("?")[0] == f"{at_home.url}/"
    visit(page, at_home, "/compte/")
    assert "/compte/login/" in page.url


def test_one_arrives_by_invitation_with_a_password_and_an_app(page, live_server, valmont):
    admin = person(Role.ESTABLISHMENT_ADMIN, entity=valmont, first_name="Ignace", last_name="Delorme")
    invitation = invitations.invite("iris.colin@exemple.test", Role.EDITOR, valmont, by=admin, at=timezone.now())
    visit(page, live_server, f"/compte/invitation/{invitations.token_of(invitation)}/")
    axe(page)
    screenshots(page, "account-invitation")
    page.fill("input[name=first_name]", "Iris")
    page.fill("input[name=last_name]", "Colin")
    page.fill("input[name=password]", "123456789012")
    page.click("text=Créer mon compte")
    axe(page)
    screenshots(page, "account-invitation-error")
    page.fill("input[name=password]", "quatre mots sans rapport")
    page.click("text=Créer mon compte")
    assert "Choisissez un second facteur" in page.content()
    axe(page)
    screenshots(page, "account-second-factor")
    page.click("text=Mettre en service")
    axe(page)
    screenshots(page, "account-app")
    page.fill("input[name=code]", code_for(page.text_content("code.command")))
    page.click("button:has-text('Mettre en service')")
    assert "Il reste 10 codes" in page.content()
    axe(page)
    screenshots(page, "account-recovery-codes")
    page.click("text=Continuer vers l’accueil")
    assert page.url == f"{live_server.url}/"


def test_a_passkey_is_a_second_factor_then_opens_alone(page, live_server):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    user = person(Role.EDITOR)
    give_password(page, live_server, user)
    page.click("text=Ajouter une clé")
    axe(page)
    page.check("input[name=passwordless]")
    screenshots(page, "account-passkey")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    leave(page)
    give_password(page, live_server, user)
    assert "/2fa/authenticate/" in page.url
    axe(page)
    screenshots(page, "account-code")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{live_server.url}/")
    leave(page)
    visit(page, live_server, "/compte/login/?next=/compte/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/login" not in url)
    visit(page, live_server, "/compte/2fa/webauthn/")
    assert "Clé d’accès 1" in page.content()
    axe(page)
    screenshots(page, "account-passkeys")


def test_a_passkey_that_does_not_answer_is_said_on_the_page(page, live_server):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": False}})
    give_password(page, live_server, person(Role.EDITOR))
    page.click("text=Ajouter une clé")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("#passkey-error:not([hidden])")
    axe(page)


def leave(page):
    page.click(".menu summary")
    page.click("text=Se déconnecter")
    page.wait_for_load_state()


ENTRANCE = ["login", "signup", "password/reset", "inactive", "logout", "password/reset/done", "invitation/faux"]


@pytest.mark.parametrize("path", ENTRANCE)
def test_a_page_of_the_entrance_reads_well(page, live_server, path):
    visit(page, live_server, f"/compte/{path}/")
    axe(page)
    screenshots(page, f"account-entrance-{path}")


def test_a_wrong_password_reads_well(page, live_server):
    give_password(page, live_server, User(email="personne@exemple.test"))
    assert "n’est pas le bon" in page.content()
    axe(page)
    screenshots(page, "account-sign-in-error")


INSIDE = [
    "", "email", "password/change", "reauthenticate", "2fa", "2fa/webauthn", "sessions", "effacer",
    "personnes", "personnes/inviter", "delegations",
]  # fmt: skip


@pytest.mark.parametrize("path", INSIDE)
def test_a_page_of_the_account_reads_well(page, live_server, valmont, path):
    support = an_entity(valmont.department.region, name="Hôpital de Brumelle (fictif)")
    ght = a_ght(valmont.department.region, support=support, members=[valmont])
    user = person(Role.ESTABLISHMENT_ADMIN, entity=valmont, first_name="Ignace", last_name="Delorme")
    give(user, Role.EDITOR, entity=support)
    editor = person(Role.EDITOR, entity=valmont, first_name="Iris", last_name="Colin", email="iris.colin@exemple.test")
    person(Role.SIGNATORY, entity=valmont)
    now = timezone.now()
    invitations.invite("nouvelle@exemple.test", Role.EDITOR, valmont, by=user, at=now)
    invitations.invite("ancienne@exemple.test", Role.EDITOR, valmont, by=user, at=now - timedelta(days=20))
    delegation(ght, valmont, user)
    come_in(page, live_server, user)
    visit(page, live_server, f"/compte/{path}/".replace("//", "/"))
    axe(page)
    screenshots(page, f"account-{path or 'mine'}")
    if path == "personnes":
        page.click("a:has-text('Retirer')")
        assert re.search(r"/roles/\d+/retirer/", page.url)
        axe(page)
        screenshots(page, "account-role-end")
        assert editor.is_active


def test_an_unknown_identity_reads_well(page, at_home, provider):  # noqa: ARG001 — the provider must run
    an_entity(finess="990000001", name="Centre hospitalier de Valmont (fictif)")
    visit(page, at_home, "/compte/fournisseur/psc/")
    page.click("text=Je suis moi")
    assert "il vous manque une invitation" in page.content()
    axe(page)
    screenshots(page, "account-unknown")


def test_a_failed_sign_in_reads_well(page, at_home, provider):
    provider.behave("acr")
    visit(page, at_home, "/compte/fournisseur/psc/")
    page.click("text=Je suis moi")
    assert "n’a pas abouti" in page.content()
    axe(page)
    screenshots(page, "account-failed")
