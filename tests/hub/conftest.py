"""What the hub's tests share: pages in a browser, the queue run on demand, people signed in, tables emptied."""

from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.hub.browser import page  # noqa: F401 — a fixture of every room
from tests.hub.factories.accounts import sign_in


@pytest.fixture
def run_jobs(db):  # noqa: ARG001 — the queue is in the database
    """Return a function that runs the jobs due, inside the test's own transaction, and returns their names."""

    def run() -> list[str]:
        names = []
        while job := ProcrastinateJob.objects.filter(status="todo", scheduled_at=None).order_by("id").first():
            task = app.tasks[job.task_name]
            first = (SimpleNamespace(job=job, task=task),) if task.pass_context else ()
            task.func(*first, **job.args)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.id])
            names.append(job.task_name)
        return names

    return run


@pytest.fixture
def signed_in(client):
    """Return a function that signs a person in and returns the client."""

    def sign(user):
        return sign_in(client, user)

    return sign


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_what_nobody_else_may():
    """Let Django empty the tables between tests: the ledger and the journal refuse TRUNCATE to everybody else."""

    def flush(self, sql_list):
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # the queue is no model that Django empties

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_folder_for_static_files():
    """Make the folder before the first server starts: a server warns about one that is not there."""
    from django.conf import settings  # noqa: PLC0415 — once Django is set up

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Serve static files from where they stand, without collecting them first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hash passwords quickly: the real way is slow on purpose, and Django's own tests see to it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Forget what another test's pages kept for a minute."""
    caches["public"].clear()


@pytest.fixture(autouse=True)
def _french_first():
    """Begin in French: a page asked for in English leaves its thread in English."""
    translation.activate("fr")
