"""`verify-proofs` and `load-catalogues`: what is at fault is named, what is loaded twice changes nothing."""

import pytest
from django.db import connection
from typer.testing import CliRunner

from rempart.hub.commands.proofs import app
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.proofs.models import KnownCatalogue
from rempart.measurement.errors import InputError
from tests.hub.factories import proofs as made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(monkeypatch):
    monkeypatch.setattr("rempart.hub.commands.site.ready", lambda: None)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_nothing_kept_is_nothing_wrong():
    done = run("verify-proofs")
    assert (done.exit_code, done.stdout) == (
        0,
        "0 attestation(s) vérifiée(s), 0 dossier(s) : toutes prouvent ce que le hub en dit.\n",
    )


def test_what_is_altered_is_named_with_its_file_and_the_exit_code_is_1():
    good, bad = made.application(), made.application()
    made.deposit(good)
    deposit = made.deposit(bad)
    assert "2 attestation(s) vérifiée(s), 2 dossier(s)" in run("verify-proofs").stdout
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE proofs_deposit SET level = 5 WHERE id = %s", [deposit.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
    done = run("verify-proofs")
    assert done.exit_code == 1
    assert f"dossier {bad.number}, attestation {deposit.pk} : ce qui est écrit en base" in done.stdout
    assert good.number not in done.stdout
    assert run("verify-proofs", "--call", good.call_id).exit_code == 0
    assert run("verify-proofs", "--call", bad.call_id).exit_code == 1


def test_a_call_that_does_not_exist_is_told_with_those_that_do():
    call = made.call()
    error = run("verify-proofs", "--call", "D9").exception
    assert isinstance(error, InputError)
    assert call.pk in error.advice.fr


def test_the_catalogues_of_this_version_are_loaded_once():
    assert "ajouté(s), " in run("load-catalogues").stdout
    known = KnownCatalogue.objects.count()
    assert known > 0
    assert run("load-catalogues").stdout == f"0 catalogue(s) ajouté(s), {known} reconnu(s).\n"


def test_a_list_of_ones_own_is_loaded_and_another_file_refused(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(f'[[catalogue]]\nengine = "exposure"\nversion = "1"\ndigest = "sha256:{"c" * 64}"\n')
    assert run("load-catalogues", mine).exit_code == 0
    assert KnownCatalogue.objects.get(engine="exposure").digest == "c" * 64
    mine.write_text("rien")
    assert isinstance(run("load-catalogues", mine).exception, Refusal)
    assert isinstance(run("load-catalogues", tmp_path / "absent").exception, InputError)
