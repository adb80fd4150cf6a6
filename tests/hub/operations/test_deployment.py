import pytest
from environ import Env
from typer.testing import CliRunner

from rempart.hub import database
from rempart.hub.commands.checking import app
from rempart.hub.operations.deployment import filesystem_of, problems

pytestmark = pytest.mark.django_db
LONG = "a-long-secret-that-only-this-hub-knows-0123456789-abcdefghij"


@pytest.fixture
def safe(settings, tmp_path, monkeypatch):
    """A hub as it should be; only its database belongs to the tests, whose role is a superuser."""
    monkeypatch.setattr("rempart.hub.operations.deployment._superuser", lambda: False)
    settings.DATA_FOLDER = tmp_path
    settings.SITE_URL = "https://hub.exemple.fr"
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.ALLOWED_HOSTS = ["hub.exemple.fr"]
    settings.SECRET_KEY = LONG
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Rempart <hub@exemple.fr>"
    settings.CLAMD = "unix:///run/clamav/clamd.ctl"
    settings.PUBLISHER, settings.CONTACT = "GRADeS de démonstration", "contact@hub.exemple.fr"
    reached(monkeypatch, HOST="/run/postgresql")
    return settings


def reached(monkeypatch, **parameters):
    """Say that the database is reached with these parameters."""
    monkeypatch.setattr("rempart.hub.operations.deployment._parameters", lambda: {"OPTIONS": {}, **parameters})


def codes():
    return [problem.code for problem in problems()]


def test_a_safe_hub_has_no_problem(safe):
    assert codes() == []
    assert safe.HTTPS


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DEBUG": True}, "debug"),
        ({"DEMO": True}, "demo"),
        ({"HTTPS": False, "SITE_URL": "http://hub.exemple.fr"}, "http"),
        ({"SECURE_PROXY_SSL_HEADER": None}, "proxy"),
        ({"SECRET_KEY": "short"}, "secret_short"),
        ({"ALLOWED_HOSTS": ["*"]}, "hosts_any"),
        ({"ALLOWED_HOSTS": ["autre.exemple.fr"]}, "hosts_missing"),
        ({"SITE_URL": "https://localhost", "ALLOWED_HOSTS": ["localhost"]}, "hosts_missing"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "mail_console"),
        ({"DEFAULT_FROM_EMAIL": "Rempart <ne-pas-repondre@localhost>"}, "mail_from"),
        ({"PUBLISHER": " "}, "publisher"),
        ({"CONTACT": ""}, "contact"),
        ({"CLAMD": ""}, "antivirus"),
        ({"METRICS_FROM": ["0.0.0.0/0"]}, "metrics_open"),
    ],
)
def test_each_unsafe_setting_is_named_with_what_to_do(safe, changes, code):
    for name, value in changes.items():
        setattr(safe, name, value)
    found = {problem.code: problem for problem in problems()}
    assert code in found
    assert found[code].fatal
    assert found[code].advice.fr != found[code].advice.en


@pytest.mark.usefixtures("safe")
def test_a_secret_key_that_others_may_read_is_refused(tmp_path):
    kept = tmp_path / "secret-key"
    kept.write_text(LONG)
    kept.chmod(0o640)
    assert codes() == ["secret_shared"]
    kept.chmod(0o600)
    assert codes() == []


def test_a_secret_key_on_a_shared_disk_is_refused(safe, tmp_path, monkeypatch):
    kept = tmp_path / "secret-key"
    kept.write_text(LONG)
    kept.chmod(0o600)
    monkeypatch.setattr("rempart.hub.operations.deployment.filesystem_of", lambda _path: "nfs4")
    assert codes() == ["secret_shared"]
    assert safe.SECRET_KEY == LONG


@pytest.mark.usefixtures("safe")
def test_a_far_database_is_reached_by_encryption_only(monkeypatch):
    reached(monkeypatch, HOST="base.exemple.fr")
    assert codes() == ["database_clear"]
    reached(monkeypatch, HOST="base.exemple.fr", OPTIONS={"sslmode": "verify-full"})
    assert codes() == []


@pytest.mark.usefixtures("safe")
def test_the_embedded_database_is_told_and_does_not_forbid(tmp_path, monkeypatch):
    parameters = Env.db_url_config(database.embedded_url(tmp_path / "postgresql"))
    reached(monkeypatch, **parameters)
    (problem,) = problems()
    assert (problem.code, problem.fatal) == ("database_embedded", False)


def test_a_superuser_is_refused(safe, monkeypatch):
    monkeypatch.undo()
    assert "database_superuser" in codes()
    assert safe.CLAMD


def test_the_command_refuses_with_exit_code_1(safe, monkeypatch):
    monkeypatch.setattr("rempart.hub.commands.site.ready", lambda: None)
    assert CliRunner().invoke(app, []).exit_code == 0
    safe.CLAMD = ""
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 1
    assert "REFUS [antivirus]" in done.output


def test_the_kind_of_a_file_system_is_that_of_the_nearest_mount(tmp_path):
    assert filesystem_of(tmp_path)
