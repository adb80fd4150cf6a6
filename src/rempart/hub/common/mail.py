"""Mails: plain text, one person each, queued in the transaction that decides them; never a secret, never an attachment.

A template is two files, `<template>.subject.txt` and `<template>.txt`, in the templates of the room that writes.
"""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from rempart.hub.common.tasks import deliver


def render(template: str, context: Mapping[str, object], *, language: str) -> tuple[str, str]:
    """Return the subject (one line) and the text of a mail; nothing is escaped, a mail is no page."""
    known = Context({"site_url": settings.SITE_URL, **context}, autoescape=False)
    with translation.override(language):
        subject, text = (
            get_template(f"{template}{ending}").template.render(known)  # type: ignore[attr-defined]
            for ending in (".subject.txt", ".txt")
        )
    return f"[Rempart] {' '.join(subject.split())}", f"{text.strip()}\n"


def send(to: str, template: str, context: Mapping[str, object], *, language: str = "fr", stop: str = "") -> None:
    """Queue a mail for one person. It leaves when the transaction under way is committed, and only then.

    `stop` is the address that stops this kind of mail, when it may be stopped: mailboxes offer it beside the mail.
    """
    subject, text = render(template, context, language=language)
    deliver.defer(to=to, subject=subject, text=text, stop=stop)


def send_now(to: str, template: str, context: Mapping[str, object], *, language: str = "fr") -> None:
    """Send at once a mail that holds a short-lived secret (a code, a link): a secret is never written in the queue.

    Raises:
        OSError, smtplib.SMTPException: the mail server does not answer or refuses.

    """
    subject, text = render(template, context, language=language)
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to]).send()
