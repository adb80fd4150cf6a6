"""A file's proofs, for its full archive: every version, attestation and receipt, under names people can read."""

from collections.abc import Callable, Iterator
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.hub_key import public_key_pem
from rempart.hub.funding.proofs.models import Deposit, DocumentVersion, Receipt

Opener = Callable[[], IO[bytes]]


def entries(application: Application) -> Iterator[tuple[str, Opener]]:
    """Yield each file's path in the archive and how to open it. What may not be opened (infected) is left out."""
    versions = DocumentVersion.objects.filter(document__application=application)
    for version in versions.select_related("document", "receipt").order_by("document_id", "number"):
        folder = f"preuves/{version.document.requirement}"
        stem = f"{version.document_id}-v{version.number}"
        if openable(version.scan):
            yield f"{folder}/{stem}-{version.original_name}", _stored(version.path)
        yield f"{folder}/{stem}.recu.json", _held(version.receipt)
    deposits = Deposit.objects.filter(application=application).select_related("receipt").order_by("id")
    for deposit in deposits:
        stem = f"preuves/{deposit.requirement}/{deposit.sha256[:12]}"
        yield f"{stem}.attestation", _held(deposit)
        yield f"{stem}.recu.json", _held(deposit.receipt)
    yield "preuves/cle-du-hub.pub", lambda: ContentFile(public_key_pem())


def _stored(path: str) -> Opener:
    return lambda: default_storage.open(path)


def _held(row: Deposit | Receipt) -> Opener:
    return lambda: ContentFile(bytes(row.content))
