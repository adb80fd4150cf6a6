"""Receipts: the hub's signed word that it holds a proof, given at once and kept beside it."""

from datetime import datetime

from django.conf import settings

from rempart.hub.funding.proofs.hub_key import signer
from rempart.hub.funding.proofs.models import Deposit, DocumentVersion, Receipt
from rempart.proof import receipt as kernel


def issue_for_deposit(deposit: Deposit, *, at: datetime) -> Receipt:
    """Sign the receipt of an attestation."""
    reception = _reception(deposit.application.number, deposit.requirement, len(deposit.content), at)
    signed = _signed(kernel.Kind.ATTESTATION, deposit.sha256, reception)
    return Receipt.objects.create(deposit=deposit, sha256=deposit.sha256, issued_at=at, **signed)


def issue_for_version(version: DocumentVersion, *, at: datetime) -> Receipt:
    """Sign the receipt of one version of a document."""
    document = version.document
    reception = _reception(document.application.number, document.requirement, version.size, at)
    signed = _signed(kernel.Kind.DOCUMENT, version.sha256, reception)
    return Receipt.objects.create(version=version, sha256=version.sha256, issued_at=at, **signed)


def read(receipt: Receipt) -> kernel.Receipt:
    """Return what a receipt of ours says, its signature verified with the hub's present key.

    Raises:
        InputError, AlteredError: signed by a former key of the hub, or altered.

    """
    return kernel.verify_receipt(bytes(receipt.content), [signer().public_key])


def _reception(number: str, requirement: str, size: int, at: datetime) -> kernel.Reception:
    return kernel.Reception(file=number, requirement=requirement, received_at=at, size=size, hub=settings.SITE_URL)


def _signed(kind: kernel.Kind, sha256: str, reception: kernel.Reception) -> dict[str, bytes | str]:
    ours = signer()
    content = kernel.sign_receipt(kernel.Receipt.of(kind, sha256, reception), ours)
    return {"content": content, "keyid": ours.public_key.keyid}
