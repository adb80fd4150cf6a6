"""How long the content of files is kept: warned, then erased with a trace. A file under instruction never is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from rempart.hub.common.clock import PARIS
from rempart.hub.funding.applications import notifications
from rempart.hub.funding.applications.models import Application, Erasure
from rempart.hub.funding.applications.services.moves import locked, perform
from rempart.hub.funding.applications.states import FINAL, State

NOTICE = timedelta(days=14)
YEAR = 12
Eraser = Callable[[Application], dict[str, int]]
_ERASERS: list[Eraser] = []


def register(eraser: Eraser) -> Eraser:
    """Register what erases the content a higher room keeps for a file; it returns how many of each thing it erased."""
    if eraser not in _ERASERS:
        _ERASERS.append(eraser)
    return eraser


def expiring(at: datetime) -> "QuerySet[Application]":
    """Return the files whose content has been kept long enough at that moment: idle drafts, ended files."""
    drafts = Application.objects.filter(
        state=State.DRAFT, touched_at__lte=months_before(at, settings.RETENTION_DRAFT_MONTHS)
    )
    ended = Application.objects.filter(
        state__in=FINAL, touched_at__lte=months_before(at, settings.RETENTION_ENDED_MONTHS)
    )
    return (drafts | ended).filter(emptied_at=None).order_by("pk")


def warn(at: datetime) -> int:
    """Tell the applicants of files that expire within two weeks, once, and return how many."""
    pks = list(expiring(at + NOTICE).filter(expiry_warned_at=None).values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            file = locked(pk)
            Application.objects.filter(pk=pk).update(expiry_warned_at=at)
            notifications.write(file, "warn_expiry", notifications.applicant_addresses(file), due=at + NOTICE)
    return len(pks)


def purge(at: datetime) -> list[str]:
    """Erase the content of expired files whose applicants were told two weeks ago; return their numbers."""
    files = expiring(at).filter(expiry_warned_at__lte=at - NOTICE)
    return [_erase(pk, at) for pk in files.values_list("pk", flat=True)]


@transaction.atomic
def _erase(pk: int, at: datetime) -> str:
    """Erase what people wrote and deposited; the file's number, dates, amounts and decisions stay."""
    file = locked(pk)
    state = State(file.state)
    if state is State.DRAFT:
        perform(file, "expire", by=None, at=at)
    removed = {
        "messages": file.messages.all().delete()[0],
        "annotations": file.annotations.all().delete()[0],
        "read_marks": file.read_marks.all().delete()[0],
        "corrections": file.corrections.exclude(message="").update(message=""),
        "archives": _erase_archives(file),
    }
    for eraser in _ERASERS:
        removed |= eraser(file)
    file.labels.clear()
    file.followers.clear()
    Application.objects.filter(pk=pk).update(emptied_at=at, contact_email="", assigned_to=None)
    Erasure.objects.create(
        number=file.number, call=file.call, state=state, erased_at=at, rule=_rule(state), removed=removed
    )
    return file.number


def _erase_archives(file: Application) -> int:
    made = list(file.archives.all())
    for each in made:
        if each.key:
            default_storage.delete(each.key)
        each.delete()
    return len(made)


def _rule(state: State) -> str:
    months = settings.RETENTION_DRAFT_MONTHS if state is State.DRAFT else settings.RETENTION_ENDED_MONTHS
    return f"{state} + {months} months"


def months_before(at: datetime, months: int) -> datetime:
    """Return the same hour so many months earlier in Paris, on the last day of a shorter month."""
    local = at.astimezone(PARIS)
    count = local.year * YEAR + local.month - 1 - months
    year, month = divmod(count, YEAR)
    first = local.replace(year=year, month=month + 1, day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(local.day, last.day))
