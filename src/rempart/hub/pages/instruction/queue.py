"""The queue: its columns, each sorted both ways, and its rows ready to be shown."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, F, Min, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.exports.listing import APPLICANT_NAME, CANDIDACY, COLOURS, ORDER_OF_LIFE, not_green, with_deadline
from rempart.hub.funding.applications.audiences import label
from rempart.hub.funding.applications.models import Application, Label
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.applications.transitions import Audience
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.proofs.models import Assessment
from rempart.hub.territory.models import Department, GhtMembership, GhtRole

PAGE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, what it sorts by, whether it holds figures."""

    key: str
    title: Promise
    sort: Combinable
    figures: bool = False


def department() -> Coalesce:
    """Return the département of the entity, or of the support establishment of the GHT."""
    support = GhtMembership.objects.filter(ght=OuterRef("ght"), role=GhtRole.SUPPORT, left_on=None)
    return Coalesce(
        F("legal_entity__department"),
        Subquery(support.order_by().values("legal_entity__department")[:1]),  # a GHT has one support at a time
        output_field=CharField(),
    )


def _first_label() -> Subquery:
    labels = Label.objects.filter(applications=OuterRef("pk")).order_by().values("applications")
    return Subquery(labels.annotate(first=Min("name")).values("first"))


COLUMNS = (
    Column("number", _("Numéro"), F("number")),
    Column("applicant", _("Candidat"), Lower(APPLICANT_NAME)),
    Column("kind", _("Type"), F("kind")),
    Column("region", _("Région"), F("region__name")),
    Column("department", _("Dépt"), F("department_code")),
    Column("state", _("État"), ORDER_OF_LIFE),
    Column("since", _("Depuis"), F("state_since")),
    Column("amount", _("Plafond"), F("ceiling_cents"), figures=True),
    Column("verdicts", _("Verdicts"), not_green()),
    Column("assigned", _("Attribué à"), Lower(F("assigned_to__last_name"))),
    Column("labels", _("Étiquettes"), _first_label()),
    Column("deadline", _("Échéance"), F("due_at")),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT = "deadline"
SHORT_KINDS = {
    ApplicantKind.GHT.value: _("GHT"),
    ApplicantKind.PUBLIC.value: _("public"),
    ApplicantKind.NONPROFIT.value: _("non lucratif"),
    ApplicantKind.FORPROFIT.value: _("lucratif"),
}
"""The four kinds of applicants in one word: a table has no room for their full names."""


@dataclass(slots=True)
class Row:
    """A line of the queue."""

    file: Application
    state: str
    kind: str
    department: str
    department_name: str
    verdicts: dict[str, int]
    deadline: datetime | None
    late: bool

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The verdicts there are, by colour, the good ones first."""
        return [(colour, self.verdicts[colour]) for colour in COLOURS if self.verdicts.get(colour)]


def sort_of(asked: str) -> tuple[str, bool]:
    """Return the column of a `sort` parameter and whether it goes down; an unknown one is the default."""
    key = asked.removeprefix("-")
    return (key, asked.startswith("-")) if key in BY_KEY else (DEFAULT, False)


def ordered(files: "QuerySet[Application]", sort: str) -> "QuerySet[Application]":
    """Return the files in that order, what has no value last, ties by number."""
    key, down = sort_of(sort)
    expression = BY_KEY[key].sort
    files = with_deadline(files).annotate(department_code=department())
    by = expression.desc(nulls_last=True) if down else expression.asc(nulls_last=True)  # type: ignore[attr-defined]
    return files.order_by(by, "number", "pk")


def detailed(files: "QuerySet[Application]", user: User) -> "QuerySet[Application]":
    """Fetch with the files what a line shows."""
    labels = Prefetch("labels", Label.objects.visible_to(user).order_by("name", "pk"), to_attr="shown_labels")
    return files.select_related("call", "region", "ght", "legal_entity", "assigned_to").prefetch_related(labels)


def rows(files: Iterable[Application], audience: Audience, at: datetime) -> list[Row]:
    """Return the lines of one page: two queries, however many files."""
    shown = list(files)
    verdicts = verdict_counts(shown)
    departments = dict(Department.objects.order_by("code").values_list("code", "name"))
    return [
        Row(
            file,
            label(State(file.state), audience),
            str(SHORT_KINDS[file.kind]),
            getattr(file, "department_code", None) or "",
            departments.get(getattr(file, "department_code", None) or "", ""),
            verdicts.get(file.pk, {}),
            file.due_at,  # type: ignore[attr-defined]
            bool(file.due_at and file.due_at < at),  # type: ignore[attr-defined]
        )
        for file in shown
    ]


def verdict_counts(files: Iterable[Application]) -> dict[int, dict[str, int]]:
    """Return, by file, how many verdicts of each colour; of the prerequisites first, of the objectives later on."""
    candidates = {file.pk: file.state in CANDIDACY for file in files}
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLOURS, 0))
    colour_of = {outcome.value: colour for colour, outcomes in COLOURS.items() for outcome in outcomes}
    counted = Assessment.objects.filter(application__in=list(candidates)).order_by()
    for pk, prerequisite, outcome, number in counted.values_list("application", "prerequisite", "outcome").annotate(
        number=Count("pk")
    ):
        if prerequisite == candidates[pk]:
            found[pk][colour_of[outcome]] += number
    return dict(found)
