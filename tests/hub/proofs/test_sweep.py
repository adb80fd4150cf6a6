"""Bytes without a row are found and deleted, on disk and on a real S3 server; what a row speaks of never is."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from typer.testing import CliRunner

from rempart.hub.accounts.roles import Role
from rempart.hub.commands.keeping import app
from rempart.hub.common.stored import sweep
from rempart.hub.exports.models import Export, Progress
from rempart.hub.funding.applications.models import Archive
from rempart.hub.funding.decisions import services as decisions
from rempart.hub.funding.decisions.models import Kind
from rempart.hub.funding.proofs.models import DocumentVersion, ScanState
from rempart.hub.funding.proofs.services import add_document
from rempart.hub.operations.tasks import sweep_storage
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as made
from tests.hub.proofs.test_storage import bucket

__all__ = ["bucket"]
pytestmark = pytest.mark.django_db
LOST = [
    "archives/0123456789abcdef0123456789abcdef.zip",
    "decisions/ab/abababab-abab-4bab-8bab-abababababab.pdf",
    "decisions/ab/nom.pdf",
    "exports/abcdef",
    "proofs/cd/cdcdcdcd-cdcd-4dcd-8dcd-cdcdcdcdcdcd",
    "proofs/cd/nom",
]


def held():
    """One file of each kind that a row speaks of: where each lies."""
    application = made.application()
    by = made.editor(application)
    version = add_document(application, made.PAPER, "plan", made.pdf(), name="plan.pdf", by=by, at=made.AT)
    lead = files.person(Role.ARS_LEAD, of=application.region)
    decision = decisions.issue(application, Kind.VALIDATION, by=lead, at=made.AT)
    now = timezone.now()
    archive = Archive.objects.create(
        application=application, requested_by=by, requested_at=now, ready_at=now, key="archives/a.zip"
    )
    export = Export.objects.create(asked_by=by, kind="files", format="csv", asked_at=now, state=Progress.RUNNING)
    for name in (archive.key, export.storage_key):
        default_storage.save(name, ContentFile(b"x"))
    return [version.path, decision.path, archive.key, export.storage_key]


def lose():
    for name in (*LOST, "other/never-claimed"):
        default_storage.save(name, ContentFile(b"lost"))


def swept_after_a_day():
    kept = held()
    lose()
    now = timezone.now()
    assert sweep(at=now).names == ()
    later = now + timedelta(days=2)
    told = sweep(at=later, dry_run=True)
    assert (list(told.names), told.size) == (LOST, 4 * len(LOST))
    assert all(default_storage.exists(name) for name in LOST)
    assert list(sweep(at=later).names) == LOST
    assert not any(default_storage.exists(name) for name in LOST)
    assert all(default_storage.exists(name) for name in (*kept, "other/never-claimed"))
    assert sweep(at=later).names == ()


def test_on_disk():
    swept_after_a_day()


def test_on_a_real_s3_server(bucket):  # noqa: ARG001 — the storage is that bucket
    swept_after_a_day()


def test_a_storage_that_never_kept_anything_has_nothing_to_sweep():
    assert sweep(at=timezone.now()).names == ()


def test_the_bytes_of_an_erased_document_that_a_crash_left_go_too():
    path = held()[0]
    DocumentVersion.objects.update(scan=ScanState.ERASED, scanned_at=made.AT)
    assert sweep(at=timezone.now() + timedelta(days=2)).names == (path,)


def test_the_worker_sweeps_each_night_and_a_person_when_they_want(monkeypatch, time_machine):
    monkeypatch.setattr("rempart.hub.commands.site.ready", lambda: None)
    lose()
    time_machine.move_to(timezone.now() + timedelta(days=2))
    done = CliRunner().invoke(app, ["sweep-storage", "--dry-run"])
    assert (done.exit_code, done.output.splitlines()[:-1]) == (0, LOST)
    assert "6 fichier(s) sans ligne à effacer, 24 octet(s)." in done.output
    sweep_storage(0)
    done = CliRunner().invoke(app, ["sweep-storage"])
    assert done.output == "0 fichier(s) sans ligne effacé(s), 0 octet(s).\n"
