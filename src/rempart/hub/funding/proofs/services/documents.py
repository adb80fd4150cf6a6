"""Documents: streamed to the storage with their digest, checked by content, in versions of which none is lost."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.clock import paris_day
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.proofs import antivirus, instruction, receipts, tasks
from rempart.hub.funding.proofs.access import check_may_act, check_open
from rempart.hub.funding.proofs.filetypes import recognise, safe_name
from rempart.hub.funding.proofs.members import entities_of, members_of_all
from rempart.hub.funding.proofs.models import Document, DocumentVersion

CHUNK = 64 * 1024
NATURE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@transaction.atomic
def add_document(  # noqa: PLR0913 — all that a piece says of itself
    application: Application,
    requirement_code: str,
    nature: str,
    file: IO[bytes],
    *,
    name: str,
    by: User,
    at: datetime,
    members: Iterable[str] = (),
    dated: date | None = None,
    signatory: str = "",
) -> DocumentVersion:
    """Add a piece to a requirement, and return its first version. The same bytes again give back the same version.

    `members` are the FINESS numbers it covers, all when empty; `dated` the day it bears.

    Raises:
        Refusal: `unknown_requirement`, `proofs_closed`, `not_allowed`, `unknown_nature`, `not_member`, `future_date`,
            `empty_file`, `too_large`, `file_type`, `active_content`.

    """
    application = locked(application.pk)
    requirement = check_open(application, requirement_code)
    covered = check_members(application, members, by)
    _check_nature(application, requirement, nature)
    sha256, size = _measured(file)
    same = DocumentVersion.objects.filter(
        document__application=application,
        document__requirement=requirement.code,
        document__nature=nature,
        document__withdrawn_at=None,
        sha256=sha256,
    ).first()
    if same is not None:
        return same
    document = Document(
        application=application, requirement=requirement.code, nature=nature, members=covered, created_by=by,
        created_at=at,
    )  # fmt: skip
    return _store(document, file, sha256, size, name=name, dated=dated, signatory=signatory, by=by, at=at)


@transaction.atomic
def add_version(  # noqa: PLR0913 — all that a version says of itself
    document: Document,
    file: IO[bytes],
    *,
    name: str,
    by: User,
    at: datetime,
    dated: date | None = None,
    signatory: str = "",
) -> DocumentVersion:
    """Add a version to a piece: it counts from now on, the older ones are kept. The last bytes again change nothing.

    Raises:
        Refusal: as `add_document`, or a withdrawn piece (`withdrawn`).

    """
    document.application = locked(document.application_id)
    document.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "members"])
    check_open(document.application, document.requirement)
    check_members(document.application, document.members, by)
    if document.withdrawn_at is not None:
        raise Refusal(_("Cette pièce a été retirée : ajoutez-en une nouvelle."), "withdrawn")
    sha256, size = _measured(file)
    last = document.versions.order_by("-number").first()
    if last is not None and last.sha256 == sha256:
        return last
    return _store(document, file, sha256, size, name=name, dated=dated, signatory=signatory, by=by, at=at)


@transaction.atomic
def withdraw_document(document: Document, *, by: User, at: datetime) -> Document:
    """Withdraw a piece put there by mistake: it no longer counts; it is kept.

    Raises:
        Refusal: `proofs_closed`, `not_allowed`.

    """
    document.application = locked(document.application_id)
    document.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "members"])
    check_open(document.application, document.requirement)
    check_members(document.application, document.members, by)
    if document.withdrawn_at is None:
        document.withdrawn_at, document.withdrawn_by = at, by
        document.save(update_fields=["withdrawn_at", "withdrawn_by"])
        instruction.arrived(document.application, at=at)
    return document


def check_members(application: Application, members: Iterable[str], by: User) -> list[str]:
    """Check that the members are the file's, and that `by` may act for each; return them in order.

    Raises:
        Refusal: `not_member`, `not_allowed`.

    """
    covered = sorted(set(members))
    if not covered:
        check_may_act(by, application)
        return covered
    known = members_of_all([application])[application.pk].names
    if not set(covered) <= set(known):
        raise Refusal(_("Cet établissement ne fait pas partie du dossier."), "not_member")
    for entity in covered if application.ght_id else entities_of(application):
        check_may_act(by, application, entity)
    return covered


def check_not_later(day: date | None, at: datetime) -> None:
    """Check that a document or a result is not dated tomorrow.

    Raises:
        Refusal: it is (`future_date`).

    """
    if day is not None and day > paris_day(at):
        raise Refusal(_("Cette date n’est pas encore arrivée."), "future_date", _("Vérifiez la date portée."))


def _check_nature(application: Application, requirement: Requirement, nature: str) -> None:
    accepted = {one.code for one in application.version.definition.accepted(requirement)}
    if not NATURE.fullmatch(nature) or (accepted and nature not in accepted):
        raise Refusal(_("Cet objectif ne demande pas de document de cette nature."), "unknown_nature")


def _measured(file: IO[bytes]) -> tuple[str, int]:
    """Return a file's SHA-256 and size in bytes, read piece by piece."""
    hasher, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > settings.DOCUMENT_MAX_BYTES:
            raise Refusal(
                filled(_("Ce fichier dépasse %(most)s Mo."), most=settings.DOCUMENT_MAX_BYTES // 1_000_000),
                "too_large",
                _("Réduisez les images du document, ou découpez-le en plusieurs pièces."),
            )
        hasher.update(chunk)
    if not size:
        raise Refusal(_("Ce fichier est vide."), "empty_file")
    return hasher.hexdigest(), size


def _store(  # noqa: PLR0913 — all that a version says of itself
    document: Document, file: IO[bytes], sha256: str, size: int, *, name: str, dated: date | None, signatory: str,
    by: User, at: datetime,
) -> DocumentVersion:  # fmt: skip
    """Write the bytes, then the row: bytes without a row harm nobody, a row without bytes would be a lost proof."""
    check_not_later(dated, at)
    media_type = recognise(file, name)
    if document.pk is None:
        document.save()
    last = document.versions.order_by("-number").first()
    version = DocumentVersion(
        document=document,
        number=last.number + 1 if last else 1,
        sha256=sha256,
        size=size,
        media_type=media_type,
        original_name=safe_name(name, media_type),
        dated=dated,
        signatory=signatory.strip()[:120],
        deposited_by=by,
        deposited_at=at,
    )
    file.seek(0)
    default_storage.save(version.path, File(file))
    version.save(force_insert=True)
    receipts.issue_for_version(version, at=at)
    if antivirus.is_configured():
        tasks.queue_scan(version.pk)
    instruction.arrived(document.application, at=at)
    return version
