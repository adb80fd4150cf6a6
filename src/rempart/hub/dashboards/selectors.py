"""The figures of a call that no cube holds: delays, weeks, and the envelope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Max, Min, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.functional import Promise

from rempart.hub.accounts.scope import Person
from rempart.hub.common.clock import PARIS
from rempart.hub.dashboards.cube import visible
from rempart.hub.dashboards.steps import DELAYS
from rempart.hub.funding.applications.models import Application, Event
from rempart.hub.funding.applications.states import REACHED, State
from rempart.hub.funding.calls.models import Call, Stage

WEEK = timedelta(days=7)
DECISIONS = (State.VALIDATED, State.REFUSED, State.OBJECTIVES_MET, State.OBJECTIVES_REFUSED)
LONGEST = 400
"""Weeks a curve may span: beyond, a date is a slip, and the curve begins that many weeks before its end."""


class Percentile(Aggregate):
    """The duration below which a share of the rows stands, between two rows when needed: SQL's `percentile_cont`."""

    function = "percentile_cont"
    name = "Percentile"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: str, share: float, **extra: Any) -> None:  # noqa: ANN401 — Django’s own
        super().__init__(expression, share=float(share), **extra)


@dataclass(frozen=True)
class Stretch:
    """How long a step took: over how many files, at the median, and at the ninth tenth."""

    name: str
    label: str | Promise
    files: int
    median: timedelta | None
    ninetieth: timedelta | None


@dataclass(frozen=True)
class ClosingDay:
    """How many files were submitted, and how many validated, when the application desk first closed."""

    closed_at: datetime
    submitted: int
    validated: int


@dataclass(frozen=True)
class Week:
    """What happened in the week that begins on a Monday of Paris."""

    monday: date
    submitted: int = 0
    decided: int = 0
    paid: int = 0


def files(call: Call, user: Person, *, region: str = "", kind: str = "") -> "QuerySet[Application]":
    """Return the files of a call that count for `user`, of a region and a kind when they are named."""
    found = visible(call, user)
    found = found.filter(region=region) if region else found
    return found.filter(kind=kind) if kind else found


def delays(of: "QuerySet[Application]") -> list[Stretch]:
    """Return how long each step took, returns and requests for complements included. One query.

    A step counts from the first arrival to the last one, and only for files that still hold what it led to.
    """
    moves = Event.objects.filter(application__in=of.order_by().values("pk")).order_by().values("application")
    first = {f"{delay.name}_start": Min("at", filter=Q(target=delay.start)) for delay in DELAYS}
    last = {f"{delay.name}_end": Max("at", filter=_held(delay.end)) for delay in DELAYS}
    spans = {delay.name: F(f"{delay.name}_end") - F(f"{delay.name}_start") for delay in DELAYS}
    figures: dict[str, Aggregate] = {}
    for delay in DELAYS:
        figures |= {
            f"{delay.name}_files": Count(delay.name),
            f"{delay.name}_median": Percentile(delay.name, 0.5),
            f"{delay.name}_ninetieth": Percentile(delay.name, 0.9),
        }
    found = moves.annotate(**first, **last).annotate(**spans).aggregate(**figures)
    return [
        Stretch(
            delay.name,
            delay.label,
            found[f"{delay.name}_files"],
            found[f"{delay.name}_median"],
            found[f"{delay.name}_ninetieth"],
        )
        for delay in DELAYS
    ]


def _held(end: State) -> Q:
    """Return the arrivals in a state of files that were not sent back before it since."""
    later = [state for state, reached in REACHED.items() if reached >= REACHED[end]]
    if end is State.ANS_REVIEW:
        later = [State.ANS_REVIEW, State.ANS_REVIEW_FIX, State.OBJECTIVES_REFUSED]
        later += [state for state, reached in REACHED.items() if reached > REACHED[end]]
    return Q(target=end, application__state__in=later)


def closing_day(call: Call, of: "QuerySet[Application]") -> ClosingDay | None:
    """Return what had happened when the application desk first closed; None when no text says when. Three queries."""
    window = call.windows.filter(stage=Stage.APPLICATION).first()
    if window is None:
        return None
    moved = window.extensions.order_by("id").first()
    closed_at = moved.before if moved else window.closes_at
    if closed_at is None:
        return None
    moves = Event.objects.filter(application__in=of.order_by().values("pk"), at__lte=closed_at)
    counts = moves.aggregate(
        submitted=Count("application", Q(target=State.SUBMITTED), distinct=True),
        validated=Count("application", Q(target=State.VALIDATED), distinct=True),
    )
    return ClosingDay(closed_at, **counts)


def weeks(of: "QuerySet[Application]") -> list[Week]:
    """Return submissions, decisions and payments week by week, without a gap. One query."""
    rows = (
        Event.objects.filter(application__in=of.order_by().values("pk"))
        .filter(target__in=[State.SUBMITTED, *DECISIONS, State.PAID])
        .order_by()
        .annotate(week=TruncWeek("at", tzinfo=PARIS))
        .values_list("week")
        .annotate(
            submitted=Count("pk", filter=Q(target=State.SUBMITTED)),
            decided=Count("pk", filter=Q(target__in=DECISIONS)),
            paid=Count("pk", filter=Q(target=State.PAID)),
        )
    )
    return _without_gap(_week(*row) for row in rows)


def _week(start: datetime, submitted: int, decided: int, paid: int) -> Week:
    return Week(start.astimezone(PARIS).date(), submitted, decided, paid)


def _without_gap(found: Iterable[Week]) -> list[Week]:
    known = {week.monday: week for week in found}
    if not known:
        return []
    last = max(known)
    monday = max(min(known), last - LONGEST * WEEK)
    series = []
    while monday <= last:
        series.append(known.get(monday, Week(monday)))
        monday += WEEK
    return series
