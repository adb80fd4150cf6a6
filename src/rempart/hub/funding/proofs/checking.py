"""Verifying kept attestations anew from their raw bytes: pure, without a database."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from securesystemslib.signer import SSlibKey

from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text
from rempart.proof.attestation import Attestation
from rempart.proof.envelope import verify
from rempart.proof.keys import read_public_key


@dataclass(frozen=True, slots=True)
class Kept:
    """What the hub kept of one attestation: its bytes, the key it was signed with, and what was read in it."""

    id: int
    content: bytes
    pem: str
    sha256: str
    challenge: str
    engine: str
    level: int
    at_most: bool
    finess: str
    snapshot_digest: str
    catalogue_digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A kept attestation that does not say, or no longer proves, what the hub wrote of it."""

    id: int
    why: Text


@lru_cache(maxsize=4096)
def public_key(pem: str) -> SSlibKey:
    """Return a registered key, read once."""
    return read_public_key(pem.encode())


def verify_kept(kept: Kept) -> Fault | None:
    """Verify one kept attestation from its raw bytes: digest, signature, statement, challenge, and each column."""
    if hashlib.sha256(kept.content).hexdigest() != kept.sha256:
        return Fault(kept.id, Text(fr="l’empreinte du fichier a changé", en="the file’s digest has changed"))
    try:
        attestation = verify(kept.content, [public_key(kept.pem)], challenge=kept.challenge)
    except RempartError as error:
        return Fault(kept.id, error.what)
    if said(attestation) != (kept.engine, kept.level, kept.at_most, kept.finess, *digests(kept)):
        return Fault(
            kept.id,
            Text(
                fr="ce qui est écrit en base n’est pas ce qui est signé", en="the database differs from what is signed"
            ),
        )
    return None


def said(attestation: Attestation) -> tuple[str, int, bool, str | None, str, str]:
    """Return what the hub keeps of an attestation: engine, level, at most, FINESS, snapshot and catalogue digests."""
    claim = attestation.predicate
    snapshot, catalogue = (subject.digest.sha256 for subject in attestation.subject)
    return claim.engine, claim.level.value, claim.level.at_most, claim.finess, snapshot, catalogue


def digests(kept: Kept) -> tuple[str, str]:
    """Return the digests of the snapshot and of the catalogue."""
    return kept.snapshot_digest, kept.catalogue_digest


def faults_of(kept: Sequence[Kept]) -> list[Fault]:
    """Return what is wrong in some attestations."""
    return [fault for one in kept if (fault := verify_kept(one)) is not None]
