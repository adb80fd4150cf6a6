"""One mail a morning to those who instruct: how many files wait for them, and the first ones. None when none waits."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import NATION_ROLES, REGION_ROLES, Role
from rempart.hub.common import mail
from rempart.hub.funding.applications.selectors.todo import to_do

FIRST = 5
READERS = sorted((REGION_ROLES | NATION_ROLES) - {Role.DNS_PILOT, Role.ADMINISTRATOR})


def send(at: datetime) -> int:
    """Queue the morning's mails, each made of what its reader may see, and return how many."""
    held = Membership.objects.filter(ended_at=None, role__in=READERS).values("user")
    readers = User.objects.filter(pk__in=held, is_active=True).exclude(mail_choices__digest=False)
    return sum(_tell(reader, at) for reader in readers.order_by("pk"))


def _tell(reader: User, at: datetime) -> bool:
    waiting = to_do(reader, at)
    if not waiting:
        return False
    context = {
        "count": len(waiting),
        "first": waiting[:FIRST],
        "link": f"{settings.SITE_URL}/",
    }
    with transaction.atomic():
        mail.send(reader.email, "applications/mail/digest", context, language=reader.language)
    return True
