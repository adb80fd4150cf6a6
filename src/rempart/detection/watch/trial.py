"""A trial message to who is on call: the escalation is tried before the night when it is needed."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

from rempart.detection.watch.delivery import Notice, UndeliverableError, post, send_mail
from rempart.detection.watch.messages import Said, mail_body, webhook_body
from rempart.detection.watch.roster import Roster
from rempart.detection.watch.settings import Settings


def try_messages(settings: Settings, roster: Roster | None, now: datetime) -> Iterator[tuple[str, str, str]]:
    """Send one message to each person on call and to the webhook; yield channel, recipient, problem ("" when sent)."""
    said = Said(
        incident="ESSAI", entity="", level="informational", titles=("Message d'essai, rien à faire",),
        hosts=(), users=(), addresses=(), actions=(), reasons=(), alerts=0, first=now, last=now, step=0, person="",
        delay=settings.escalation.delay, nobody=False,
    )  # fmt: skip
    people = roster.on_call(now) if roster else ()
    if settings.mail is not None:
        own = [person.mail for person in people if person.mail]
        for address in dict.fromkeys(own or filter(None, [settings.mail.fallback])):
            yield "mail", address, _problem(settings, Notice(_id(), address, mail_body(said), now.timestamp()))
    if settings.webhook is not None:
        body = webhook_body(said, settings.webhook.knowledge)
        yield "webhook", settings.webhook.url, _problem(settings, Notice(_id(), "", body, now.timestamp()))


def _problem(settings: Settings, notice: Notice) -> str:
    try:
        if notice.recipient and settings.mail is not None:
            send_mail(settings.mail, notice)
        elif settings.webhook is not None:
            post(settings.webhook, notice)
    except UndeliverableError as error:
        return str(error)
    return ""


def _id() -> str:
    return f"try.{uuid4()}"
