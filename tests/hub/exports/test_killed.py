import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from rempart.hub.accounts.roles import Role
from rempart.hub.exports import services
from rempart.hub.exports.making import make_export
from rempart.hub.exports.models import Export, Progress
from tests.hub.factories.accounts import a_region, person
from tests.hub.factories.applications import a_file

SLOW_WORKER = """
import sys, time
import django
from django.conf import settings
settings.STORAGES["default"]["OPTIONS"]["location"] = sys.argv[2]
django.setup()
from datetime import datetime, UTC
from rempart.hub.exports import making, writers
making.STEP = 1
write = writers.CsvWriter.row
def slow(self, cells):
    write(self, cells)
    time.sleep(0.2)
writers.CsvWriter.row = slow
making.make_export(int(sys.argv[1]), at=datetime.now(UTC))
"""


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_one_whole_file_to_the_next(tmp_path):
    region = a_region("28", "Normandie")
    user = person(Role.ARS_INSTRUCTOR, region=region)
    for _ in range(20):
        a_file(region=region)
    export = services.ask("files", "csv", by=user, at=datetime.now(UTC), columns=["number"])

    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{query}"
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SLOW_WORKER, str(export.pk), str(tmp_path)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "rempart.hub.settings"},
    )
    wait_until(lambda: Export.objects.get(pk=export.pk).rows_done >= 3)
    make_export(export.pk, at=datetime.now(UTC))
    assert Export.objects.get(pk=export.pk).attempts == 1, "a second worker leaves it to the one at work"

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert Export.objects.get(pk=export.pk).state == Progress.RUNNING

    def taken_up():
        make_export(export.pk, at=datetime.now(UTC))
        return Export.objects.get(pk=export.pk).state == Progress.DONE

    wait_until(taken_up)
    with services.open_file(Export.objects.get(pk=export.pk), by=user, at=datetime.now(UTC)) as file:
        assert len(file.read().splitlines()) == 21
    assert len(list((tmp_path / "exports").iterdir())) == 1
