"""Which archives lie in the storage for a reason."""

from collections.abc import Collection

from rempart.hub.common.stored import keeps
from rempart.hub.funding.applications.models import Archive


@keeps("archives")
def archives(names: Collection[str]) -> set[str]:
    """Return the names that archives speak of."""
    return set(Archive.objects.filter(key__in=list(names)).order_by().values_list("key", flat=True))
