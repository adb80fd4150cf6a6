"""What exports hold about a person: those they asked for, forgotten after three months."""

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import holds, iso
from rempart.hub.exports.models import Export


@holds("exports")
def asked(user: User) -> object:
    """Return the exports a person asked for."""
    rows = Export.objects.filter(asked_by=user).order_by("asked_at", "id")
    return [{"export": kind, "le": iso(at)} for kind, at in rows.values_list("kind", "asked_at")]
