import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from rempart.hub.common.errors import Refusal
from rempart.hub.common.money import cents, euros


@pytest.mark.django_db
def test_the_database_is_a_real_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000


@pytest.mark.django_db
def test_no_model_lacks_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_first_migration_makes_its_tables_whole():
    """Django's own takes four times as long; `tools/first_migrations.py` writes them again."""
    first = {key: one for key, one in MigrationLoader(None).disk_migrations.items() if key[1] == "0001_initial"}
    ours = [one for (label, _), one in first.items() if apps.get_app_config(label).name.startswith("rempart.hub.")]
    assert len(ours) == 10
    assert {type(operation).__name__ for one in ours for operation in one.operations} == {"CreateModel"}


@pytest.mark.parametrize(("text", "amount"), [("64 276 242,00 €", 6_427_624_200), ("12", 1200), ("0.5", 50)])
def test_an_amount_is_read_as_people_write_it(text, amount):
    assert cents(text) == amount
    assert cents(euros(amount)) == amount


@pytest.mark.parametrize("text", ["", "douze", "1,234", "inf", "1e400", "1,2,3"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Refusal):
        cents(text)
