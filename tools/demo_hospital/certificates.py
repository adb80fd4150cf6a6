"""Certificates of the fictional authority."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def authority_certificate(bits: int, at: datetime) -> bytes:
    """Return a self-signed certificate (DER) valid around `at`, with an RSA key of this many bits."""
    key = rsa.generate_private_key(65537, bits)
    names = [(NameOID.ORGANIZATION_NAME, "Centre hospitalier de Valmont (fictif)"), (NameOID.COMMON_NAME, f"CA {bits}")]
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in names])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(bits)
        .not_valid_before(at - timedelta(days=2000))
        .not_valid_after(at + timedelta(days=2000))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
