from datetime import UTC, datetime

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.decisions.models import Kind
from rempart.hub.funding.decisions.services import issue
from tests.hub.factories import accounts, applications
from tests.hub.matrix import AGENCY, APPLICANTS, NATION, Row


def furnish(world):
    file = applications.application(State.VALIDATED, applicant=world.entity)
    by = accounts.person(Role.ARS_LEAD, region=world.region)
    world.decision = issue(file, Kind.VALIDATION, by=by, at=datetime(2026, 1, 12, tzinfo=UTC))


ROWS = [Row("decision", APPLICANTS | AGENCY | NATION, lambda world: [world.decision.key])]
