"""The figures of a call, as the token's person sees them on the dashboards."""

from datetime import timedelta

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from rempart.hub.accounts.scope import Scope
from rempart.hub.api.answers import ONE_ERRORS
from rempart.hub.api.authentication import needing, person_of, reads_figures
from rempart.hub.api.models import Reach
from rempart.hub.api.schemas import Code, CountsOut, DelayOut, EnvelopeOut, FiguresOut
from rempart.hub.dashboards.cube import Counts, cube
from rempart.hub.dashboards.selectors import delays, files
from rempart.hub.funding.calls.models import Call
from rempart.hub.funding.ledger.models import Account
from rempart.hub.funding.ledger.selectors import balances

router = Router(tags=["figures"], auth=reads_figures)


class Wanted(Schema):
    """Of which call, and of which kind of applicant and region when they are named."""

    call: Code
    kind: str = ""
    region: str = ""


@router.get(
    "",
    response={200: FiguresOut, **ONE_ERRORS},
    summary=gettext_noop("Lire les chiffres d’un appel"),
    openapi_extra=needing(Reach.READ_FIGURES),
)
def read_figures(request: HttpRequest, asked: Query[Wanted]) -> FiguresOut:
    """Return counts by step, delays and amounts, computed now from the files the person sees."""
    user = person_of(request)
    call = Call.objects.filter(code=asked.call, versions__published_at__isnull=False).distinct().first()
    if call is None:
        raise Http404
    seen = cube(call, user)
    scope = Scope.of(user)
    envelope = balances(call) if scope.is_national or scope.regions else None
    return FiguresOut(
        call=call.code,
        simulated=call.simulated,
        at=timezone.now(),
        total=_counts(seen.total(asked.kind, asked.region)),
        by_kind={kind: _counts(counts) for kind, counts in seen.by_kind(asked.region).items()},
        by_region={code: _counts(counts) for code, counts in sorted(seen.by_region(asked.kind).items())},
        delays=[
            DelayOut(name=one.name, files=one.files, median_days=_days(one.median), ninetieth_days=_days(one.ninetieth))
            for one in delays(files(call, user, region=asked.region, kind=asked.kind))
        ],
        envelope=EnvelopeOut.from_orm(envelope) if envelope else None,
    )


def _counts(counts: Counts) -> CountsOut:
    return CountsOut(
        steps={step.value: number for step, number in counts.steps.items()},
        committed_cents=counts.cents[Account.COMMITTED],
        paid_cents=counts.cents[Account.PAID],
        recovered_cents=counts.cents[Account.RECOVERED],
    )


def _days(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(days=1), 1)
