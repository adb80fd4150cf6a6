"""At which desk a person works: how they read states, and which files are theirs to work on."""

from django.db.models import QuerySet

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import INSTRUCTING
from rempart.hub.funding.applications.transitions import Audience


def audience_of_desk(user: User) -> Audience:
    """Return in whose words `user` reads a list: the nation's when they hold a national role, else the region's."""
    return Audience.ANS if Scope.of(user).is_national else Audience.ARS


def works(user: User) -> bool:
    """Return whether `user` moves files; the pilot and the administrator only read them."""
    return bool(Scope.of(user).roles & INSTRUCTING)


def listed(user: User) -> "QuerySet[Application]":
    """Return the files a person works on: those they see, less their own establishment's."""
    scope = Scope.of(user)
    files = Application.objects.visible_to(user)
    if scope.entities or scope.ghts:
        files = files.exclude(legal_entity__in=list(scope.entities)).exclude(ght__in=list(scope.ghts))
    return files
