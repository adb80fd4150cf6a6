"""What the antivirus said of a file, written down; the applicant is told when it is infected."""

from datetime import datetime

from django.db import transaction

from rempart.hub.common import mail
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.antivirus import Finding
from rempart.hub.funding.proofs.models import DocumentVersion, ScanState


@transaction.atomic
def record_scan(version: DocumentVersion, finding: Finding, *, at: datetime) -> DocumentVersion:
    """Write what the antivirus found; a file already called clean or infected keeps its state."""
    locked(DocumentVersion.objects.values_list("document__application", flat=True).get(pk=version.pk))
    version = DocumentVersion.objects.select_related("document__application", "deposited_by").get(pk=version.pk)
    if version.scan in ScanState.settled():
        return version
    version.scan = _state(finding)
    version.scanned_at, version.finding = at, finding.what
    version.save(update_fields=["scan", "scanned_at", "finding"])
    application = version.document.application
    if version.scan == ScanState.INFECTED:
        context = {
            "number": application.number,
            "requirement": version.document.requirement,
            "name": version.original_name,
        }
        mail.send(application.contact_email or version.deposited_by.email, "proofs/mail/infected", context)
    instruction.assess(application, at=at)
    return version


def _state(finding: Finding) -> ScanState:
    if finding.infected:
        return ScanState.INFECTED
    return ScanState.ERROR if finding.failed else ScanState.CLEAN
