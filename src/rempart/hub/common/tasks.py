"""What the worker does for every room."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4)
"""A mail server may be away for hours: the last attempt comes about six hours after the first."""


@app.task(name="common.deliver", retry=PATIENT, pass_context=True)
def deliver(context: JobContext, *, to: str, subject: str, text: str, stop: str = "") -> None:
    """Send one mail. Its identifier is that of the job: a mail sent twice by a crash shows once in most mailboxes.

    A mail that may be stopped says how to its reader's mailbox (RFC 8058, one click).
    """
    headers = {"Message-ID": f"<job-{context.job.id}@{urlsplit(settings.SITE_URL).hostname}>"}
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers).send()
