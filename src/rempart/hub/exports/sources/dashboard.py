"""The figures of the dashboards, cell by cell: what a person counts is what they see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.dashboards.cube import Counts, cube
from rempart.hub.dashboards.steps import LABELS, Step
from rempart.hub.exports.sources.base import Cell, Column, Filters, euros_of
from rempart.hub.exports.sources.ledger import OfCalls, calls_of
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account

_KINDS = dict(KINDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of the cube: a kind of applicant in one département."""

    call: str
    kind: str
    region: str
    department: str
    counts: Counts


def _step(step: Step) -> Callable[[Line], Cell]:
    return lambda line: line.counts.steps[step]


def _money(account: Account) -> Callable[[Line], Cell]:
    return lambda line: euros_of(line.counts.cents[account])


class Dashboard(OfCalls):
    """One row for each call, kind, region and département that has something to count."""

    columns: ClassVar[tuple[Column, ...]] = (
        Column("call", _("appel"), lambda line: line.call),
        Column("kind", _("type de candidat"), lambda line: str(_KINDS.get(line.kind, line.kind))),
        Column("region", _("région (code)"), lambda line: line.region),
        Column("department", _("département (code)"), lambda line: line.department),
        *(Column(step.value, LABELS[step], _step(step)) for step in Step),
        Column("committed", _("engagé (€)"), _money(Account.COMMITTED)),
        Column("paid_euros", _("payé (€)"), _money(Account.PAID)),
        Column("recovered", _("restitué (€)"), _money(Account.RECOVERED)),
    )

    def count(self, user: User, filters: Filters) -> int:
        """Count the cells."""
        return sum(1 for _line in self.rows(user, filters))

    def rows(self, user: User, filters: Filters) -> Iterator[Line]:
        """Yield the cells, three queries a call."""
        asked = calls_of(filters)
        calls = Call.objects.filter(code__in=asked) if asked else Call.objects.all()
        for call in calls.order_by("code"):
            for (kind, region, department), counts in sorted(cube(call, user).cells.items()):
                yield Line(call.code, kind, region, department, counts)
