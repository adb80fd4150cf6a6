"""Lines of a file's history that do not change its state: reassigned, moved to other rules, let in late."""

from datetime import datetime

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.models import Application, Event


def note(  # noqa: PLR0913 — a line of history has as many parts
    application: Application,
    action: str,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    due_at: datetime | None = None,
) -> Event:
    """Write a line of history that leaves the file in its state."""
    return Event.objects.create(
        application=application,
        action=action,
        source=application.state,
        target=application.state,
        actor=by,
        at=at,
        reason=reason.strip(),
        due_at=due_at,
    )


def touch(application: Application, at: datetime) -> None:
    """Keep when something last happened in a file: a draft that is worked on is not erased."""
    Application.objects.filter(pk=application.pk, touched_at__lt=at).update(touched_at=at, expiry_warned_at=None)
