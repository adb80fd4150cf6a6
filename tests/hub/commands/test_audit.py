import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from rempart.hub.commands.audit import app
from rempart.hub.funding.ledger import services
from rempart.hub.journal.services import seal
from rempart.measurement.errors import InputError
from tests.hub.factories.ledger import AT, call, file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committed(monkeypatch):
    monkeypatch.setattr("rempart.hub.commands.site.ready", lambda: None)
    made = call()
    services.open_envelope(made, 1_000_00, by=None, at=AT)
    one = file(made, 300_00)
    services.commit(one, by=None, at=AT)
    return one


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def tamper():
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_entrytrail SET reason = 'autre' WHERE kind = 'commitment' RETURNING pgh_id")
        (key,) = cursor.fetchone()
        cursor.execute("SET session_replication_role = DEFAULT")
    return key


def test_an_intact_journal_says_so():
    seal(at=timezone.now() + timedelta(days=1))
    done = run("verify-journal")
    assert done.exit_code == 0
    assert "Journal intact : 1 jour(s)" in done.output


def test_an_altered_row_is_named_and_the_exit_code_is_1():
    (day,) = seal(at=timezone.now() + timedelta(days=1))
    key = tamper()
    done = run("verify-journal")
    assert done.exit_code == 1
    assert f"ligne du journal modifiée, jour {day.day}, table ledger_entrytrail, clé {key}" in done.output


def test_digests_kept_elsewhere_are_compared(tmp_path):
    seal(at=timezone.now() + timedelta(days=1))
    kept = tmp_path / "digests.jsonl"
    assert run("verify-journal", "--export", kept).exit_code == 0
    assert run("verify-journal", "--against", kept).exit_code == 0
    kept.write_text(kept.read_text().replace('"digest": "', '"digest": "0'))
    done = run("verify-journal", "--against", kept)
    assert done.exit_code == 1
    assert "gardée ailleurs" in done.output


def test_what_is_no_list_of_digests_is_refused(tmp_path):
    other = tmp_path / "other"
    other.write_text("bonjour")
    assert isinstance(run("verify-journal", "--against", other).exception, InputError)


def test_commitments_are_exported_to_the_terminal_or_to_a_file(committed, tmp_path):
    printed = run("reconciliation", "D9-2024").output
    path = tmp_path / "export.csv"
    assert run("reconciliation", "D9-2024", "--output", path).exit_code == 0
    written = path.read_text(encoding="utf-8-sig")
    assert [list(csv.reader(io.StringIO(text), delimiter="|"))[1] for text in (printed, written)] == [
        list(csv.reader(io.StringIO(written), delimiter="|"))[1]
    ] * 2
    assert committed.number in written
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_call_is_refused_with_those_that_exist():
    error = run("reconciliation", "D0-1900").exception
    assert isinstance(error, InputError)
    assert "D9-2024" in error.advice.fr
