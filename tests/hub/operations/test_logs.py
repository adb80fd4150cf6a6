"""What the log says, and what it must never say."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings

from rempart.hub.accounts.models import User
from rempart.hub.operations.logs import HIDDEN, without_secrets

PASSWORD = "Correct-Horse-7-Battery"
CODE = "sp3cr3tAuthorisationCode0123456789"


@pytest.fixture
def log():
    """The log of the hub as its processes write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    formatter = dict(settings.LOGGING["formatters"]["json"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_sign_in_leaves_who_and_which_request_and_no_secret(client, log, caplog):
    user = User.objects.create_user("valmont@exemple.fr", PASSWORD, first_name="Dominique", last_name="Martin")
    client.post("/compte/login/", {"login": user.email, "password": PASSWORD})
    client.post("/compte/login/", {"login": user.email, "password": f"{PASSWORD}-wrong"})
    client.force_login(user)
    client.get("/", {"code": CODE, "state": "xyz"})
    client.get(f"/compte/password/reset/key/1-{CODE}/")
    lines = log()
    whole = json.dumps(lines) + caplog.text
    for secret in (PASSWORD, CODE, client.cookies["sessionid"].value, "xyz"):
        assert secret not in whole
    home = next(line for line in lines if line.get("request", "").startswith("GET /?"))
    assert home["user_id"] == user.pk
    assert home["request_id"]
    assert home["code"] == 302


def test_other_libraries_write_json_too(log):
    logging.getLogger("django.security").warning("Something %s", "odd")
    (line,) = log()
    assert (line["event"], line["level"], line["logger"]) == ("Something odd", "warning", "django.security")


def test_an_error_keeps_its_place(log):
    try:
        int("broken")
    except ValueError:
        structlog.get_logger("rempart.test").exception("failed", token="abc")
    (line,) = log()
    assert "ValueError: invalid literal" in line["exception"]
    assert line["token"] == HIDDEN


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("GET /dossiers/D2-2025-00012/", "GET /dossiers/D2-2025-00012/"),
        ("GET /?code=abc&state=x", f"GET /?{HIDDEN}"),
        ("GET /invitation/AbC123dEf456GhI789jKl012/", f"GET /invitation/{HIDDEN}/"),
        ("GET /compte/password/reset/key/4-d1x2ab-0123456789abcdef0123456789abcdef/", None),
        ("GET /static/css/tokens.0123456789ab.css", "GET /static/css/tokens.0123456789ab.css"),
    ],
)
def test_keys_in_addresses_are_hidden_and_numbers_of_files_are_not(path, kept):
    found = without_secrets(None, "info", {"request": path})["request"]
    assert found == kept if kept else "0123456789abcdef0123456789abcdef" not in found
