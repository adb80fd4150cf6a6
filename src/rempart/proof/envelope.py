"""The envelope: an attestation signed the DSSE way (https://github.com/secure-systems-lab/dsse)."""

import json
import re
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
KEY_ID = re.compile(r"[0-9a-f]{64}")


def sign(attestation: Attestation, signer: Signer) -> bytes:
    """Return the signed attestation, as the bytes of its file."""
    return seal(attestation.payload(), signer)


def seal(payload: bytes, signer: Signer) -> bytes:
    """Return an in-toto payload in a signed envelope, as the bytes of its file."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return _bytes(envelope)


def claimed_key(content: bytes) -> str:
    """Return the identifier of the key an envelope says it is signed with. Nothing is verified yet.

    Raises:
        InputError: not an envelope of ours.

    """
    claimed: object = next(iter(_parse(content).signatures))
    if not isinstance(claimed, str) or not KEY_ID.fullmatch(claimed):
        raise _not_ours()
    return claimed


def verify(content: bytes, keys: Sequence[Key], *, challenge: str | None = None) -> Attestation:
    """Return the attestation when `content` is one, unaltered, signed by one of `keys`.

    `challenge`, when given, must be the one the attestation answers.

    Raises:
        InputError: not an attestation file, signed by another key, or answering another challenge.
        AlteredError: the content does not match its signature, or was rewritten.

    """
    attestation = Attestation.parse(open_sealed(content, keys))
    if challenge is not None and attestation.predicate.challenge != challenge:
        raise InputError(
            Text(fr="l'attestation répond à un autre défi", en="the attestation answers another challenge"),
            advice=Text(
                fr="Recommencez l'attestation avec le défi affiché par le hub.",
                en="Attest again with the challenge shown by the hub.",
            ),
        )
    return attestation


def open_sealed(content: bytes, keys: Sequence[Key]) -> bytes:
    """Return the payload of an envelope, unaltered, signed by one of `keys`.

    Raises:
        InputError: not an envelope of ours, or signed by another key.
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
    if _rewritten(envelope, content):
        raise AlteredError(
            Text(
                fr="le fichier de l'attestation a été réécrit depuis sa signature",
                en="the attestation file was rewritten since it was signed",
            )
        )
    return envelope.payload


def _parse(content: bytes) -> Envelope:
    if len(content) > MAX_BYTES:
        raise _not_ours()
    try:
        fields = json.loads(content)
        if set(fields) != {"payload", "payloadType", "signatures"} or len(fields["signatures"]) != 1:
            raise _not_ours()
        envelope = Envelope.from_dict(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_ours() from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise _not_ours()
    return envelope


def _not_ours() -> InputError:
    return InputError(
        Text(fr="ce fichier n'est pas une attestation Rempart", en="this file is not a Rempart attestation")
    )


def _rewritten(envelope: Envelope, content: bytes) -> bool:
    try:
        return _bytes(envelope) != content
    except ValueError:  # a half of a surrogate pair, in a field that no signature covers, cannot be written
        return True


def _bytes(envelope: Envelope) -> bytes:
    return canonical(envelope.to_dict()) + b"\n"
