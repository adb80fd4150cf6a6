from datetime import UTC, datetime

from rempart.hub.accounts.roles import Role
from rempart.hub.exports.models import ColumnTemplate, Export
from rempart.hub.funding.applications.models import SavedView
from rempart.hub.funding.applications.states import State
from tests.hub.factories.accounts import person
from tests.hub.factories.applications import a_file
from tests.hub.matrix import AGENCY, NATION, SIGNED_IN, STRANGER, Row, elsewhere

FAR_AGENCY = {elsewhere(role) for role in (Role.ARS_INSTRUCTOR, Role.ARS_LEAD)}
DESKS = AGENCY | NATION
PROOF = "needs a proof with its bytes: test_file gives and refuses it"


def furnish(world):
    owner = person(Role.ARS_LEAD, region=world.region)
    world.instructed = a_file(State.ARS_REVIEW, region=world.region)
    world.view = SavedView.objects.create(owner=owner, name="Vue")
    world.export = Export.objects.create(asked_by=owner, kind="files", format="csv", asked_at=datetime.now(UTC))
    world.columns = ColumnTemplate.objects.create(owner=owner, kind="files", name="Colonnes")


def of_file(*more):
    return lambda world: [world.instructed.number, *more]


ROWS = [
    Row("instruction", allowed=DESKS | FAR_AGENCY),
    Row("instruction_queue", allowed=DESKS | FAR_AGENCY),
    Row("instruction_view_keep", allowed=DESKS | FAR_AGENCY, method="POST"),
    Row("instruction_view_forget", allowed=set(), arguments=lambda world: [world.view.pk], method="POST"),
    Row("instruction_bulk", allowed=AGENCY | FAR_AGENCY, arguments=lambda world: ["validate"]),  # noqa: ARG005
    Row("instruction_payments", allowed=NATION),
    Row("instruction_late_draft", allowed={Role.ARS_LEAD, elsewhere(Role.ARS_LEAD)}),
    Row("instruction_file", allowed=DESKS, arguments=of_file()),
    Row("instruction_talk", allowed=DESKS, arguments=of_file()),
    Row("instruction_work", allowed=DESKS, arguments=of_file()),
    Row("instruction_history", allowed=DESKS, arguments=of_file()),
    Row("instruction_rules", allowed=DESKS, arguments=of_file()),
    Row("instruction_act", allowed=AGENCY, arguments=of_file("validate")),
    Row("instruction_judge", allowed=AGENCY, arguments=of_file("T1.O1")),
    Row("instruction_document", skip=PROOF),
    Row("instruction_attestation", skip=PROOF),
    Row("instruction_archive", allowed=set(), arguments=of_file(1)),
    Row("instruction_do", allowed=DESKS, arguments=of_file("follow"), method="POST"),
    Row("exports", allowed=SIGNED_IN),
    Row("export_ask", allowed=SIGNED_IN - {STRANGER}, arguments=lambda world: ["files"]),  # noqa: ARG005
    Row("export_line", allowed=set(), arguments=lambda world: [world.export.pk]),
    Row("export_file", allowed=set(), arguments=lambda world: [world.export.pk]),
    Row("export_discard", allowed=set(), arguments=lambda world: [world.export.pk], method="POST"),
    Row("export_columns_forget", allowed=set(), arguments=lambda world: [world.columns.pk], method="POST"),
]
