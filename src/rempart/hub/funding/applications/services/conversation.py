"""Talking inside a file: messages between both sides, and private annotations of those who instruct."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import notifications
from rempart.hub.funding.applications.models import Annotation, Application, Message, ReadMark, Side
from rempart.hub.funding.applications.permissions import ACTING, INSTRUCTING, refuse_unless, roles_on
from rempart.hub.funding.applications.services.history import touch
from rempart.hub.funding.applications.services.mail_choices import Kind, stopping_link

QUIET = timedelta(hours=1)
"""Messages that follow one another from the same side are told by one mail."""


@transaction.atomic
def send_message(application: Application, body: str, *, by: User, at: datetime) -> Message:
    """Write to the other side, which is told by a mail with a link, not with the message.

    Raises:
        Refusal: `not_allowed`, `empty_message`, `nobody_reads` (a draft is seen by its applicant only).

    """
    refuse_unless(by, application, ACTING | INSTRUCTING)
    side = Side.APPLICANT if roles_on(by, application) & ACTING else Side.AGENT
    if application.submitted_at is None and side is Side.APPLICANT:
        raise Refusal(_("Personne ne lit un brouillon : déposez le dossier pour écrire à l’ARS."), "nobody_reads")
    recent = application.messages.filter(side=side, at__gt=at - QUIET).exists()
    message = Message.objects.create(application=application, author=by, side=side, body=_text(body), at=at)
    mark_read(application, by=by, at=at)
    touch(application, at)
    if not recent:
        people = _other_side(application, side, by)
        known = User.objects.filter(email__in=people)
        unwilling = set(known.filter(mail_choices__messages=False).values_list("email", flat=True))
        wanted = {address: language for address, language in people.items() if address not in unwilling}
        stops = {email: stopping_link(pk, Kind.MESSAGES) for email, pk in known.values_list("email", "pk")}
        notifications.write(application, "message", wanted, stops=stops)
    return message


def mark_read(application: Application, *, by: User, at: datetime) -> None:
    """Keep that a person has read the messages of a file until a moment; a mark never goes back."""
    mark, made = ReadMark.objects.get_or_create(application=application, user=by, defaults={"until": at})
    if not made and mark.until < at:
        ReadMark.objects.filter(pk=mark.pk, until__lt=at).update(until=at)


@transaction.atomic
def annotate(application: Application, body: str, *, by: User, at: datetime) -> Annotation:
    """Write a private note, which applicants never see.

    Raises:
        Refusal: `not_allowed`, `empty_message`.

    """
    refuse_unless(by, application, INSTRUCTING)
    return Annotation.objects.create(application=application, author=by, body=_text(body), at=at)


@transaction.atomic
def remove_annotation(annotation: Annotation, *, by: User) -> None:
    """Take one's own note away.

    Raises:
        Refusal: `not_allowed`.

    """
    if annotation.author_id != by.pk:
        raise Refusal(_("Seul son auteur peut retirer une annotation."), "not_allowed")
    annotation.delete()


def _text(body: str) -> str:
    if not body.strip():
        raise Refusal(_("Écrivez un message."), "empty_message")
    return body.strip()


def _other_side(application: Application, side: Side, by: User) -> notifications.Addresses:
    if side is Side.AGENT:
        return notifications.applicant_addresses(application)
    return notifications.agent_addresses(application, but=by)
