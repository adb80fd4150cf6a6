"""Moving a file to newer rules of its call: what would change, then the move, with its reason and its trace."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications import notifications
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import ACTING, refuse_unless
from rempart.hub.funding.applications.services import perimeter
from rempart.hub.funding.applications.services.history import note
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.applications.states import FINAL, State
from rempart.hub.funding.calls import selectors as calls
from rempart.hub.funding.calls.compare import Difference
from rempart.hub.funding.calls.models import CallVersion

DECIDING = frozenset({Role.ARS_LEAD, Role.ANS_VERIFIER})
Moved = Callable[[Application, datetime], None]
_AFTER: list[Moved] = []


def after_move(moved: Moved) -> Moved:
    """Register what a higher room does once a file follows other rules, in the same transaction."""
    if moved not in _AFTER:
        _AFTER.append(moved)
    return moved


def newer(application: Application) -> CallVersion | None:
    """Return the version a file could move to: the last published one, when the file follows an older one."""
    last = calls.current(application.call)
    return last if last is not None and last.number > application.version.number else None


def change(application: Application, to: CallVersion) -> Difference:
    """Return what would change for a file."""
    return calls.migration(application.version, to)


@transaction.atomic
def move_version(application: Application, to: CallVersion, reason: str, *, by: User, at: datetime) -> None:
    """Let a file follow newer rules. A draft is moved by its applicant, a submitted file by who instructs it.

    The members of a frozen perimeter stay; their activity becomes that of the new reference year, if it changes.

    Raises:
        Refusal: `not_allowed`, `reason_needed`, `not_newer`, `wrong_state`.

    """
    file = locked(application.pk)
    refuse_unless(by, file, ACTING if file.state == State.DRAFT else DECIDING)
    if not reason.strip():
        raise Refusal(_("Donnez le motif du changement de règles."), "reason_needed")
    if to.call_id != file.call_id or to.published_at is None or to.number <= file.version.number:
        raise Refusal(_("Un dossier ne peut suivre qu’une version publiée plus récente de son appel."), "not_newer")
    if file.state in FINAL or file.paid_at is not None:
        raise Refusal(
            filled(_("Un dossier à l’état « %(state)s » garde ses règles."), state=State(file.state).label),
            "wrong_state",
        )
    before, file.version = file.version, to
    file.touched_at = max(file.touched_at, at)
    file.save(update_fields=["version", "touched_at"])
    if to.definition.activity_year != before.definition.activity_year:
        perimeter.read_activity_again(file)
    note(file, "move_version", by=by, at=at, reason=f"v{before.number} → v{to.number}. {reason.strip()}")
    for moved in _AFTER:
        moved(file, at)
    notifications.write(file, "move_version", notifications.applicant_addresses(file))
    application.refresh_from_db()
