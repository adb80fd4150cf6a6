from contextlib import contextmanager
from datetime import timedelta

import pghistory
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rempart.hub.common.clock import paris_day
from rempart.hub.funding.ledger import services as ledger
from rempart.hub.journal import tasks
from rempart.hub.journal.models import JournalDay, TableSeal
from rempart.hub.journal.services import seal
from rempart.hub.journal.trails import trails
from rempart.hub.journal.verification import Fault, Finding, verify
from tests.hub.factories.ledger import AT, call, file

pytestmark = pytest.mark.django_db
UNTRACKED = {
    "territory.Region": "public codes that a release may load again: nobody decides them",
    "territory.Department": "same",
    "journal.JournalDay": "the journal itself: chained, and never changed",
    "journal.TableSeal": "same",
    "accounts.CacheEntry": "counts failed sign-ins for a few minutes",
    "applications.ReadMark": "a person's comfort: decides nothing",
    "applications.MailChoices": "same",
    "applications.SavedView": "same",
    "applications.Reminder": "only grows, and each mail it stands for is in the queue's own history",
    "applications.NumberSeries": "a counter: the numbers it gave are on files, which are tracked",
    "decisions.Series": "a counter: the numbers it gave are on decisions, which are tracked",
    "api.TokenUse": "written at each call; the token itself is tracked",
}
"""Every model without a trail, and why: a new one must be tracked or stand here."""


