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
from rempart.hub.funding.applications.permissions import ACTING, refuse_unless, roles_on
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


def begun_with(application: Application) -> CallVersion | None:
    """Return the version a draft may go back to: the one in force when it was opened, when it follows a later one."""
    if application.state != State.DRAFT:
        return None
    published = CallVersion.objects.published().filter(call=application.call_id)
    first = published.filter(published_at__lte=application.created_at).order_by("-number").first()
    return first if first is not None and first.number < application.version.number else None


def change(application: Application, to: CallVersion) -> Difference:
    """Return what would change for a file."""
    return calls.migration(application.version, to)


def keeps_its_rules(application: Application) -> bool:
    """Return whether a file is past any change of rules: ended, or paid."""
    return application.state in FINAL or application.paid_at is not None


def may_move(application: Application, user: User) -> bool:
    """Return whether `user` may have the file follow other rules: a draft's applicant, then those who decide on it."""
    deciding = ACTING if application.state == State.DRAFT else DECIDING
    return not keeps_its_rules(application) and bool(roles_on(user, application) & deciding)


@transaction.atomic
def move_version(application: Application, to: CallVersion, reason: str, *, by: User, at: datetime) -> None:
    """Let a file follow newer rules. A draft is moved by its applicant, a submitted file by who instructs it.

    A draft may also go back to the rules it began with; it needs no reason. The members of a frozen perimeter stay;
    their activity becomes that of the new reference year, if it changes.

    Raises:
        Refusal: `not_allowed`, `reason_needed`, `not_newer`, `wrong_state`.

    """
    file = locked(application.pk)
    refuse_unless(by, file, ACTING if file.state == State.DRAFT else DECIDING)
    if file.state != State.DRAFT and not reason.strip():
        raise Refusal(_("Donnez le motif du changement de règles."), "reason_needed")
    is_newer = to.call_id == file.call_id and to.published_at is not None and to.number > file.version.number
    if not is_newer and to != begun_with(file):
        raise Refusal(_("Un dossier ne peut suivre qu’une version publiée plus récente de son appel."), "not_newer")
    if keeps_its_rules(file):
        raise Refusal(
            filled(_("Un dossier à l’état « %(state)s » garde ses règles."), state=State(file.state).label),
            "wrong_state",
        )
    before, file.version = file.version, to
    file.touched_at = max(file.touched_at, at)
    file.save(update_fields=["version", "touched_at"])
    if to.definition.activity_year != before.definition.activity_year:
        perimeter.read_activity_again(file)
    note(file, "move_version", by=by, at=at, reason=f"v{before.number} → v{to.number}. {reason.strip()}".strip())
    for moved in _AFTER:
        moved(file, at)
    notifications.write(file, "move_version", notifications.applicant_addresses(file))
    application.refresh_from_db()
