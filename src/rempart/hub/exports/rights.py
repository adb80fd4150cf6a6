"""What a person may still open: an export made with rights they lost, or on files they no longer see, stays shut."""

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.exports.models import Export
from rempart.hub.funding.applications.models import Application

PLACES = ("regions", "entities", "ghts")


def snapshot(scope: Scope) -> dict[str, object]:
    """Return the territory of a scope as JSON holds it."""
    return {"national": scope.is_national, **{place: sorted(getattr(scope, place)) for place in PLACES}}


def still_covered(export: Export, user: User) -> bool:
    """Return whether `user` still has the territory the export was made with, and sees every file it speaks of."""
    now, made_with = Scope.of(user), export.scope
    if not now.is_national:
        if made_with.get("national"):
            return False
        if any(set(made_with.get(place, ())) - set(getattr(now, place)) for place in PLACES):
            return False
    seen = Application.objects.visible_to(user).filter(pk__in=export.files).count()
    return seen == len(export.files)
