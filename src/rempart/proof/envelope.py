"""The envelope: an attestation signed the DSSE way (https://github.com/secure-systems-lab/dsse)."""

import json
from collections.abc import Sequence

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key, Signer

from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text
from rempart.proof.attestation import Attestation, canonical

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_BYTES = 64 * 1024
"""An attestation weighs about 2 kB; a larger file is refused unread."""


def sign(attestation: Attestation, signer: Signer) -> bytes:
    """Return the signed attestation, as the bytes of its file."""
    envelope = Envelope(attestation.payload(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return _bytes(envelope)


def verify(content: bytes, keys: Sequence[Key], *, challenge: str | None = None) -> Attestation:
    """Return the attestation when `content` is one, unaltered, signed by one of `keys`.

    `challenge`, when given, must be the one the attestation answers.

    Raises:
        InputError: not an attestation file, signed by another key, or answering another challenge.
        AlteredError: the content does not match its signature, or was rewritten.

    """
    envelope = _parse(content)
    if not {key.keyid for key in keys} & set(envelope.signatures):
        raise InputError(
            Text(
                fr="l'attestation n'est pas signée par la clé donnée",
                en="the attestation is not signed by the given key",
            ),
            advice=Text(
                fr="Vérifiez que la clé publique est celle de l'établissement qui a signé.",
                en="Check that the public key belongs to the establishment that signed.",
            ),
        )
    try:
        envelope.verify(list(keys), 1)
    except VerificationError as error:
        raise AlteredError(
            Text(
                fr="signature invalide : l'attestation a été modifiée après sa signature",
                en="invalid signature: the attestation was altered after it was signed",
            )
        ) from error
    if _bytes(envelope) != content:
        raise AlteredError(
            Text(
                fr="le fichier de l'attestation a été réécrit depuis sa signature",
                en="the attestation file was rewritten since it was signed",
            )
        )
    attestation = Attestation.parse(envelope.payload)
    if challenge is not None and attestation.predicate.challenge != challenge:
        raise InputError(
            Text(fr="l'attestation répond à un autre défi", en="the attestation answers another challenge"),
            advice=Text(
                fr="Recommencez l'attestation avec le défi affiché par le hub.",
                en="Attest again with the challenge shown by the hub.",
            ),
        )
    return attestation


def _parse(content: bytes) -> Envelope:
    refusal = InputError(
        Text(fr="ce fichier n'est pas une attestation Rempart", en="this file is not a Rempart attestation")
    )
    if len(content) > MAX_BYTES:
        raise refusal
    try:
        fields = json.loads(content)
        if set(fields) != {"payload", "payloadType", "signatures"} or len(fields["signatures"]) != 1:
            raise refusal
        envelope = Envelope.from_dict(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise refusal from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise refusal
    return envelope


def _bytes(envelope: Envelope) -> bytes:
    return canonical(envelope.to_dict()) + b"\n"
