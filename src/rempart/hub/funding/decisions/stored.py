"""Which decisions lie in the storage for a reason."""

from collections.abc import Collection
from uuid import UUID

from rempart.hub.common.stored import keeps
from rempart.hub.funding.decisions.models import Decision


@keeps("decisions")
def papers(names: Collection[str]) -> set[str]:
    """Return the names that decisions speak of."""
    keys = []
    for name in names:
        try:
            keys.append(UUID(name.rpartition("/")[2].removesuffix(".pdf")))
        except ValueError:
            continue  # no decision has such a name
    kept = Decision.objects.filter(key__in=keys).only("key").order_by("id")
    return {decision.path for decision in kept} & set(names)
