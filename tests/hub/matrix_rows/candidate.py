from rempart.hub.accounts.roles import APPLICANT_ROLES, Role
from rempart.hub.funding.applications.states import State
from tests.hub.factories import applications
from tests.hub.matrix import APPLICANTS, STRANGER, Row, elsewhere

ACTING = {Role.EDITOR, Role.SIGNATORY}
SPACE = {STRANGER, *APPLICANTS, *(elsewhere(role) for role in APPLICANT_ROLES)}
DEEPER = "a move or a download of one file: the tests of the candidate's pages try other people's"


def furnish(world):
    call = applications.call()
    world.call = call.pk
    world.file = applications.application(State.ARS_REVIEW, applicant=world.entity, of=call).number


def file(world):
    return [world.file]


def requirement(world):
    return [world.file, "T1.O1"]


ROWS = [
    Row("candidate", allowed=SPACE),
    Row("candidate_open", allowed=SPACE, arguments=lambda world: [world.call]),
    Row("candidate_keys", allowed=SPACE),
    Row("candidate_file", allowed=APPLICANTS, arguments=file),
    Row("candidate_history", allowed=APPLICANTS, arguments=file),
    Row("candidate_print", allowed=APPLICANTS, arguments=file),
    Row("candidate_simulators", allowed=APPLICANTS, arguments=file),
    Row("candidate_payment", allowed=APPLICANTS, arguments=file),
    Row("candidate_requirement", allowed=APPLICANTS, arguments=requirement),
    Row("candidate_revoke_key", skip=DEEPER),
    Row("candidate_remove_cost", skip=DEEPER),
    Row("candidate_act", skip=DEEPER),
    Row("candidate_document", skip=DEEPER),
    Row("candidate_receipt", skip=DEEPER),
    Row("candidate_add_document", skip=DEEPER),
    Row("candidate_renew_document", skip=DEEPER),
    Row("candidate_withdraw_document", skip=DEEPER),
    Row("candidate_challenge", skip=DEEPER),
    Row("candidate_attestation", skip=DEEPER),
    Row("candidate_add_outside", skip=DEEPER),
    Row("candidate_withdraw_outside", skip=DEEPER),
]
