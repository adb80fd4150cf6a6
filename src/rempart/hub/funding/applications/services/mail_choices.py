"""What a person chooses to receive; the link at the foot of a mail that stops its kind, without signing in."""

from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import NATION_ROLES, REGION_ROLES, Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import MailChoices, Rhythm

READERS = frozenset((REGION_ROLES | NATION_ROLES) - {Role.DNS_PILOT, Role.ADMINISTRATOR})
"""Who is written a digest: those for whom files wait."""
_SALT = "rempart.applications.mail_choices"


class Kind(StrEnum):
    """A kind of mail that one may do without."""

    DIGEST = "digest"
    MESSAGES = "messages"


def choices_of(user: User) -> MailChoices:
    """Return what a person chose; nothing is written for who never chose: all comes."""
    return MailChoices.objects.filter(user=user).first() or MailChoices(user=user)


def reads_digests(user: User) -> bool:
    """Return whether a person is written digests, if they want them."""
    return Membership.objects.filter(user=user, ended_at=None, role__in=READERS).exists()


def choose(user: User, *, digest: Rhythm | None = None, messages: bool | None = None) -> MailChoices:
    """Keep what a person chooses; None leaves it as it is."""
    chosen = {name: value for name, value in (("digest", digest), ("messages", messages)) if value is not None}
    return MailChoices.objects.update_or_create(user=user, defaults=chosen)[0]


def stop(user: User, kind: Kind) -> None:
    """Stop one kind of mail."""
    if kind is Kind.DIGEST:
        choose(user, digest=Rhythm.NEVER)
    else:
        choose(user, messages=False)


def stopping_link(pk: int, kind: Kind) -> str:
    """Return the address that stops a kind of mail. Who holds it can do nothing else: it may wait in the queue."""
    return f"{settings.SITE_URL}{reverse('mail_stop', args=[signing.dumps([pk, kind.value], salt=_SALT)])}"


def read_link(token: str) -> tuple[User, Kind]:
    """Return whose mail a link stops, and which.

    Raises:
        Refusal: `bad_link`: altered, or of somebody who has left.

    """
    try:
        pk, kind = signing.loads(token, salt=_SALT)
        return User.objects.get(pk=pk, is_active=True), Kind(kind)
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist) as error:
        raise Refusal(
            _("Ce lien n’est pas valable."),
            "bad_link",
            _("Recopiez-le en entier depuis le courriel, ou connectez-vous pour régler vos courriels."),
        ) from error
