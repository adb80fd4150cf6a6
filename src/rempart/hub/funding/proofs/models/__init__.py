"""The tables of the proofs: keys, challenges, attestations, documents, outside results, verdicts and receipts."""

from rempart.hub.funding.proofs.models.assessment import Assessment, Judgement
from rempart.hub.funding.proofs.models.catalogue import KnownCatalogue
from rempart.hub.funding.proofs.models.deposit import Deposit
from rempart.hub.funding.proofs.models.document import Document, DocumentVersion, ScanState
from rempart.hub.funding.proofs.models.key import Challenge, RegisteredKey
from rempart.hub.funding.proofs.models.outside import OutsideResult, OutsideService
from rempart.hub.funding.proofs.models.receipt import Receipt

__all__ = [
    "Assessment",
    "Challenge",
    "Deposit",
    "Document",
    "DocumentVersion",
    "Judgement",
    "KnownCatalogue",
    "OutsideResult",
    "OutsideService",
    "Receipt",
    "RegisteredKey",
    "ScanState",
]
