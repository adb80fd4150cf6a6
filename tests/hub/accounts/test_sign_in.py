"""Signing in with a password: a second factor comes first, attempts are counted, secrets are unreadable."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from rempart.hub.accounts.middleware import REACHABLE
from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from tests.hub.accounts.codes import code_for, secret_on
from tests.hub.factories.accounts import PASSWORD, person

pytestmark = pytest.mark.django_db
LOGIN, SET_UP, CODE = "/compte/login/", "/compte/second-facteur/", "/compte/2fa/authenticate/"


def give_password(client, user, password=PASSWORD, path=LOGIN):
    return client.post(path, {"login": user.email, "password": password})


def set_up_app(client):
    """Set an app up, and return its secret."""
    secret = secret_on(client.get("/compte/2fa/totp/activate/").content.decode())
    answer = client.post("/compte/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer.headers["Location"] == "/compte/2fa/recovery-codes/"
    return secret


def leave(client):
    client.post("/compte/logout/")


@pytest.fixture
def user():
    return person(Role.EDITOR)


def test_a_password_alone_opens_nothing_but_the_set_up_of_a_second_factor(client, user):
    assert give_password(client, user).headers["Location"] == "/"
    for path in ("/", "/compte/", "/appels/", "/compte/mes-donnees/", "/compte/sessions/", "/nulle-part/"):
        assert client.get(path).headers["Location"] == SET_UP, path
    assert client.get(SET_UP).status_code == 200
    assert client.post("/compte/effacer/").headers["Location"] == SET_UP
    assert client.get("/compte/2fa/totp/activate/").status_code == 200


def test_the_pages_left_open_to_a_password_alone_exist():
    for name in REACHABLE:
        reverse(name)


def test_once_an_app_is_set_up_the_site_opens_and_its_code_is_asked_for_next_time(client, user):
    give_password(client, user)
    secret = set_up_app(client)
    assert client.get("/compte/").status_code == 200
    assert client.get(SET_UP).headers["Location"] == "/compte/2fa/"
    leave(client)
    assert give_password(client, user).headers["Location"] == CODE
    assert client.get("/compte/").headers["Location"].startswith(LOGIN)
    wrong = client.post(CODE, {"code": "000000"})
    assert "Ce code n’est pas le bon" in wrong.content.decode()
    assert client.post(CODE, {"code": code_for(secret, later=1)}).headers["Location"] == "/"
    assert client.get("/compte/").status_code == 200


def test_a_recovery_code_opens_once(client, user):
    give_password(client, user)
    set_up_app(client)
    code = re.search(r"<li><code>(\d+)</code>", client.get("/compte/2fa/recovery-codes/").content.decode()).group(1)
    assert client.get("/compte/2fa/recovery-codes/download/").content.decode().split()[0] == code
    leave(client)
    give_password(client, user)
    assert client.post(CODE, {"code": code}).headers["Location"] == "/"
    leave(client)
    give_password(client, user)
    assert client.post(CODE, {"code": code}).status_code == 200


def test_the_secret_of_an_app_is_unreadable_in_the_database(client, user, settings):
    give_password(client, user)
    secret = set_up_app(client)
    for kept in Authenticator.objects.filter(user=user):
        assert secret not in str(kept.data)
    leave(client)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 8, [settings.SECRET_KEY]
    give_password(client, user)
    assert client.post(CODE, {"code": code_for(secret, later=1)}).headers["Location"] == "/"


def test_the_last_second_factor_of_a_password_stays(client, user):
    give_password(client, user)
    set_up_app(client)
    page = client.get("/compte/2fa/totp/deactivate/").content.decode()
    assert "Gardez au moins un second facteur" in page
    client.post("/compte/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, user):
    known = give_password(client, user, "faux")
    unknown = client.post(LOGIN, {"login": "inconnu@exemple.test", "password": "faux"})
    for answer in (known, unknown):
        assert "L’adresse ou le mot de passe n’est pas le bon" in answer.content.decode()


def test_after_five_wrong_passwords_even_the_right_one_waits(client, user):
    for _ in range(5):
        give_password(client, user, "faux")
    answer = give_password(client, user)
    assert answer.status_code == 200
    assert "Trop d’essais" in answer.content.decode()
    other = person()
    assert give_password(Client(), other).status_code == 302


def test_a_flood_of_sign_ins_is_stopped_with_a_page_that_says_so(client):
    answers = [client.post(LOGIN, {"login": f"a{n}@exemple.test", "password": "x"}) for n in range(31)]
    assert answers[-1].status_code == 429
    assert "Trop de demandes" in answers[-1].content.decode()


def test_a_closed_account_does_not_open(client, user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    give_password(client, user)
    assert client.get("/compte/").headers["Location"].startswith(LOGIN)


def test_nobody_signs_up(client):
    assert "sur invitation" in client.get("/compte/signup/").content.decode()
    client.post("/compte/signup/", {"email": "a@exemple.test", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_nobody_is_sent_elsewhere_after_signing_in(client, user):
    answer = give_password(client, user, path=f"{LOGIN}?next=https://ailleurs.test/")
    assert answer.headers["Location"] == "/"
    leave(client)
    assert give_password(client, user, path=f"{LOGIN}?next=/compte/").headers["Location"] == "/compte/"


def test_a_forgotten_password_is_changed_by_a_code_that_never_waits_in_the_queue(client, user):
    client.post("/compte/password/reset/", {"email": user.email})
    [sent] = outbox.outbox
    assert not ProcrastinateJob.objects.exists()
    code = re.search(r"code\s: (\S+)", sent.body).group(1)
    answer = client.post("/compte/password/reset/confirm/", {"code": code})
    assert answer.headers["Location"] == "/compte/password/reset/complete/"
    new = "encore un autre mot de passe"
    assert (
        client.post("/compte/password/reset/complete/", {"password1": "court", "password2": "court"}).status_code == 200
    )
    client.post("/compte/password/reset/complete/", {"password1": new, "password2": new})
    assert give_password(client, user, new).status_code == 302
    assert client.get("/compte/").headers["Location"] == SET_UP


def test_a_forgotten_password_of_nobody_says_nothing_more(client, user):
    known = client.post("/compte/password/reset/", {"email": user.email})
    outbox.outbox.clear()
    unknown = Client().post("/compte/password/reset/", {"email": "inconnu@exemple.test"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert outbox.outbox == []


def test_a_mail_server_that_is_away_is_said_and_breaks_nothing(client, user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = client.post("/compte/password/reset/", {"email": user.email}, follow=True)
    assert "Le courriel n’a pas pu partir" in answer.content.decode()


def test_what_touches_security_is_told_by_mail(client, user, run_jobs):
    give_password(client, user)
    set_up_app(client)
    new = "encore un autre mot de passe"
    client.post("/compte/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    run_jobs()
    assert [sent.subject for sent in outbox.outbox][-1] == "[Rempart] Votre mot de passe a changé"


def test_a_new_address_is_verified_by_a_code_before_it_counts(client, user):
    give_password(client, user)
    set_up_app(client)
    client.post("/compte/email/", {"email": "Nouvelle@exemple.test", "action_add": ""})
    user.refresh_from_db()
    assert user.email != "nouvelle@exemple.test"
    code = re.search(r"code\s: (\S+)", outbox.outbox[-1].body).group(1)
    client.post("/compte/confirm-email/", {"code": code})
    user.refresh_from_db()
    assert user.email == "nouvelle@exemple.test"


def test_sessions_are_listed_and_closed_one_by_one(client, user, django_assert_max_num_queries):
    give_password(client, user)
    secret = set_up_app(client)
    elsewhere = Client(headers={"user-agent": "Un autre navigateur"})
    give_password(elsewhere, user)
    elsewhere.post(CODE, {"code": code_for(secret, later=1)})
    with django_assert_max_num_queries(20):
        page = client.get("/compte/sessions/").content.decode()
    assert "Un autre navigateur" in page
    session = UserSession.objects.get(user_agent="Un autre navigateur")
    stranger = Client()
    give_password(stranger, person())
    stranger.post(f"/compte/sessions/{session.pk}/fermer/")
    assert elsewhere.get("/compte/").status_code == 200
    client.post(f"/compte/sessions/{session.pk}/fermer/")
    assert elsewhere.get("/compte/").headers["Location"].startswith(LOGIN)
    assert client.get("/compte/").status_code == 200
