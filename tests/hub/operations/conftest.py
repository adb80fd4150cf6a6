import subprocess

import pytest
from django.db import connection

from rempart.hub import database
from rempart.hub.operations import postgres


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001 — it makes the database
    """A script that makes the tables of the hub: quicker than migrating each hub that a test serves."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sql"
    with django_db_blocker.unblock():
        program = postgres.path_of("pg_dump")
        url = database.embedded_url(database_folder(), connection.settings_dict["NAME"])
    subprocess.run([program, "--no-owner", "--no-acl", "--file", path, url], check=True)
    return path


def database_folder():
    from tests import postgres as of_tests  # noqa: PLC0415 — a plugin, imported by its name

    return of_tests.SERVER
