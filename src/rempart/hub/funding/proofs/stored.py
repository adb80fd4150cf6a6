"""Which documents lie in the storage for a reason."""

from collections.abc import Collection
from uuid import UUID

from rempart.hub.common.stored import keeps
from rempart.hub.funding.proofs.models import DocumentVersion, ScanState


@keeps("proofs")
def documents(names: Collection[str]) -> set[str]:
    """Return the names that versions speak of; an erased one keeps no bytes."""
    keys = {}
    for name in names:
        try:
            keys[UUID(name.rpartition("/")[2])] = name
        except ValueError:
            continue  # no version has such a name
    kept = DocumentVersion.objects.filter(storage_key__in=list(keys)).exclude(scan=ScanState.ERASED)
    return {version.path for version in kept.only("storage_key").order_by("id")} & set(names)
