"""What is erased when a file's content has been kept long enough: the documents. Digests, receipts, verdicts stay."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Coalesce, Now

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services import retention
from rempart.hub.funding.proofs.models import DocumentVersion, ScanState

ERASED_NAME = "—"


@retention.register
def erase_documents(application: Application) -> dict[str, int]:
    """Erase the bytes, names and signatories of a file's documents, and return how many there were.

    The bytes go once the rows say so: a crash in between leaves bytes that nobody can open.
    """
    versions = DocumentVersion.objects.filter(document__application=application).exclude(scan=ScanState.ERASED)
    paths = [version.path for version in versions.only("storage_key").order_by("id")]
    versions.update(
        scan=ScanState.ERASED, scanned_at=Coalesce("scanned_at", Now()), original_name=ERASED_NAME, signatory=""
    )
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path))
    return {"documents": len(paths)}
