"""The certificates of the demonstration: a fictional authority, the good ones it signs, and an expired one."""

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_AGE, _LIFE = 20, 180
"""Days: how old a good certificate is, and how long it lives (200 at most since March 2026)."""
_KEY_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


class Authority:
    """A certificate authority that exists as long as the demonstration; `at` is the moment its certificates suit."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self._folder = folder
        self._at = at
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Autorité de démonstration de Valmont (fictive)")
        self._certificate = self._root()
        self.path = folder / "authority.pem"
        self.path.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def good(self, names: Sequence[str]) -> ssl.SSLContext:
        """Return a server that speaks TLS 1.2 and 1.3 with authenticated suites, and a certificate of the authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        begins = self._at - timedelta(days=_AGE)
        certificate = self._leaf(names, key, begins, begins + timedelta(days=_LIFE), signed=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
        context.load_cert_chain(self._write(names[0], certificate, key))
        return context

    def expired(self, names: Sequence[str]) -> ssl.SSLContext:
        """Return a server of the old times: TLS 1.0 (where OpenSSL lets it), old suites, a dead certificate of its own.

        The certificate ended forty days before; its RSA key has 1024 bits.
        """
        key = rsa.generate_private_key(65537, 1024)  # noqa: S505 — weak on purpose: it is what the measure must find
        begins = self._at - timedelta(days=405)
        certificate = self._leaf(names, key, begins, begins + timedelta(days=365), signed=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._write(f"expired-{names[0]}", certificate, key))
        return context

    def _root(self) -> x509.Certificate:
        usages = {usage: usage in {"key_cert_sign", "crl_sign"} for usage in _KEY_USAGES}
        builder = self._builder(self._name, self._key, self._at - timedelta(days=400), self._at + timedelta(days=800))
        return (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(**usages), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _leaf(
        self, names: Sequence[str], key: Key, begins: datetime, ends: datetime, *, signed: bool
    ) -> x509.Certificate:
        issuer, signer = (self._name, self._key) if signed else (_name(names[0]), key)
        builder = (
            self._builder(_name(names[0]), key, begins, ends, issuer)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        return builder.sign(signer, hashes.SHA256())

    def _builder(
        self, subject: x509.Name, key: Key, begins: datetime, ends: datetime, issuer: x509.Name | None = None
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )

    def _write(self, name: str, certificate: x509.Certificate, key: Key) -> Path:
        path = self._folder / f"{name}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
        return path


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
