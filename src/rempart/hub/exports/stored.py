"""Which exports lie in the storage for a reason."""

from collections.abc import Collection

from rempart.hub.common.stored import keeps
from rempart.hub.exports.models import UNDER_WAY, Export, Progress


@keeps("exports")
def files(names: Collection[str]) -> set[str]:
    """Return the names of the exports that are ready, or being made."""
    kept = Export.objects.filter(storage_key__in=list(names), state__in=[*UNDER_WAY, Progress.DONE])
    return set(kept.order_by().values_list("storage_key", flat=True))
