import pytest
from allauth.mfa.models import Authenticator
from typer.testing import CliRunner

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.commands import accounts, site
from rempart.hub.common.errors import Refusal
from tests.hub.factories.accounts import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch):
    """Run a command on the tests' own database."""
    monkeypatch.setattr(site, "ready", lambda: None)

    def run(*arguments, password="", typed=""):
        environment = {accounts.PASSWORD: password} if password else {}
        return CliRunner(env=environment).invoke(accounts.app, list(arguments), input=typed, catch_exceptions=False)

    return run


def test_the_first_administrator_is_made_with_the_password_of_the_environment(run):
    answer = run("create-admin", "Admin@exemple.test", "--last-name", "Colin", password="quatre mots sans rapport")
    assert answer.exit_code == 0
    user = User.objects.get(email="admin@exemple.test")
    assert user.check_password("quatre mots sans rapport")
    assert Scope.of(user).national == {Role.ADMINISTRATOR}
    assert user.memberships.get().given_by is None


def test_the_password_is_asked_for_twice_and_never_shown(run):
    typed = "quatre mots sans rapport"
    answer = run("create-admin", "admin@exemple.test", typed=f"{typed}\n{typed}\n")
    assert answer.exit_code == 0
    assert typed not in answer.output


def test_a_weak_password_makes_nobody(run):
    with pytest.raises(Refusal):
        run("create-admin", "admin@exemple.test", password="court")
    assert not User.objects.exists()


def test_who_has_an_account_is_given_the_role_once(run):
    user = person()
    assert run("create-admin", user.email).exit_code == 0
    assert user.memberships.get().role == Role.ADMINISTRATOR
    with pytest.raises(Refusal):
        run("create-admin", user.email)


def test_second_factors_lost_are_removed(run):
    user = person()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert run("reset-second-factor", user.email).exit_code == 0
    assert not Authenticator.objects.filter(user=user).exists()
    with pytest.raises(Refusal):
        run("reset-second-factor", "inconnu@exemple.test")
