"""Pieces of queries that several selectors share."""

from datetime import datetime

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.funding.applications.audiences import table
from rempart.hub.funding.applications.models import CorrectionRequest, LateDecision, Message, ReadMark, Side
from rempart.hub.funding.applications.states import CORRECTION
from rempart.hub.funding.calls.models import Stage, Window


def due_at() -> Combinable:
    """Return when the turn of who acts on a file ends: the correction's date, else the desk's closing or a delay.

    One sub-query a desk: each state knows which one it waits for.
    """
    whens = [When(state__in=sorted(CORRECTION), then=Subquery(_correction()))]
    for stage in Stage:
        states = sorted(state for state, row in table().items() if row.until == stage)
        if states:
            whens.append(When(state__in=states, then=Greatest(Subquery(_closing(stage)), Subquery(_delay(stage)))))
    return Case(*whens, default=Value(None), output_field=DateTimeField())


def unread(user: Person) -> Combinable:
    """Return how many messages of the other side a person has not read; a person without account has none."""
    if not isinstance(user, User):
        return Value(0, output_field=IntegerField())
    read = ReadMark.objects.filter(application=OuterRef("application"), user=user).values("until")[:1]
    scope = Scope.of(user)
    own = Q(application__legal_entity__in=list(scope.entities)) | Q(application__ght__in=list(scope.ghts))
    theirs = (own & Q(side=Side.AGENT)) | (~own & Q(side=Side.APPLICANT))
    waiting = (
        Message.objects.filter(theirs, application=OuterRef("pk"))
        .annotate(read_until=Subquery(read))
        .filter(Q(read_until=None) | Q(at__gt=F("read_until")))
    )
    counted = waiting.order_by().values("application").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _correction() -> "QuerySet[CorrectionRequest, tuple[datetime | None]]":
    return CorrectionRequest.objects.filter(application=OuterRef("pk"), resolved_at=None).values_list("due_at")[:1]


def _closing(stage: Stage) -> "QuerySet[Window, tuple[datetime | None]]":
    return Window.objects.filter(call=OuterRef("call"), stage=stage).values_list("closes_at")[:1]


def _delay(stage: Stage) -> "QuerySet[LateDecision, tuple[datetime]]":
    rows = LateDecision.objects.filter(application=OuterRef("pk"), stage=stage).order_by("-until")
    return rows.values_list("until")[:1]
