"""A backup is made of one hub and put back into another, and both say the same."""

import json
import sqlite3
import tarfile

import psycopg
import pytest

from rempart.hub import database
from tests.hub.operations.served import Served

pytestmark = pytest.mark.django_db  # its tables are copied from those of the tests
HUB = "rempart.hub.settings"
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"


@pytest.fixture(scope="module")
def hub(migrated):
    made = Served(settings=HUB, migrated=migrated)
    made.keep_running()
    made.sql("INSERT INTO territory_region VALUES ('R1', 'Région R1', 'ARS R1')")
    made.sql("INSERT INTO calls_call (code, title, simulated) VALUES ('D9-2024', 'Appel « d’essai »', true)")
    (made.data / "files" / "proofs").mkdir(parents=True)
    (made.data / "files" / "proofs" / "a1").write_bytes(b"%PDF-1.7 piece")
    (made.data / "receipt-key").write_text("PRIVATE")
    yield made
    made.throw_away()


@pytest.fixture(scope="module")
def backup(hub):
    path = hub.data / "backup.tar"
    done = hub.command("backup", str(path))
    assert done.returncode == 0, done.stderr
    assert "gardez-la secrète" in done.stderr
    return path


@pytest.fixture
def other():
    made = Served(settings=HUB)
    made.keep_running()
    yield made
    made.throw_away()


def content(hub):
    """Every row of every table, and every trigger: what must be the same."""
    url = database.embedded_url(hub.data / "postgresql")
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        rows = {
            table: connection.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1').fetchall()  # noqa: S608 — our own
            for (table,) in tables
        }
        triggers = connection.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        ).fetchall()
    return rows, triggers


def test_a_backup_put_back_elsewhere_is_the_same_hub(hub, backup, other):
    done = other.command("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert content(other) == content(hub)
    assert (other.data / "files" / "proofs" / "a1").read_bytes() == b"%PDF-1.7 piece"
    assert (other.data / "receipt-key").read_text() == "PRIVATE"
    assert (other.data / "secret-key").read_text() == (hub.data / "secret-key").read_text()
    assert (other.data / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_hub_that_is_not_empty_is_replaced_only_when_asked(hub, backup):
    refused = hub.command("restore", str(backup))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    before = content(hub)
    hub.sql("UPDATE calls_call SET title = 'changé'")
    (hub.data / "files" / "later").write_text("later")
    assert hub.command("restore", str(backup), "--replace").returncode == 0
    assert content(hub) == before
    assert not (hub.data / "files" / "later").exists()


def test_a_backup_is_for_its_owner_only_and_overwrites_nothing(hub, backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert hub.command("backup", str(backup)).returncode == 2
    assert [path.name for path in hub.data.glob(".rempart-backup-*")] == []


def test_keys_may_be_left_out(hub, tmp_path):
    path = tmp_path / "without.tar"
    assert hub.command("backup", str(path), "--exclude-keys").returncode == 0
    with tarfile.open(path) as tar:
        assert [name for name in tar.getnames() if name.startswith("keys/")] == []
        members = json.load(tar.extractfile("manifest.json"))["members"]
    assert set(members) == {"database.dump", "files/proofs/a1"}


@pytest.mark.parametrize("damage", ["cut", "changed", "other"])
def test_a_damaged_backup_is_refused_and_touches_nothing(hub, backup, tmp_path, damage):
    path = tmp_path / "damaged.tar"
    whole = bytearray(backup.read_bytes())
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "changed":
        whole[whole.index(b"%PDF-1.7 piece")] ^= 1
        path.write_bytes(whole)
    else:
        sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close()
    before = content(hub)
    done = hub.command("restore", str(path), "--replace")
    assert done.returncode == 2
    assert content(hub) == before
    assert (hub.data / "files" / "proofs" / "a1").exists()


def test_a_restored_hub_serves(other, backup):
    assert other.command("restore", str(backup)).returncode == 0
    assert other.start().sql("SELECT title FROM calls_call") == [("Appel « d’essai »",)]


def test_a_backup_that_fails_leaves_no_file(hub, tmp_path):
    path = tmp_path / "none.tar"
    done = hub.command("backup", str(path), DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []
