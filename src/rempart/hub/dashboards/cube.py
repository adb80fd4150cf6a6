"""The counts of a call by kind, region and département, in three queries whatever the number of files.

Every figure of a dashboard is a sum of these cells, computed from the rows a person may see: nothing is stored.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.dashboards.steps import DATES, Step
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, Ceiling
from rempart.hub.funding.ledger.models import Account, Posting
from rempart.hub.territory.models import GhtMembership, GhtRole

GHT = ApplicantKind.GHT.value
Key = tuple[str, str, str]
"""Kind, region, département (that of the support establishment for a GHT; empty when nobody knows)."""


_NO_FILE: dict[Step, int] = dict.fromkeys(Step, 0)
_NO_MONEY: dict[str, int] = dict.fromkeys((Account.COMMITTED, Account.PAID, Account.RECOVERED), 0)


@dataclass
class Counts:
    """How many stand at each step, drafts apart, and the cents of the envelope they hold."""

    steps: dict[Step, int] = field(default_factory=_NO_FILE.copy)
    drafts: int = 0
    cents: dict[str, int] = field(default_factory=_NO_MONEY.copy)

    def add(self, other: "Counts") -> None:
        """Add another cell to this one."""
        for step, count in other.steps.items():
            self.steps[step] += count
        for account, cents in other.cents.items():
            self.cents[account] += cents
        self.drafts += other.drafts

    def rate(self, step: Step, of: Step = Step.ELIGIBLE) -> float | None:
        """Return the share of a step in an earlier one; None when there is nothing to share."""
        return self.steps[step] / self.steps[of] if self.steps[of] else None

    @property
    def files(self) -> int:
        """How many files were submitted and not withdrawn."""
        return self.steps[Step.SUBMITTED]


@dataclass(frozen=True)
class Cube:
    """All the cells of a call that a person may see."""

    cells: dict[Key, Counts]

    def total(self, kind: str = "", region: str = "") -> Counts:
        """Return the sum of the cells of a kind and a region, all when they are empty."""
        return _sum(counts for _key, counts in self._some(kind, region))

    def by_kind(self, region: str = "") -> dict[str, Counts]:
        """Return the sums by kind, the four published ones in their order."""
        return {kind.value: self.total(kind.value, region) for kind in ApplicantKind}

    def by_region(self, kind: str = "") -> dict[str, Counts]:
        """Return the sums by region code."""
        return self._by(1, kind)

    def by_department(self, kind: str = "", region: str = "") -> dict[str, Counts]:
        """Return the sums by département code; the empty code holds the GHT whose support nobody knows."""
        return self._by(2, kind, region)

    def _by(self, place: int, kind: str, region: str = "") -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        for key, counts in self._some(kind, region):
            if key[place] not in found:
                found[key[place]] = Counts()
            found[key[place]].add(counts)
        return found

    def _some(self, kind: str, region: str) -> Iterator[tuple[Key, Counts]]:
        return (
            (key, counts)
            for key, counts in self.cells.items()
            if (not kind or key[0] == kind) and (not region or key[1] == region)
        )


def visible(call: Call, user: Person) -> "QuerySet[Application]":
    """Return the files of a call that count for `user`: those they may see, withdrawn ones left out."""
    seen: QuerySet[Application] = Application.objects.visible_to(user).filter(call=call)
    return seen.exclude(state=State.WITHDRAWN)


def cube(call: Call, user: Person) -> Cube:
    """Return the counts of a call as `user` may see them. Three queries."""
    return Cube(_filled(_eligible(call, user), _files(visible(call, user)), _money(call, visible(call, user))))


def public_cube(call: Call) -> Cube:
    """Return the counts of a whole call, for figures that protect small groups before they are shown."""
    files = Application.objects.filter(call=call).exclude(state=State.WITHDRAWN)
    return Cube(_filled(_applicants(call), _files(files), _money(call, files)))


def _filled(*sources: Iterable[tuple[Key, Counts]]) -> dict[Key, Counts]:
    cells: dict[Key, Counts] = {}
    for source in sources:
        for key, counts in source:
            if key in cells:
                cells[key].add(counts)
            else:
                cells[key] = counts
    return cells


def _sum(cells: Iterable[Counts]) -> Counts:
    total = Counts()
    for counts in cells:
        total.add(counts)
    return total


def _support(prefix: str = "") -> Coalesce:
    """Return the département of an applicant: its own, or that of its GHT's support establishment today."""
    support = GhtMembership.objects.filter(ght=OuterRef(f"{prefix}ght"), left_on=None, role=GhtRole.SUPPORT)
    return Coalesce(
        f"{prefix}legal_entity__department",
        Subquery(support.order_by().values("legal_entity__department")[:1]),  # a GHT has one support at a time
        Value(""),
        output_field=CharField(),
    )


def _eligible(call: Call, user: Person) -> Iterator[tuple[Key, Counts]]:
    """Yield the applicants with a ceiling, of the regions that `user` sees."""
    scope = Scope.of(user)
    return _applicants(call, None if scope.is_national else list(scope.regions))


def _applicants(call: Call, regions: list[str] | None = None) -> Iterator[tuple[Key, Counts]]:
    kind = Case(When(ght__isnull=False, then=Value(GHT)), default=F("legal_entity__status"), output_field=CharField())
    place = Coalesce("ght__region", "legal_entity__department__region", output_field=CharField())
    rows = Ceiling.objects.filter(call=call).annotate(kind_of=kind, place=place, near=_support()).order_by()
    if regions is not None:
        rows = rows.filter(place__in=regions)
    for *key, count in rows.values_list("kind_of", "place", "near").annotate(count=Count("pk")):
        counts = Counts()
        counts.steps[Step.ELIGIBLE] = count
        yield (key[0], key[1], key[2]), counts


def _files(files: "QuerySet[Application]") -> Iterator[tuple[Key, Counts]]:
    reached = {step.value: Count("pk", filter=Q(**{f"{date}__isnull": False})) for step, date in DATES.items()}
    drafts = Count("pk", filter=Q(state=State.DRAFT))
    keys = ("kind", "region", "near")
    for row in files.annotate(near=_support()).order_by().values(*keys).annotate(drafts=drafts, **reached):
        counts = Counts(drafts=row["drafts"])
        counts.steps |= {step: row[step.value] for step in DATES}
        yield (row["kind"], row["region"], row["near"]), counts


def _money(call: Call, files: "QuerySet[Application]") -> Iterator[tuple[Key, Counts]]:
    """Yield what files hold of the envelope, from the postings of the ledger."""
    file = "entry__application__"
    postings = (
        Posting.objects.filter(entry__envelope__call=call, entry__application__in=files.order_by().values("pk"))
        .exclude(account__in=[Account.AVAILABLE, Account.FUNDING])
        .annotate(near=_support(file))
        .order_by()
    )
    fields = (f"{file}kind", f"{file}region", "near", "account")
    for *key, account, cents in postings.values_list(*fields).annotate(sum=Sum("cents")):
        counts = Counts()
        counts.cents[account] = int(cents)
        yield (key[0], key[1], key[2]), counts
