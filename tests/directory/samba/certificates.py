"""Certificates with faults, for the directory to hold."""

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.x509.oid import NameOID


@cache
def certificate(kind: str) -> bytes:
    """A self-signed certificate (DER) valid until 2040, with a DSA or a short RSA key."""
    key = dsa.generate_private_key(2048) if kind == "dsa" else rsa.generate_private_key(65537, 1024)  # noqa: S505 — the fault to be found
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kind)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
