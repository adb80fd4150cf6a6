"""What is asked of each mail server of the perimeter: its greeting and what it offers before any encryption."""

from rempart.exposure.collect.mail_questions import SmtpGreeting
from rempart.exposure.collect.question import Ask
from rempart.exposure.collect.surveys import Service, service_survey


@service_survey("smtp", wants=lambda service: service.protocol == "smtp" and service.tls != "direct")
async def smtp(service: Service, ask: Ask) -> None:
    """Ask for the greeting, once."""
    await ask(SmtpGreeting(), service.endpoint, "")
