"""What exports hold about a person: those they asked for, forgotten after three months."""

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import acts, holds
from rempart.hub.exports.models import Export


@holds("exports")
def asked(user: User) -> object:
    """Return the exports a person asked for."""
    return acts(Export.objects.filter(asked_by=user), "asked_at", export="kind")
