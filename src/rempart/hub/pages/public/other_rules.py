"""The page that compares the rules a file follows with others of its call: what both audiences read there."""

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.version import begun_with, may_move, newer
from rempart.hub.funding.calls.compare import difference
from rempart.hub.funding.calls.models import CallVersion
from rempart.hub.funding.proofs.other_rules import verdicts_under


def choices(file: Application) -> list[CallVersion]:
    """Return the versions a file may go to: the one in force, and for a draft the one it began with."""
    return [version for version in (newer(file), begun_with(file)) if version is not None]


def chosen(file: Application, asked: str) -> CallVersion | None:
    """Return the version the page compares: the one asked for, else the first possible one.

    Raises:
        Http404: the file cannot go to the version asked for.

    """
    possible = choices(file)
    if not asked:
        return possible[0] if possible else None
    for version in possible:
        if str(version.number) == asked:
            return version
    raise Http404


def compared(file: Application, to: CallVersion | None, user: User, at: datetime) -> dict[str, object]:
    """Return what the page shows: what changes in the rules, what they would say of the proofs, who may decide."""
    return {
        "file": file,
        "to": to,
        "back": to is not None and to.number < file.version.number,
        "others": [version for version in choices(file) if version != to],
        "difference": difference(file.version.definition, to.definition) if to else None,
        "verdicts": verdicts_under(file, to, at=at) if to else [],
        "may_move": may_move(file, user),
    }


def done(to: CallVersion) -> str:
    """Return the sentence that says the move is made."""
    return _("Le dossier suit maintenant la version %(number)s des règles.") % {"number": to.number}