@contextmanager
def triggers_off():
    """Write as a superuser who disabled every trigger."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def tamper(statement, *values):
    with triggers_off() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def today():
    return paris_day(timezone.now())


@pytest.fixture
def sealed(today):
    """Two days of business, sealed: an envelope opened yesterday, three files committed today."""
    made = call()
    ledger.open_envelope(made, 1_000_00, by=None, at=AT)
    with triggers_off() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'pgh_created_at'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"UPDATE {table} SET pgh_created_at = pgh_created_at - interval '1 day'")  # noqa: S608
    files = [file(made, 10_00) for _ in range(3)]
    for one in files:
        ledger.commit(one, by=None, at=AT)
    days = seal(at=timezone.now() + timedelta(days=1))
    assert [day.day for day in days] == [today - timedelta(days=1), today]
    return files


def trail_of(entry):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_id FROM ledger_entrytrail WHERE pgh_obj_id = %s", [entry.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("sealed")
def test_a_sealed_journal_verifies():
    found = verify()
    assert found.findings == ()
    assert found.days == 2
    assert found.rows > 20


def test_an_empty_hub_has_nothing_to_seal():
    assert seal(at=timezone.now() + timedelta(days=1)) == []
    assert verify().findings == ()


def test_the_day_that_still_runs_is_not_sealed():
    call()
    assert seal(at=timezone.now()) == []


@pytest.mark.usefixtures("sealed")
def test_sealing_twice_changes_nothing_and_empty_days_are_chained(today):
    assert seal(at=timezone.now() + timedelta(days=1)) == []
    later = seal(at=timezone.now() + timedelta(days=4))
    assert [day.day for day in later] == [today + timedelta(days=days) for days in (1, 2, 3)]
    assert later[1].previous == later[0].digest
    assert verify().findings == ()


def test_one_altered_row_is_found_and_named(sealed, today):
    entry = sealed[1].ledger_entries.get()
    tamper("UPDATE ledger_entrytrail SET reason = 'autre' WHERE pgh_obj_id = %s", entry.pk)
    assert verify().findings == (
        Finding(Fault.ALTERED, today, "ledger_entrytrail", trail_of(entry)),
        Finding(Fault.LIVE_ALTERED, None, "ledger_entry", str(entry.pk)),
    )


def test_a_removed_and_an_added_row_are_found_and_named(sealed, today):
    one, other = (file.ledger_entries.get() for file in sealed[:2])
    removed = trail_of(one)
    with triggers_off() as cursor:
        cursor.execute("DELETE FROM ledger_entrytrail WHERE pgh_obj_id = %s", [one.pk])
        cursor.execute(
            "INSERT INTO ledger_entrytrail (pgh_created_at, pgh_label, id, kind, at, reason, envelope_id, pgh_obj_id)"
            " SELECT pgh_created_at - interval '1 day', pgh_label, id, kind, at, reason, envelope_id, pgh_obj_id"
            " FROM ledger_entrytrail WHERE pgh_obj_id = %s RETURNING pgh_id",
            [other.pk],
        )
        added = str(cursor.fetchone()[0])
    found = set(verify().findings)
    assert Finding(Fault.REMOVED, today, "ledger_entrytrail", removed) in found
    assert Finding(Fault.ADDED, today - timedelta(days=1), "ledger_entrytrail", added) in found
    assert Finding(Fault.LIVE_ADDED, None, "ledger_entry", str(one.pk)) in found


@pytest.mark.usefixtures("sealed")
def test_all_rows_of_a_day_removed_are_each_named(today):
    tamper("DELETE FROM applications_applicationtrail")
    found = [one for one in verify().findings if one.fault is Fault.REMOVED]
    assert len(found) == 3
    assert {(one.day, one.table) for one in found} == {(today, "applications_applicationtrail")}


@pytest.mark.usefixtures("today")
def test_who_did_it_is_part_of_what_is_sealed():
    with pghistory.context(user=1):
        made = call()
    seal(at=timezone.now() + timedelta(days=1))
    tamper("""UPDATE pghistory_context SET metadata = '{"user": 2}'""")
    assert {one.table for one in verify().findings} == {"calls_calltrail", "calls_callversiontrail"}
    assert made.pk


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    ("statement", "fault", "table"),
    [
        (
            "UPDATE ledger_posting SET cents = cents * 10 WHERE account = 'funding'",
            Fault.LIVE_ALTERED,
            "ledger_posting",
        ),
        ("DELETE FROM ledger_posting WHERE account = 'funding'", Fault.LIVE_REMOVED, "ledger_posting"),
        (
            "INSERT INTO ledger_posting (entry_id, account, cents) SELECT id, 'paid', 5 FROM ledger_entry LIMIT 1",
            Fault.LIVE_ADDED,
            "ledger_posting",
        ),
    ],
)
def test_a_business_row_changed_past_the_triggers_is_named(statement, fault, table):
    tamper(statement)
    (found,) = verify().findings
    assert (found.fault, found.table) == (fault, table)
    assert found.key


@pytest.mark.usefixtures("sealed")
def test_a_seal_or_a_day_that_was_rewritten_is_found(today):
    tamper("UPDATE journal_tableseal SET leaves = '\\x00' WHERE \"table\" = 'ledger_entrytrail' AND day_id = %s", today)
    assert Finding(Fault.SEAL, today, "ledger_entrytrail") in verify().findings
    tamper("UPDATE journal_journalday SET digest = repeat('0', 64) WHERE day < %s", today)
    found = [one.day for one in verify().findings if one.fault is Fault.CHAIN]
    assert found == [today - timedelta(days=1), today]


@pytest.mark.usefixtures("sealed")
def test_a_day_taken_out_of_the_chain_is_found(today):
    seal(at=timezone.now() + timedelta(days=3))
    tamper("DELETE FROM journal_journalday WHERE day = %s", today + timedelta(days=1))
    assert Finding(Fault.CHAIN, today + timedelta(days=2)) in verify().findings


@pytest.mark.usefixtures("sealed")
def test_a_chain_rewritten_whole_differs_from_the_digests_kept_elsewhere(today):
    kept = dict(JournalDay.objects.values_list("day", "digest"))
    assert verify(kept).findings == ()
    tamper("UPDATE ledger_entrytrail SET reason = 'autre'")
    tamper("UPDATE ledger_entry SET reason = 'autre'")
    tamper("DELETE FROM journal_tableseal")
    tamper("DELETE FROM journal_journalday")
    seal(at=timezone.now() + timedelta(days=1))
    assert verify().findings == ()
    assert {(one.fault, one.day) for one in verify(kept).findings} == {
        (Fault.KEPT, today - timedelta(days=1)),
        (Fault.KEPT, today),
    }


@pytest.mark.usefixtures("sealed")
def test_a_column_added_later_changes_no_sealed_day():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entrytrail ADD COLUMN later text NOT NULL DEFAULT 'x'")
    assert verify().findings == ()


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("model", [JournalDay, TableSeal])
def test_the_journal_is_never_changed_nor_emptied(model):
    table = model._meta.db_table
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):  # noqa: S608 — our own names
        connection.check_constraints()
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.usefixtures("sealed")
def test_the_night_task_seals_the_days_that_ended(today):
    tasks.seal_journal(timestamp=0)
    assert JournalDay.objects.last().day == today


def test_every_business_model_is_tracked():
    business = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("rempart.hub.") and not issubclass(model, pghistory.models.Event)
    }
    tracked = {
        model.pgh_tracked_model._meta.label
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model.pgh_tracked_model
    }
    assert business - tracked == set(UNTRACKED)


def test_no_trail_can_be_emptied():
    tables = [trail.table for trail in trails()]
    assert len(tables) > 30
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgtype & 32 > 0 AND tgenabled <> 'D'"  # 32: TRUNCATE
        )
        guarded = {name.strip('"') for (name,) in cursor.fetchall()}
    assert set(tables) - guarded == set()
    with pytest.raises(DatabaseError, match="Cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_membershiptrail")
