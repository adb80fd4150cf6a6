"""What the clock does: files that lapse when a desk closes, reminders before it does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from rempart.hub.common.clock import paris_day
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import notifications
from rempart.hub.funding.applications.models import Application, CorrectionRequest, Reminder
from rempart.hub.funding.applications.services.moves import perform
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Stage, Window

BEFORE_DESK = (30, 7, 1)
BEFORE_CORRECTION = (7, 1)
"""How many days before, counted in Paris days."""
WAITED_FOR: dict[Stage, tuple[State, ...]] = {
    Stage.APPLICATION: (State.DRAFT,),
    Stage.DECLARATION: (State.VALIDATED, State.OPERATIONAL),
    Stage.PAYMENT: (State.OBJECTIVES_MET,),
}
"""The files that a desk waits for."""


def lapse(at: datetime) -> list[str]:
    """Lapse the files that did not come to a closed desk, where their call says so, and return their numbers.

    A file with a delay is left until its end. One that moves meanwhile is left too.
    """
    numbers = []
    for stage in (Stage.DECLARATION, Stage.PAYMENT):
        for file in _late_files(stage, at):
            if stage in file.version.definition.lapse_after:
                try:
                    perform(file, "lapse", by=None, at=at)
                except Refusal:  # it moved between the reading and the locking
                    continue
                numbers.append(file.number)
    return numbers


def _late_files(stage: Stage, at: datetime) -> list[Application]:
    closed = Window.objects.filter(stage=stage, closes_at__lt=at).values("call")
    files = Application.objects.filter(call__in=closed, state__in=WAITED_FOR[stage]).select_related("version")
    files = files.annotate(delay=Max("late_decisions__until", filter=Q(late_decisions__stage=stage)))
    return list(files.filter(Q(delay=None) | Q(delay__lt=at)).order_by("pk"))


def remind(at: datetime) -> int:
    """Write to applicants before a desk closes and before a correction is due; return how many files were told.

    Each reminder is sent once; a date that moves calls for new ones.
    """
    return sum(_remind_once(file, subject, due_at, days, at) for file, subject, due_at, days in _due(at))


def _due(at: datetime) -> Iterator[tuple[Application, str, datetime, int]]:
    """Yield the file, the subject, the deadline and the number of days of each reminder that is due."""
    horizon = at + timedelta(days=max(BEFORE_DESK) + 1)
    for stage, states in WAITED_FOR.items():
        waiting = Application.objects.filter(call__windows__stage=stage, state__in=states)
        files: Any = waiting.annotate(  # the annotations are no fields
            closes_at=Max("call__windows__closes_at", filter=Q(call__windows__stage=stage)),
            delay=Max("late_decisions__until", filter=Q(late_decisions__stage=stage)),
        ).select_related("call", "ght", "legal_entity")
        for file in files.filter(Q(closes_at__lte=horizon) | Q(delay__gte=at)).order_by("pk"):
            due_at = max(filter(None, (file.closes_at, file.delay)))
            if days := _step(due_at, at, BEFORE_DESK):
                yield file, stage.value, due_at, days
    asked = CorrectionRequest.objects.filter(resolved_at=None, due_at__gte=at, due_at__lte=horizon)
    for request in asked.select_related("application__call", "application__ght", "application__legal_entity"):
        if request.due_at and (days := _step(request.due_at, at, BEFORE_CORRECTION)):
            yield request.application, "correction", request.due_at, days


def _step(due_at: datetime, at: datetime, steps: tuple[int, ...]) -> int | None:
    """Return the reminder that is due so long before a deadline; None when none is, or when it has passed."""
    left = (paris_day(due_at) - paris_day(at)).days
    return min((days for days in steps if left <= days), default=None) if due_at >= at else None


def _remind_once(file: Application, subject: str, due_at: datetime, days: int, at: datetime) -> bool:
    with transaction.atomic():
        _mark, made = Reminder.objects.get_or_create(
            application=file, subject=subject, due_at=due_at, days=days, defaults={"sent_at": at}
        )
        if made:
            people = notifications.applicant_addresses(file)
            notifications.write(file, f"remind_{subject}", people, due=due_at)
    return made
