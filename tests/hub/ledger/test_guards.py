"""What the database itself refuses, asked in raw SQL."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from rempart.hub.funding.ledger import selectors, services
from rempart.hub.funding.ledger.models import Entry, Envelope, Posting
from tests.hub.factories.ledger import AT, call, file, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened():
    made = call()
    services.open_envelope(made, 100, by=person(), at=AT)
    return made


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(envelope, kind, application, moves, reason="parce que"):
    """Write an entry past the services, and check what waits for the end of the transaction."""
    with transaction.atomic():
        entry = Entry.objects.create(envelope=envelope, kind=kind, application=application, at=AT, reason=reason)
        for account, cents in moves.items():
            sql("INSERT INTO ledger_posting (entry_id, account, cents) VALUES (%s, %s, %s)", entry.pk, account, cents)
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")


def refused(constraint):
    return pytest.raises(IntegrityError, check=lambda error: error.__cause__.diag.constraint_name == constraint)


def test_raw_sql_cannot_over_commit(opened):
    with refused("envelope_never_overcommitted"):
        write(opened.envelope, "commitment", file(opened, 101), {"available": -101, "committed": 101})
    assert selectors.balances(opened).available == 100


def test_raw_sql_cannot_commit_a_file_twice(opened):
    one = file(opened, 10)
    write(opened.envelope, "commitment", one, {"available": -10, "committed": 10})
    with refused("one_open_commitment"):
        write(opened.envelope, "commitment", one, {"available": -10, "committed": 10})


def test_raw_sql_cannot_pay_a_file_twice_nor_more_than_committed(opened):
    one, other = file(opened, 10), file(opened, 10)
    write(opened.envelope, "commitment", one, {"available": -10, "committed": 10})
    with refused("entry_shaped"):
        write(opened.envelope, "payment", one, {"committed": -10, "paid": 20, "available": -10})
    write(opened.envelope, "payment", one, {"committed": -10, "paid": 10})
    write(opened.envelope, "commitment", one, {"available": -10, "committed": 10})
    with refused("file_paid_once"):
        write(opened.envelope, "payment", one, {"committed": -10, "paid": 10})
    with refused("file_account_not_negative"):
        write(opened.envelope, "payment", other, {"committed": -10, "paid": 10})


def test_raw_sql_cannot_recover_more_than_paid(opened):
    one = file(opened, 10)
    write(opened.envelope, "commitment", one, {"available": -10, "committed": 10})
    write(opened.envelope, "payment", one, {"committed": -10, "paid": 4, "available": 6})
    with refused("file_account_not_negative"):
        write(opened.envelope, "recovery", one, {"paid": -5, "recovered": 5})


@pytest.mark.parametrize(
    ("kind", "moves", "constraint"),
    [
        ("commitment", {"available": -10, "committed": 9}, "entry_balanced"),
        ("commitment", {}, "entry_balanced"),
        ("commitment", {"available": 10, "funding": -10}, "entry_shaped"),
        ("release", {"available": -10, "committed": 10}, "entry_shaped"),
        ("commitment", {"available": 0, "committed": 0}, "posting_moves_money"),
        ("gift", {"available": -10, "committed": 10}, "entry_kind_known"),
    ],
)
def test_an_entry_is_balanced_and_has_its_shape(opened, kind, moves, constraint):
    with refused(constraint):
        write(opened.envelope, kind, file(opened, 10), moves)


def test_a_posting_added_later_unbalances_an_old_entry(opened):
    one = file(opened, 10)
    services.commit(one, by=None, at=AT)
    entry = Entry.objects.get(application=one)
    with refused("entry_balanced"), transaction.atomic():
        sql("INSERT INTO ledger_posting (entry_id, account, cents) VALUES (%s, 'paid', 5)", entry.pk)
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_entry_is_of_a_file_of_its_call(opened):
    with refused("entry_of_its_call"):
        write(opened.envelope, "commitment", file(call("D8-2024"), 10), {"available": -10, "committed": 10})


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_envelope"])
def test_rows_are_neither_deleted_nor_emptied(opened, table):
    services.commit(file(opened, 10), by=None, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(f"DELETE FROM {table}")  # noqa: S608 — our own names
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="Cannot truncate"), transaction.atomic():
        sql(f"TRUNCATE {table} CASCADE")


def test_rows_are_not_changed(opened):
    services.commit(file(opened, 10), by=None, at=AT)
    for statement in (
        "UPDATE ledger_posting SET cents = cents * 2",
        "UPDATE ledger_entry SET reason = 'autre'",
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            sql(statement)
    for statement in (
        "UPDATE ledger_envelope SET available_cents = 1000000",
        "UPDATE ledger_envelope SET opened_at = now()",
        "INSERT INTO ledger_envelope (call_id, opened_at, available_cents) VALUES ('D8-2024', now(), 5)",
    ):
        call("D8-2024")
        with refused("envelope_moved_by_postings"), transaction.atomic():
            sql(statement)


def test_the_running_balance_is_the_sum_of_the_postings(opened):
    services.commit(file(opened, 30), by=None, at=AT)
    assert Envelope.objects.get().available_cents == selectors.balances(opened).available == 70
    assert sum(Posting.objects.values_list("cents", flat=True)) == 0
