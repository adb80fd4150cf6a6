"""The lab's own authority and the certificates it signs: good ones, and one for each thing that can be wrong."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def authority(common: str, signer: Pair | None = None) -> Pair:
    """An authority: a root, or one that `signer` signed."""
    now, key = datetime.now(UTC), rsa.generate_private_key(65537, 2048)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(signer.certificate.subject if signer else _name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    return Pair(builder.sign(signer.key if signer else key, hashes.SHA256()), key)


def leaf(  # noqa: PLR0913 — each is one thing that can be wrong
    signer: Pair | None,
    names: Sequence[str],
    *,
    key: Key | None = None,
    days: tuple[int, int] = (-1, 89),
    extensions: Sequence[x509.ExtensionType] = (),
    at: datetime | None = None,
) -> Pair:
    """A server's certificate; without `signer` it signs itself. `days` are its bounds, from `at` (today)."""
    now, own = at or datetime.now(UTC), key or rsa_key()
    others: list[x509.GeneralName] = []
    for name in names:
        try:
            others.append(x509.IPAddress(ip_address(name)))
        except ValueError:
            others.append(x509.DNSName(name))
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(names[0]))
        .issuer_name(signer.certificate.subject if signer else _name(names[0]))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if signer:
        holder = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(holder)
        builder = builder.add_extension(identifier, critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Pair(builder.sign(signer.key if signer else own, hashes.SHA256()), own)


@cache
def root() -> Pair:
    return authority("Autorité du laboratoire (fictive)")


@cache
def middle() -> Pair:
    return authority("Autorité intermédiaire du laboratoire (fictive)", root())


def signed_with_sha1(name: str, folder: Path) -> Pair:
    """A certificate that the root signed over SHA-1: only the old command still agrees to."""
    certificate, key = write(folder, "root", [root()])
    made, own = folder / "sha1.pem", folder / "sha1.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-sha1",
        "-days",
        "90",
        "-subj",
        f"/CN={name}",
    ]
    command += [
        "-addext",
        f"subjectAltName=DNS:{name}",
        "-CA",
        certificate,
        "-CAkey",
        key,
        "-out",
        made,
        "-keyout",
        own,
    ]
    subprocess.run(command, check=True, capture_output=True)
    private = load_pem_private_key(own.read_bytes(), None)
    return Pair(x509.load_pem_x509_certificate(made.read_bytes()), private)


def write(folder: Path, name: str, chain: Sequence[Pair]) -> tuple[Path, Path]:
    """Write the chain and the key of its first certificate; return both paths."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(b"".join(pair.pem for pair in chain))
    key.write_bytes(chain[0].key_pem)
    return certificate, key
