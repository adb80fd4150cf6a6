"""Narrowing a list of files: the same filters for the queue, the exports and the API. Scope is not its business."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.clock import end_of
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application, Label
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.territory.models import GhtRole

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30, pattern=r"^[\w.-]+$")]


class FileFilters(BaseModel):
    """What a person narrows a list of files to; an empty one keeps them all.

    `q` is looked for in the number, the applicant's name and its FINESS or GHT number.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    SEVERAL: ClassVar[frozenset[str]] = frozenset({"call", "state", "kind", "region", "department"})

    q: Word = ""
    call: tuple[Code, ...] = ()
    state: tuple[State, ...] = ()
    kind: tuple[ApplicantKind, ...] = ()
    region: tuple[Code, ...] = ()
    department: tuple[Code, ...] = ()
    amount_min: int | None = Field(default=None, ge=0, le=10**15)
    amount_max: int | None = Field(default=None, ge=0, le=10**15)

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Self:
        """Return the filters of a form or of stored JSON; empty values are no filter.

        Raises:
            Refusal: a value that is not one.

        """
        given = {
            name: [value] if name in cls.SEVERAL and isinstance(value, str) else value
            for name in cls.model_fields
            if (value := values.get(name)) not in (None, "", [], ())
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            place = error.errors()[0]["loc"][0]
            message = filled(_("Le filtre « %(name)s » n’est pas valable."), name=place)
            raise Refusal(message, "bad_filter") from error

    def stored(self) -> dict[str, object]:
        """Return the filters that are set, as JSON holds them."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def apply(self, files: "QuerySet[Application]") -> "QuerySet[Application]":
        """Return the files that pass. It adds no join that multiplies rows."""
        for name in ("call", "state", "kind", "region"):
            if values := getattr(self, name):
                files = files.filter(**{f"{name}__in": list(values)})
        if self.department:
            files = files.filter(in_departments(list(self.department)))
        if self.amount_min is not None:
            files = files.filter(ceiling_cents__gte=self.amount_min)
        if self.amount_max is not None:
            files = files.filter(ceiling_cents__lte=self.amount_max)
        return files.filter(matching(self.q)) if self.q else files


def matching(text: str) -> Q:
    """Return the condition that a file's number, applicant or FINESS holds `text`."""
    return (
        Q(number__icontains=text)
        | Q(ght__name__icontains=text)
        | Q(ght__code__iexact=text)
        | Q(legal_entity__name__icontains=text)
        | Q(legal_entity__finess__startswith=text.upper())
    )


def in_departments(codes: list[str]) -> Q:
    """Return the condition that the entity, or the GHT's support establishment, stands in one of these départements."""
    support = Q(
        ght__memberships__role=GhtRole.SUPPORT,
        ght__memberships__left_on=None,
        ght__memberships__legal_entity__department__in=codes,
    )
    return Q(legal_entity__department__in=codes) | support


class InstructionFilters(FileFilters):
    """What those who instruct filter on besides: applicants must not guess a label or an assignment through it."""

    SEVERAL: ClassVar[frozenset[str]] = FileFilters.SEVERAL | {"label"}

    assigned: Literal["", "nobody"] | int = ""
    label: tuple[int, ...] = ()
    since_before: date | None = None

    def apply(self, files: "QuerySet[Application]") -> "QuerySet[Application]":
        """Return the files that pass; `since_before` keeps those that have not moved since that day."""
        files = super().apply(files)
        if self.assigned == "nobody":
            files = files.filter(assigned_to=None)
        elif self.assigned:
            files = files.filter(assigned_to=self.assigned)
        if self.label:
            files = files.filter(pk__in=Label.objects.filter(pk__in=self.label).values("applications"))
        if self.since_before:
            files = files.filter(state_since__lte=end_of(self.since_before))
        return files


def filters_for(user: Person) -> type[FileFilters]:
    """Return the filters `user` may use: those of instruction for the regions and the nation."""
    scope = Scope.of(user)
    return InstructionFilters if scope.is_national or scope.regions else FileFilters
