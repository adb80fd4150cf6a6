"""Fifty people decide at the same second, each on a connection of their own, and the envelope is nearly empty."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from rempart.hub.common.errors import Refusal
from rempart.hub.funding.ledger import selectors, services
from rempart.hub.funding.ledger.models import Envelope
from tests.hub.factories.ledger import AT, call, file

PEOPLE = 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened():
    made = call()
    services.open_envelope(made, 100_00, by=None, at=AT)
    return made


def race(decide, files):
    """Let `decide(file)` run for all files at once; returns its answers."""
    start = threading.Barrier(len(files))

    def one(asked):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return decide(asked)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(files)) as pool:
        return list(pool.map(one, files))


def commit(asked):
    try:
        services.commit(asked, by=None, at=AT)
    except Refusal as refusal:
        return refusal.code
    return "committed"


def test_fifty_decisions_at_once_commit_the_affordable_ones_and_no_other(opened):
    files = [file(opened, 7_00) for _ in range(PEOPLE)]
    answers = race(commit, files)
    assert sorted(answers) == ["committed"] * 14 + ["envelope_exhausted"] * 36
    assert selectors.balances(opened) == selectors.Balances(100_00, available=2_00, committed=98_00)
    held = selectors.balances_of_files(one.pk for one in files)
    assert {one.pk for one, answer in zip(files, answers, strict=True) if answer == "committed"} == set(held)


def test_small_files_still_fit_when_large_ones_do_not(opened):
    files = [file(opened, cents) for cents in [60_00, 60_00] + [80] * 48]
    answers = race(commit, files)
    assert answers[2:] == ["committed"] * 48 or answers.count("envelope_exhausted") > 0
    left = selectors.balances(opened).available
    assert left >= 0
    refused = [one.ceiling_cents for one, answer in zip(files, answers, strict=True) if answer != "committed"]
    assert all(cents > left for cents in refused)


def test_one_file_decided_by_fifty_people_is_committed_once(opened):
    one = file(opened, 1_00)
    answers = race(commit, [one] * PEOPLE)
    assert sorted(answers) == ["already_committed"] * 49 + ["committed"]
    assert selectors.balances(opened).committed == 1_00


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_fifty_raw_sql_writers_cannot_over_commit_in_any_isolation(opened, level):
    envelope = Envelope.objects.get()

    def write(asked):
        """Post past the services, as a script or a person with a database prompt would."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
                cursor.execute(
                    "WITH entry AS (INSERT INTO ledger_entry (envelope_id, kind, application_id, at, reason)"
                    " VALUES (%s, 'commitment', %s, now(), '') RETURNING id) SELECT id FROM entry",
                    [envelope.pk, asked.pk],
                )
                entry = cursor.fetchone()[0]
                cursor.execute(
                    "INSERT INTO ledger_posting (entry_id, account, cents)"
                    " VALUES (%s, 'available', -700), (%s, 'committed', 700)",
                    [entry, entry],
                )
        except (IntegrityError, OperationalError):  # the guard, or a transaction that came second
            return False
        return True

    won = sum(race(write, [file(opened, 7_00) for _ in range(PEOPLE)]))
    assert won == 14 if level == "READ COMMITTED" else 1 <= won <= 14
    found = selectors.balances(opened)
    assert (found.committed, found.available) == (won * 7_00, 100_00 - won * 7_00)
    envelope.refresh_from_db()
    assert envelope.available_cents == found.available
