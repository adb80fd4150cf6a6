"""The files the token's person may see."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop
from ninja import Path, Query, Router, Schema
from pydantic import Field

from rempart.hub.accounts.models import User
from rempart.hub.api.answers import ONE_ERRORS, READ_ERRORS
from rempart.hub.api.authentication import needing, person_of, reads_files
from rempart.hub.api.models import Reach
from rempart.hub.api.schemas import (
    BIGGEST,
    FileDetail,
    FilePage,
    FileSummary,
    Member,
    Move,
    Named,
)  # fmt: skip
from rempart.hub.funding.applications.filters import Code as FilterCode
from rempart.hub.funding.applications.filters import FileFilters, Word
from rempart.hub.funding.applications.models import Application, Event, PerimeterEntry
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import ApplicantKind

router = Router(tags=["files"], auth=reads_files)
Number = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Narrowing(Schema):
    """What narrows the list; a filter given several times accepts any of its values."""

    call: list[FilterCode] = Field(default=[], max_length=20)
    state: list[State] = Field(default=[], max_length=30)
    kind: list[ApplicantKind] = Field(default=[], max_length=4)
    region: list[FilterCode] = Field(default=[], max_length=30)
    department: list[FilterCode] = Field(default=[], max_length=110)
    q: Word = ""
    after: int = Field(default=0, ge=0, le=BIGGEST, description="id of the last file of the page before")
    limit: int = Field(default=50, ge=1, le=200, description="files a page, 200 at most")


def visible(user: User) -> "QuerySet[Application]":
    """Return the files `user` may see, with what a line of the list needs."""
    files = Application.objects.visible_to(user).select_related("call", "region", "ght", "legal_entity")
    return files.order_by("pk")


def one(user: User, number: str) -> Application:
    """Return a file `user` may see.

    Raises:
        Http404: none of that number, or not theirs to see: the answer is the same.

    """
    file = (
        visible(user).select_related("call", "region", "ght", "legal_entity", "version").filter(number=number).first()
    )
    if file is None:
        raise Http404
    return file


@router.get(
    "",
    response={200: FilePage, **READ_ERRORS},
    summary=gettext_noop("Lister les dossiers"),
    openapi_extra=needing(Reach.READ_FILES),
)
def list_files(request: HttpRequest, narrowing: Query[Narrowing]) -> FilePage:
    """Return the files by id, `limit` at a time; pass `next` as `after` for the following page."""
    filters = FileFilters.read(narrowing.dict(exclude={"after", "limit"}))
    found = list(filters.apply(visible(person_of(request))).filter(pk__gt=narrowing.after)[: narrowing.limit + 1])
    items = [summary(file) for file in found[: narrowing.limit]]
    return FilePage(items=items, next=items[-1].id if len(found) > narrowing.limit else None)


@router.get(
    "/{number}",
    response={200: FileDetail, **ONE_ERRORS},
    summary=gettext_noop("Lire un dossier"),
    openapi_extra=needing(Reach.READ_FILES),
)
def read_file(request: HttpRequest, number: Number) -> FileDetail:
    """Return a file with its perimeter and its history."""
    file = one(person_of(request), number)
    perimeter = file.perimeter.select_related("legal_entity", "site").order_by("pk")
    milestones = {name: getattr(file, name) for name in FileDetail.model_fields if name.endswith("_at")}
    return FileDetail(
        **{**milestones, **summary(file).dict()},
        version=file.version.number,
        perimeter=[_member(entry) for entry in perimeter],
        history=[Move.from_orm(event) for event in Event.objects.filter(application=file).order_by("at", "pk")],
    )


def summary(file: Application) -> FileSummary:
    """Return the line of a file."""
    applicant = file.applicant
    return FileSummary(
        id=file.pk,
        number=file.number,
        call=file.call_id,
        applicant=Named(code=str(applicant.pk), name=applicant.name),
        kind=file.kind,
        region=Named(code=file.region.code, name=file.region.name),
        state=file.state,
        state_since=file.state_since,
        submitted_at=file.submitted_at,
        ceiling_cents=file.ceiling_cents,
        eligible_cost_cents=file.eligible_cost_cents,
        simulated=file.call.simulated,
    )


def _member(entry: PerimeterEntry) -> Member:
    structure = entry.legal_entity or entry.site
    return Member(
        finess=str(entry.legal_entity_id or entry.site_id),
        name=str(structure),
        combined_activity=None if entry.combined is None else float(entry.combined),
        year=entry.year,
    )
