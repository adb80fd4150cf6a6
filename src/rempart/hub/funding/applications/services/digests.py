"""A mail in the morning to those who instruct: how many files wait for them, and the first ones. None when none waits.

Who chose the weekly rhythm is written on Mondays.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from rempart.hub.accounts.models import Membership, User
from rempart.hub.common import mail
from rempart.hub.common.clock import paris_day
from rempart.hub.funding.applications.models import Rhythm
from rempart.hub.funding.applications.selectors.todo import to_do
from rempart.hub.funding.applications.services.mail_choices import READERS, Kind, stopping_link

FIRST = 5
MONDAY = 0


def send(at: datetime) -> int:
    """Queue the morning's mails, each made of what its reader may see, and return how many."""
    held = Membership.objects.filter(ended_at=None, role__in=READERS).values("user")
    resting = {Rhythm.NEVER} if paris_day(at).weekday() == MONDAY else {Rhythm.NEVER, Rhythm.WEEKLY}
    readers = User.objects.filter(pk__in=held, is_active=True).exclude(mail_choices__digest__in=resting)
    return sum(_tell(reader, at) for reader in readers.order_by("pk"))


def _tell(reader: User, at: datetime) -> bool:
    waiting = to_do(reader, at)
    if not waiting:
        return False
    stop = stopping_link(reader.pk, Kind.DIGEST)
    context = {
        "count": len(waiting),
        "first": waiting[:FIRST],
        "link": f"{settings.SITE_URL}/",
        "stop": stop,
    }
    with transaction.atomic():
        mail.send(reader.email, "applications/mail/digest", context, language=reader.language, stop=stop)
    return True
