"""What a certificate says, read from its DER bytes (RFC 5280, 6962, 7633). Nothing it points to is fetched."""

import warnings
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from rempart.exposure.protocols import Malformed

_MOST_READ = 1 << 17
_UNREADABLE = (
    *(ValueError, TypeError, OverflowError, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What the library raises of bytes that are no certificate (fuzzing found the last three)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. `key_bits` is the modulus of an RSA or DSA key, the field of a curve. Moments are in UTC."""

    fingerprint: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    algorithm: str
    key_bits: int | None
    curve: str | None
    signature: str | None
    self_signed: bool
    authority: bool
    timestamps: int
    ocsp: tuple[str, ...]
    crl: tuple[str, ...]
    must_staple: bool


@lru_cache(maxsize=512)
def read_certificate(der: bytes) -> Certificate:
    """Return what a certificate says.

    Raises:
        Malformed: it cannot be read, or it is larger than any certificate needs to be.

    """
    if len(der) > _MOST_READ:
        raise Malformed(f"a certificate of {len(der)} bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # a bad certificate is what is looked for
        try:
            return _read(x509.load_der_x509_certificate(der))
        except _UNREADABLE as error:
            raise Malformed(f"unreadable certificate: {type(error).__name__}") from error


def _read(item: x509.Certificate) -> Certificate:
    found = {type(extension.value): extension.value for extension in item.extensions}
    scts = found.get(x509.PrecertificateSignedCertificateTimestamps)
    access = found.get(x509.AuthorityInformationAccess)
    basic = found.get(x509.BasicConstraints)
    features = found.get(x509.TLSFeature)
    algorithm, bits, curve = _key(item)
    return Certificate(
        fingerprint=item.fingerprint(hashes.SHA256()).hex(),
        subject=item.subject.rfc4514_string(),
        issuer=item.issuer.rfc4514_string(),
        names=tuple(_names(found.get(x509.SubjectAlternativeName))),
        not_before=item.not_valid_before_utc,
        not_after=item.not_valid_after_utc,
        algorithm=algorithm,
        key_bits=bits,
        curve=curve,
        signature=_signature(item),
        self_signed=item.subject == item.issuer,
        authority=isinstance(basic, x509.BasicConstraints) and basic.ca,
        timestamps=len(scts) if isinstance(scts, x509.PrecertificateSignedCertificateTimestamps) else 0,
        ocsp=_responders(access),
        crl=_lists(found.get(x509.CRLDistributionPoints)),
        must_staple=isinstance(features, x509.TLSFeature) and x509.TLSFeatureType.status_request in features,
    )


def _names(extension: object) -> list[str]:
    """Return the DNS names and addresses of a certificate, as it writes them."""
    if not isinstance(extension, x509.SubjectAlternativeName):
        return []
    addresses = [str(address) for address in extension.get_values_for_type(x509.IPAddress)]
    return [*extension.get_values_for_type(x509.DNSName), *addresses]


def _responders(extension: object) -> tuple[str, ...]:
    if not isinstance(extension, x509.AuthorityInformationAccess):
        return ()
    found = (item for item in extension if item.access_method == Access.OCSP)
    return tuple(str(getattr(item.access_location, "value", "")) for item in found)


def _lists(extension: object) -> tuple[str, ...]:
    if not isinstance(extension, x509.CRLDistributionPoints):
        return ()
    return tuple(str(getattr(name, "value", "")) for point in extension for name in point.full_name or ())


def _key(item: x509.Certificate) -> tuple[str, int | None, str | None]:
    """Return the kind of key, its size, and its curve."""
    key = item.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size, None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.curve.key_size, key.curve.name
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size, None
    kinds = {ed25519.Ed25519PublicKey: ("Ed25519", 256), ed448.Ed448PublicKey: ("Ed448", 456)}
    kind, bits = kinds.get(type(key), (type(key).__name__.removesuffix("PublicKey"), None))
    return kind, bits, None


def _signature(item: x509.Certificate) -> str | None:
    """Return the hash that is signed, in capitals; None when the algorithm has none of its own or is not known."""
    try:
        algorithm = item.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return algorithm.name.upper() if algorithm else None


def covers(names: tuple[str, ...], wanted: str) -> bool:
    """Return whether a certificate with these names serves `wanted`, a name or an address (RFC 9525)."""
    try:
        return str(ip_address(wanted)) in names
    except ValueError:
        host = wanted.rstrip(".").lower()
    parent = host.partition(".")[2]
    kept = {name.rstrip(".").lower() for name in names}
    return host in kept or (parent.count(".") > 0 and f"*.{parent}" in kept)
