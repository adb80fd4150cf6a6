"""The keys of our own TLS 1.3 hellos, and reading with them what a server hides in its first flight (RFC 8446, 7.1).

A measurement hides nothing: the private keys are constants, so that the certificate of a TLS 1.3 server is read again
from the kept bytes, years later, without a packet.
"""

from collections.abc import Iterator
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.tls.reader import vector
from rempart.exposure.protocols.tls.registry import Suite

X25519, P256 = 0x001D, 0x0017
_SEED = b"rempart: a measure hides nothing"
_APPLICATION_DATA = 23
_TAG_8 = 8


@cache
def _x25519() -> x25519.X25519PrivateKey:
    return x25519.X25519PrivateKey.from_private_bytes(_SEED)


@cache
def _p256() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_SEED), ec.SECP256R1())


@cache
def public_shares() -> dict[int, bytes]:
    """Return the public key of each group that we hold a key of."""
    point = _p256().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {X25519: _x25519().public_key().public_bytes_raw(), P256: point}


def shared_secret(group: int, share: bytes) -> bytes:
    """Return what both sides know.

    Raises:
        Malformed: we hold no key of this group, or the server's is not one.

    """
    try:
        if group == X25519:
            return _x25519().exchange(x25519.X25519PublicKey.from_public_bytes(share))
        if group == P256:
            return _p256().exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), share))
    except ValueError as error:
        raise Malformed(f"not a key of group {group:#06x}") from error
    raise Malformed(f"no key of group {group:#06x} is held")


def read_flight(suite: Suite, secret: bytes, transcript: bytes, records: Iterator[tuple[bytes, bytes]]) -> bytes:
    """Return the handshake messages hidden in the server's records (header, content), as far as they can be read.

    Args:
        suite: the suite that the server chose.
        secret: the shared secret.
        transcript: the ClientHello and ServerHello messages.
        records: the records after the ServerHello.

    Raises:
        Malformed: the suite's cipher is not one we can open.

    """
    algorithm = hashes.SHA384() if suite.name.endswith("SHA384") else hashes.SHA256()
    traffic = _traffic_secret(algorithm, secret, transcript)
    cipher = _cipher(suite, _expand(algorithm, traffic, b"key", b"", suite.bits // 8))
    iv = int.from_bytes(_expand(algorithm, traffic, b"iv", b"", 12))
    messages = bytearray()
    for sequence, (header, content) in enumerate(part for part in records if part[0][0] == _APPLICATION_DATA):
        try:
            plain = cipher.decrypt((iv ^ sequence).to_bytes(12), content, header).rstrip(b"\0")
        except (InvalidTag, ValueError):
            break  # the traffic keys changed, or a record is not whole: what was read before stands
        if plain[-1:] != b"\x16":
            break
        messages += plain[:-1]
    return bytes(messages)


def _cipher(suite: Suite, key: bytes) -> AESGCM | AESCCM | ChaCha20Poly1305:
    if suite.cipher == "AES_GCM":
        return AESGCM(key)
    if suite.cipher == "CHACHA20_POLY1305":
        return ChaCha20Poly1305(key)
    if suite.cipher == "AES_CCM":
        return AESCCM(key)
    if suite.cipher == "AES_CCM_8":
        return AESCCM(key, tag_length=_TAG_8)
    raise Malformed(f"{suite.name} cannot be opened")


def _traffic_secret(algorithm: hashes.HashAlgorithm, secret: bytes, transcript: bytes) -> bytes:
    early = _extract(algorithm, bytes(algorithm.digest_size), bytes(algorithm.digest_size))
    derived = _expand(algorithm, early, b"derived", _digest(algorithm, b""), algorithm.digest_size)
    handshake = _extract(algorithm, derived, secret)
    return _expand(algorithm, handshake, b"s hs traffic", _digest(algorithm, transcript), algorithm.digest_size)


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _extract(algorithm: hashes.HashAlgorithm, salt: bytes, secret: bytes) -> bytes:
    code = hmac.HMAC(salt, algorithm)
    code.update(secret)
    return code.finalize()


def _expand(algorithm: hashes.HashAlgorithm, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    info = length.to_bytes(2) + vector(1, b"tls13 " + label) + vector(1, context)
    return HKDFExpand(algorithm=algorithm, length=length, info=info).derive(secret)
