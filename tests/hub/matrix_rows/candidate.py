from datetime import timedelta

from django.utils import timezone

from rempart.hub.accounts.roles import Role
from rempart.hub.funding.applications.models import Archive, CostLine
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.proofs.models import OutsideResult, Receipt
from tests.hub.factories import applications as files
from tests.hub.factories import proofs as factory
from tests.hub.matrix import AGENCY, APPLICANTS, NATION, STRANGER, Row, elsewhere

OWN_SPACE = {*APPLICANTS, STRANGER, *(elsewhere(role) for role in APPLICANTS)}
"""Who holds an applicant's role somewhere, or none yet: the page opens, and shows nothing of others."""
SEES_IT = {*APPLICANTS, *AGENCY, *NATION}
"""Who sees the file; those who instruct it are sent to their own page of it."""
PDF = "needs a file: the tests of the candidate's pages send it"


def furnish(world):
    now = timezone.now()
    call = factory.call()
    world.file = factory.application(State.OPERATIONAL, of=call, applicant=world.entity)
    by = files.person(Role.EDITOR, on=world.entity)
    world.line = CostLine.objects.create(
        application=world.file, label="Audit", reference="F1", spent_on=now.date(), cents=100, entered_by=by,
        entered_at=now,
    )  # fmt: skip
    world.version = factory.document(world.file)
    world.receipt = Receipt.objects.create(
        version=world.version, content=b"{}", sha256=world.version.sha256, keyid="a", issued_at=now
    )
    world.outside = OutsideResult.objects.create(
        application=world.file, requirement=factory.PAPER, service="ads", level=3, taken_on=now.date(), entered_by=by
    )
    world.key = factory.key(world.entity, by=by)
    world.archive = Archive.objects.create(application=world.file, requested_by=by, requested_at=now - timedelta(1))


def number(world):
    return [world.file.number]


def proof(*more):
    return lambda world: [world.file.number, factory.PAPER, *(part(world) for part in more)]


def of_file(name: str, *, method="GET", arguments=number, data=None, allowed=APPLICANTS):
    values = data or {}
    return Row(name, allowed=set(allowed), arguments=arguments, method=method, data=lambda world: values)  # noqa: ARG005


ROWS = [
    Row("candidate", allowed=OWN_SPACE),
    Row("candidate_open", allowed=OWN_SPACE, arguments=lambda world: [world.file.call_id]),
    Row("candidate_keys", allowed=OWN_SPACE),
    Row("candidate_revoke_key", allowed=APPLICANTS, arguments=lambda world: [world.key.pk], method="POST"),
    of_file("candidate_file", allowed=SEES_IT),
    of_file("candidate_history"),
    of_file("candidate_print"),
    of_file("candidate_simulators"),
    of_file("candidate_rules"),
    of_file("candidate_payment"),
    of_file("candidate_remove_cost", method="POST", arguments=lambda world: [world.file.number, world.line.pk]),
    of_file("candidate_messages"),
    of_file("candidate_mark_read", method="POST"),
    of_file("candidate_archive"),
    Row("candidate_download_archive", skip="for the one who asked: test_talk downloads it"),
    of_file("candidate_act", arguments=lambda world: [world.file.number, "declare"]),
    Row("candidate_document", skip=PDF),
    of_file("candidate_receipt", arguments=lambda world: [world.file.number, world.receipt.pk]),
    of_file("candidate_requirement", arguments=proof()),
    of_file("candidate_add_document", method="POST", arguments=proof()),
    of_file("candidate_renew_document", arguments=proof(lambda world: world.version.document_id)),
    of_file("candidate_withdraw_document", method="POST", arguments=proof(lambda world: world.version.document_id)),
    of_file("candidate_challenge", method="POST", arguments=proof()),
    of_file("candidate_attestation", method="POST", arguments=proof()),
    of_file("candidate_add_outside", method="POST", arguments=proof()),
    of_file("candidate_withdraw_outside", method="POST", arguments=proof(lambda world: world.outside.pk)),
]
