"""Archives of files: asked by a person, made in the background, kept some days for them alone."""

import hashlib
import uuid
from datetime import datetime, timedelta

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import archive, notifications, tasks
from rempart.hub.funding.applications.audiences import audience_of
from rempart.hub.funding.applications.models import Application, Archive
from rempart.hub.funding.applications.transitions import Audience

KEPT = timedelta(days=7)


@transaction.atomic
def request_archive(application: Application, *, by: User, at: datetime) -> Archive:
    """Ask for the archive of a file one sees; the person is told when it is ready.

    Raises:
        Refusal: `not_allowed`.

    """
    if not Application.objects.visible_to(by).filter(pk=application.pk).exists():
        raise Refusal(_("Vous ne voyez pas ce dossier."), "not_allowed")
    asked = Archive.objects.create(application=application, requested_by=by, requested_at=at)
    tasks.make_archive.defer(archive_id=asked.pk)
    return asked


def make(archive_id: int, *, at: datetime) -> None:
    """Put an archive in the storage. Twice changes nothing; who lost sight of the file gets none."""
    with transaction.atomic():
        asked = Archive.objects.select_for_update(of=("self",)).filter(pk=archive_id, ready_at=None).first()
        if (
            asked is None
            or not Application.objects.visible_to(asked.requested_by).filter(pk=asked.application_id).exists()
        ):
            return
        file = Application.objects.select_related("version", "call", "ght", "legal_entity").get(pk=asked.application_id)
        with archive.build(file, for_agent=audience_of(asked.requested_by, file) is not Audience.APPLICANT) as content:
            asked.sha256, asked.size = hashlib.file_digest(content, "sha256").hexdigest(), content.tell()
            content.seek(0)
            asked.key = default_storage.save(f"archives/{uuid.uuid4().hex}.zip", File(content))
        asked.ready_at = at
        asked.save()
        notifications.write(file, "archive_ready", {asked.requested_by.email: asked.requested_by.language})


def forget_old(at: datetime) -> int:
    """Erase the archives made more than a week ago, and return how many."""
    old = list(Archive.objects.filter(ready_at__lt=at - KEPT).order_by("pk"))
    for made in old:
        default_storage.delete(made.key)
        made.delete()
    return len(old)
