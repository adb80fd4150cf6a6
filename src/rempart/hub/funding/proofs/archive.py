"""A file's proofs in its full archive: every version, attestation and receipt, under names people can read."""

import json
from collections.abc import Iterator
from functools import partial

from django.core.files.storage import default_storage

from rempart.hub.funding.applications import archive
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.hub_key import public_key_pem
from rempart.hub.funding.proofs.models import Assessment, Deposit, DocumentVersion


@archive.register
def pieces(application: Application, *, for_agent: bool) -> Iterator[tuple[str, archive.Content]]:
    """Yield what was deposited, its receipts, the verdicts. What may not be opened (infected, erased) is left out."""
    del for_agent  # both sides see the proofs
    versions = DocumentVersion.objects.filter(document__application=application)
    for version in versions.select_related("document", "receipt").order_by("document_id", "number"):
        stem = f"preuves/{version.document.requirement}/{version.document_id}-v{version.number}"
        if openable(version.scan):
            yield f"{stem}-{version.original_name}", partial(default_storage.open, version.path)
        if hasattr(version, "receipt"):
            yield f"{stem}.recu.json", bytes(version.receipt.content)
    for deposit in Deposit.objects.filter(application=application).select_related("receipt").order_by("id"):
        stem = f"preuves/{deposit.requirement}/{deposit.sha256[:16]}"
        yield f"{stem}.attestation", bytes(deposit.content)
        if hasattr(deposit, "receipt"):
            yield f"{stem}.recu.json", bytes(deposit.receipt.content)
    yield "preuves/verdicts.json", _verdicts(application)
    yield "preuves/cle-du-hub.pub", public_key_pem()


def _verdicts(application: Application) -> bytes:
    rows = Assessment.objects.filter(application=application).order_by("requirement")
    fields = ("requirement", "outcome", "reasons", "missing", "assessed_at")
    return json.dumps(list(rows.values(*fields)), default=str, ensure_ascii=False, indent=2).encode()
