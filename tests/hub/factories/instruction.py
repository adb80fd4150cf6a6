"""Files of one call, for what reads them in numbers: queues, exports, the API."""

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call
from rempart.hub.territory.models import LegalEntity, Region
from tests.hub.factories import applications
from tests.hub.factories.accounts import a_region, an_entity


def a_call(code: str = "T-2026") -> Call:
    """The published call of that code, made when it is not there."""
    return Call.objects.filter(code=code).first() or applications.call(code)


def a_file(
    state: State = State.ARS_REVIEW,
    *,
    region: Region | None = None,
    entity: LegalEntity | None = None,
    call: Call | None = None,
    **fields,
) -> Application:
    """A file of a new entity of `region`."""
    entity = entity or an_entity(region or a_region())
    return applications.application(state, of=call or a_call(), applicant=entity, **fields)
