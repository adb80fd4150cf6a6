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
NARROWED = ("region", "kind")


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

    def clean(self, user: User, filters: Filters) -> dict[str, object]:
        """Keep the calls, and the regions and kinds the dashboard was narrowed to.

        Raises:
            Refusal: a call that does not exist.

        """
        narrowed = {name: values for name in NARROWED if (values := _asked(filters, name))}
        return {**super().clean(user, filters), **narrowed}

    def count(self, user: User, filters: Filters) -> int:
        """Count the cells."""
        return sum(1 for _line in self.rows(user, filters))

    def rows(self, user: User, filters: Filters) -> Iterator[Line]:
        """Yield the cells, three queries a call."""
        asked = calls_of(filters)
        regions, kinds = (_asked(filters, name) for name in NARROWED)
        calls = Call.objects.filter(code__in=asked) if asked else Call.objects.all()
        for call in calls.order_by("code"):
            for (kind, region, department), counts in sorted(cube(call, user).cells.items()):
                if region in (regions or (region,)) and kind in (kinds or (kind,)):
                    yield Line(call.code, kind, region, department, counts)


def _asked(filters: Filters, name: str) -> list[str]:
    """Return the values of a filter, which an address may give alone or as a list."""
    given = filters.get(name, [])
    values = given if isinstance(given, list | tuple) else [given]
    return sorted({str(value)[:30] for value in values if value})
