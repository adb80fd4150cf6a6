from datetime import timedelta

from django.utils import timezone

from rempart.hub.accounts.models import Invitation
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.services import invitations
from rempart.hub.funding.applications.services import mail_choices
from tests.hub.factories.accounts import person
from tests.hub.matrix import SIGNED_IN, Row, elsewhere

ADMIN, LEAD, PLATFORM = Role.ESTABLISHMENT_ADMIN, Role.ARS_LEAD, Role.ADMINISTRATOR
MANAGERS = {ADMIN, elsewhere(ADMIN), LEAD, elsewhere(LEAD), PLATFORM}
OWN = {ADMIN, PLATFORM}
STEP = "a step of a sign-in under way: test_sign_in walks it"
FACTOR = "needs a second factor: test_sign_in walks it"


def furnish(world):
    now = timezone.now()
    editor = person(Role.EDITOR, entity=world.entity)
    world.editor_role = editor.memberships.get()
    world.invitation = Invitation.objects.create(
        email="a@exemple.test",
        role=Role.EDITOR,
        legal_entity=world.entity,
        invited_at=now,
        expires_at=now + timedelta(days=1),
    )


def stopping_token(world):
    return (
        mail_choices.stopping_link(world.editor_role.user_id, mail_choices.Kind.MESSAGES).rstrip("/").rsplit("/", 1)[1]
    )


def number(world):
    return [world.invitation.pk]


ROWS = [
    Row("my_account", allowed=SIGNED_IN),
    Row("my_data", allowed=SIGNED_IN),
    Row("erase", allowed=SIGNED_IN),
    Row("my_mails", allowed=SIGNED_IN),
    Row("mail_stop", arguments=lambda world: [stopping_token(world)]),
    Row("people", allowed=MANAGERS),
    Row("invite", allowed=MANAGERS),
    Row("role_end", allowed=OWN, arguments=lambda world: [world.editor_role.pk]),
    Row("invitation_resend", allowed=OWN, arguments=number, method="POST"),
    Row("invitation_cancel", allowed=OWN, arguments=number, method="POST"),
    Row("delegations", allowed=set()),
    Row("invitation", arguments=lambda world: [invitations.token_of(world.invitation)]),
    Row("second_factor", allowed=SIGNED_IN),
    Row("session_end", allowed=set(), arguments=lambda world: [1], method="POST"),  # noqa: ARG005
    Row("identity_detach", skip="one's own identities only: test_account_pages tries another's"),
    Row("provider_leave", arguments=lambda world: ["none"], skip=STEP),  # noqa: ARG005
    Row("provider_back", skip=STEP),
    Row("identity_unknown", skip=STEP),
    Row("account_login"),
    Row("account_logout"),
    Row("account_inactive"),
    Row("account_signup"),
    Row("account_reset_password"),
    Row("account_password_reset_completed"),
    Row("account_reauthenticate", allowed=SIGNED_IN),
    Row("account_email", allowed=SIGNED_IN),
    Row("account_change_password", allowed=SIGNED_IN),
    Row("account_set_password", allowed=SIGNED_IN),
    Row("account_email_verification_sent", skip=STEP),
    Row("account_confirm_login_code", skip=STEP),
    Row("account_confirm_password_reset_code", skip=STEP),
    Row("account_complete_password_reset", skip=STEP),
    Row("usersessions_list", allowed=SIGNED_IN),
    Row("mfa_index", allowed=SIGNED_IN),
    Row("mfa_list_webauthn", allowed=SIGNED_IN),
    Row("mfa_activate_totp", allowed=SIGNED_IN),
    Row("mfa_add_webauthn", allowed=SIGNED_IN),
    Row("mfa_generate_recovery_codes", allowed=SIGNED_IN),
    Row("mfa_reauthenticate", allowed=SIGNED_IN),
    Row("mfa_reauthenticate_webauthn", allowed=SIGNED_IN),
    Row("mfa_authenticate", skip=STEP),
    Row("mfa_login_webauthn", skip=STEP),
    Row("mfa_deactivate_totp", skip=FACTOR),
    Row("mfa_view_recovery_codes", skip=FACTOR),
    Row("mfa_download_recovery_codes", skip=FACTOR),
    Row("mfa_remove_webauthn", skip=FACTOR),
    Row("mfa_edit_webauthn", skip=FACTOR),
]
