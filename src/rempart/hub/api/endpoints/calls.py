"""The calls for funding, as data: they are public, a token only says who asks."""

from typing import Annotated

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop
from ninja import Path, Query, Router, Schema
from pydantic import Field

from rempart.hub.api.answers import ONE_ERRORS, READ_ERRORS
from rempart.hub.api.authentication import needing, reads_files
from rempart.hub.api.models import Reach
from rempart.hub.api.schemas import Asked, CallDetail, CallPage, CallSummary, Code, Desk, Words
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.calls.models import Call, CallVersion

router = Router(tags=["calls"], auth=reads_files)


class Page(Schema):
    """Which page of the list."""

    after: str = Field(
        default="", max_length=40, pattern=r"^[A-Za-z0-9._-]*$", description="code of the last call read"
    )
    limit: int = Field(default=50, ge=1, le=200, description="calls a page, 200 at most")


def _published() -> "QuerySet[Call]":
    versions = CallVersion.objects.filter(published_at__isnull=False).order_by("-number")
    return (
        Call.objects.filter(versions__published_at__isnull=False)
        .distinct()
        .order_by("code")
        .prefetch_related("windows", Prefetch("versions", versions, to_attr="published"))
    )


def _summary(call: Call) -> CallSummary:
    return CallSummary(
        code=call.code,
        title=call.title,
        simulated=call.simulated,
        version=call.published[0].number,  # type: ignore[attr-defined]
        windows=[Desk.from_orm(window) for window in call.windows.all()],
    )


def _asked(part: str, requirement: Requirement) -> Asked:
    return Asked(
        code=requirement.code,
        part=part,
        title=Words.from_orm(requirement.title),
        target=Words.from_orm(requirement.target),
        rule=requirement.rule.kind,
        explanation=Words.from_orm(requirement.rule.explain()),
        per_entity=requirement.per_entity,
        ght_only=requirement.ght_only,
    )


@router.get(
    "",
    response={200: CallPage, **READ_ERRORS},
    summary=gettext_noop("Lister les appels publiés"),
    openapi_extra=needing(Reach.READ_FILES),
)
def list_calls(request: HttpRequest, page: Query[Page]) -> CallPage:
    """Return the calls by code."""
    del request
    found = list(_published().filter(code__gt=page.after)[: page.limit + 1])
    items = [_summary(call) for call in found[: page.limit]]
    return CallPage(items=items, next=items[-1].code if len(found) > page.limit else None)


@router.get(
    "/{code}",
    response={200: CallDetail, **ONE_ERRORS},
    summary=gettext_noop("Lire un appel et ses exigences"),
    openapi_extra=needing(Reach.READ_FILES),
)
def read_call(request: HttpRequest, code: Annotated[Code, Path()]) -> CallDetail:
    """Return the latest published version of a call."""
    del request
    call = _published().filter(code=code).first()
    if call is None:
        raise Http404
    definition = call.published[0].definition  # type: ignore[attr-defined]
    return CallDetail(
        **_summary(call).dict(),
        summary=Words.from_orm(definition.summary),
        legal_text=definition.legal_text,
        envelope_cents=definition.envelope_cents,
        requirements=[
            *(_asked("prerequisite", item) for item in definition.prerequisites),
            *(_asked("objective", item) for item in definition.objectives),
        ],
    )
