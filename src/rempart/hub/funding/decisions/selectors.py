"""Reading decisions: those of a file, and their PDF, checked against its digest."""

import hashlib

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from rempart.hub.accounts.scope import Person
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.decisions.models import Decision
from rempart.measurement.errors import AlteredError
from rempart.measurement.text import Text


def decisions_of(application: Application, user: Person) -> QuerySet[Decision]:
    """Return the decisions on a file that `user` may see, oldest first, each with the one that withdraws it."""
    found: QuerySet[Decision] = Decision.objects.visible_to(user).filter(application=application)
    return found.select_related("withdraws", "withdrawn_by").order_by("issued_at", "id")


def pdf_of(decision: Decision) -> bytes:
    """Return the PDF of a decision, as it was when the decision was taken.

    Raises:
        AlteredError: the stored file is gone, or is no longer the one that was signed.

    """
    content = b""
    if default_storage.exists(decision.path):
        with default_storage.open(decision.path) as file:
            content = file.read()
    if hashlib.sha256(content).hexdigest() != decision.sha256:
        what = Text(
            fr=f"Le document de la décision {decision.number} n’est plus celui qui a été signé.",
            en=f"The document of decision {decision.number} is no longer the one that was signed.",
        )
        advice = Text(fr="Restaurez-le depuis une sauvegarde.", en="Restore it from a backup.")
        raise AlteredError(what, decision.path, advice)
    return content
