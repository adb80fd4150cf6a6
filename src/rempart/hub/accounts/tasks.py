"""What the worker does for accounts: invitations (the link is made when it leaves) and accounts that nobody uses."""

import logging

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from rempart.hub.accounts.models import Invitation, User
from rempart.hub.accounts.services import invitations, personal
from rempart.hub.common import mail
from rempart.hub.common.errors import Refusal
from rempart.hub.common.tasks import PATIENT

logger = logging.getLogger(__name__)


@app.task(name="accounts.deliver_invitation", retry=PATIENT)
def deliver_invitation(*, invitation: int, serial: int) -> None:
    """Send an invitation, unless it has ended or was sent again since."""
    found = (
        Invitation.objects.select_related("region", "legal_entity", "ght", "invited_by")
        .filter(pk=invitation, serial=serial, accepted_at=None, cancelled_at=None)
        .first()
    )
    if found is None:
        return
    link = settings.SITE_URL + reverse("invitation", args=[invitations.token_of(found)])
    mail.send_now(found.email, "accounts/mail/invitation", {"invitation": found, "link": link}, language=found.language)


@app.periodic(cron="15 4 * * *")
@app.task(name="accounts.retire_idle", queueing_lock="accounts.retire_idle", pass_context=False)
def retire_idle(timestamp: int) -> None:  # noqa: ARG001 — procrastinate gives the hour of the schedule
    """Warn people who have not come for nearly two years, then erase those warned who still did not come."""
    now = timezone.now()
    for user in personal.idle(at=now):
        came = user.last_login or user.joined_at
        if user.idle_warned_at is None or user.idle_warned_at < came:
            _warn(user)
        elif user.idle_warned_at + personal.NOTICE <= now:
            try:
                personal.erase(user, at=now)
            except Refusal as refusal:
                logger.warning("idle account kept: %s", refusal.code)


def _warn(user: User) -> None:
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(idle_warned_at=timezone.now())
        mail.send(user.email, "accounts/mail/idle", {"user": user}, language=user.language)
