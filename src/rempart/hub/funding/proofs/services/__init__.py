"""What may be done to the proofs. Each service takes who and when, writes in one transaction, and assesses anew."""

from rempart.hub.funding.proofs.services.attestations import deposit_attestation
from rempart.hub.funding.proofs.services.catalogues import load_catalogues, retire_catalogue
from rempart.hub.funding.proofs.services.challenges import issue_challenge
from rempart.hub.funding.proofs.services.documents import add_document, add_version, withdraw_document
from rempart.hub.funding.proofs.services.judgements import judge
from rempart.hub.funding.proofs.services.keys import register_key, revoke_key
from rempart.hub.funding.proofs.services.outside import record_outside_result, withdraw_outside_result
from rempart.hub.funding.proofs.services.scans import record_scan

__all__ = [
    "add_document",
    "add_version",
    "deposit_attestation",
    "issue_challenge",
    "judge",
    "load_catalogues",
    "record_outside_result",
    "record_scan",
    "register_key",
    "retire_catalogue",
    "revoke_key",
    "withdraw_document",
    "withdraw_outside_result",
]
