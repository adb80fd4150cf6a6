"""A dashboard assembled: what a person sees of a call, narrowed as they asked, at a moment."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from rempart.hub.accounts.models import User
from rempart.hub.dashboards import selectors
from rempart.hub.dashboards.cube import Counts, Cube, cube
from rempart.hub.dashboards.selectors import Week
from rempart.hub.dashboards.steps import LABELS, Step
from rempart.hub.funding.applications.models.application import KINDS
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.selectors import Balances, balances
from rempart.hub.pages.steering import drawing
from rempart.hub.territory.models import Department, Region
from rempart.hub.territory.words import words


@dataclass(frozen=True)
class Asked:
    """What a person asked to see: a region, a kind, a step, and which map."""

    region: str = ""
    kind: str = ""
    step: Step = Step.SUBMITTED
    map_name: str = "regions"


@dataclass(frozen=True)
class FunnelRow:
    """A step of the funnel."""

    label: str | Promise
    count: int
    rate: float | None
    width: int


@dataclass(frozen=True)
class PlaceRow:
    """A kind of applicant, a region or a département: its counts and the figures worked out of them."""

    code: str
    name: str | Promise
    counts: Counts
    rate: float | None
    width: int
    shown: int = 0
    declared: float | None = None

    @property
    def steps(self) -> dict[str, int]:
        """The counts by the name of their step."""
        return {step.value: count for step, count in self.counts.steps.items()}


@dataclass(frozen=True)
class Money:
    """The envelope and what files hold of it, in cents; `available` is told when the whole call is shown."""

    envelope: int
    committed: int
    paid: int
    recovered: int
    available: int | None

    @property
    def share(self) -> float | None:
        """The share of the envelope that is committed or paid."""
        return (self.committed + self.paid) / self.envelope if self.envelope else None

    @property
    def bar(self) -> tuple[int, int]:
        """The widths of what is paid and of what is committed."""
        return drawing.share(self.paid, self.envelope), drawing.share(self.committed, self.envelope)


@dataclass(frozen=True)
class Board:
    """All that the page shows."""

    call: Call
    asked: Asked
    at: datetime
    total: Counts
    funnel: list[FunnelRow]
    kinds: list[PlaceRow]
    places: list[PlaceRow]
    map: drawing.DrawnMap
    stretches: list[drawing.DrawnStretch]
    weeks: list[Week]
    columns: list[drawing.Columns]
    money: Money
    elsewhere: Counts = field(default_factory=Counts)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show yet."""
        return not (self.total.files or self.total.steps[Step.ELIGIBLE] or self.total.drafts)


def board(call: Call, user: User, asked: Asked, *, whole: bool, at: datetime) -> Board:
    """Return the dashboard of a call for `user`; `whole` says that they see the nation. Nine queries at most."""
    figures = cube(call, user)
    total = figures.total(asked.kind, asked.region)
    files = selectors.files(call, user, region=asked.region, kind=asked.kind)
    weeks = selectors.weeks(files)
    near = _near(figures, asked)
    return Board(
        call=call,
        asked=asked,
        at=at,
        total=total,
        funnel=_funnel(total),
        kinds=[_place(kind, label, figures.total(kind, asked.region), Step.SUBMITTED) for kind, label in KINDS],
        places=_places(near, asked),
        map=drawing.draw_map(asked.map_name, near, asked.step),
        stretches=drawing.draw_stretches(selectors.delays(files)),
        weeks=weeks,
        columns=[drawing.draw_weeks(weeks, name) for name in ("submitted", "decided", "paid")],
        money=_money(balances(call), total, whole=whole and not asked.region and not asked.kind),
        elsewhere=near.get("", Counts()),
    )


def _funnel(total: Counts) -> list[FunnelRow]:
    most = max(total.steps.values())
    return [
        FunnelRow(LABELS[step], count, total.rate(step), drawing.share(count, most))
        for step, count in total.steps.items()
    ]


def _near(figures: Cube, asked: Asked) -> dict[str, Counts]:
    if asked.map_name == "departments":
        return figures.by_department(asked.kind, asked.region)
    near = figures.by_region(asked.kind)
    return {code: counts for code, counts in near.items() if not asked.region or code == asked.region}


def _places(near: dict[str, Counts], asked: Asked) -> list[PlaceRow]:
    """Return the places that have something to tell, by name. One query."""
    model = Department if asked.map_name == "departments" else Region
    known = model.objects.filter(pk__in=near).order_by("code").values_list("code", "name")
    by_name = sorted(known, key=lambda place: words(place[1]))
    return [_place(code, name, near[code], asked.step) for code, name in by_name]


def _place(code: str, name: str | Promise, counts: Counts, step: Step) -> PlaceRow:
    rate = counts.rate(step)
    declared = counts.rate(Step.DECLARED, of=Step.VALIDATED)
    return PlaceRow(code, name, counts, rate, drawing.share(rate or 0, 1), counts.steps[step], declared)


def _money(ledger: Balances, total: Counts, *, whole: bool) -> Money:
    if whole:
        return Money(ledger.envelope, ledger.committed, ledger.paid, ledger.recovered, ledger.available)
    cents = total.cents
    return Money(ledger.envelope, cents["committed"], cents["paid"], cents["recovered"], None)
