"""Certificates kept in the directory: keys and signatures that no longer hold."""

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from math import gcd

import polars as pl
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from rempart.directory.controls import control
from rempart.directory.forest import Forest
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_ATTRIBUTES = ("cACertificate", "userCertificate", "crossCertificatePair")
_PAIR = "crossCertificatePair"
_TRUSTED = r"(?:^|,)cn=(?:ntauthcertificates|certification authorities|aia),cn=public key services,cn=services,"
_DSA_KEYS = ("1.2.840.10040.4.1", "1.3.14.3.2.12")
_ED_SIGNATURES = ("1.3.101.112", "1.3.101.113")
"""Ed25519 and Ed448 hash with SHA-512 and SHAKE256 (RFC 8032): no weak hash."""
_STRONG = ("sha224", "sha256", "sha384", "sha512", "sha3-", "shake")
_VERY_SHORT, _SHORT, _EXPONENT = 1024, 2048, 65537
_NO_CERTIFICATE = Text(fr="l'annuaire ne contient aucun certificat", en="the directory holds no certificate")


@dataclass(frozen=True)
class Assessment:
    """What one certificate is worth: faults by threshold (1, 2, 3), and the end of its validity when it was read."""

    faults: Mapping[int, str] = field(default_factory=dict)
    expires: datetime | None = None


def assess(der: bytes) -> Assessment:
    """Read a DER certificate (RFC 5280) and return its faults.

    A certificate, or a key, that cannot be decoded is a fault at level 2; a key of a kind the library does not know is
    no fault by itself.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd but readable certificates are judged, not commented
            certificate = x509.load_der_x509_certificate(der)
            expires = certificate.not_valid_after_utc
            faults = _key_faults(certificate)
            weak = _weak_signature(certificate)
    except (ValueError, x509.InvalidVersion):
        return Assessment({2: "indéchiffrable"})
    if weak:
        faults.setdefault(3, []).append(weak)
    return Assessment({level: ", ".join(found) for level, found in faults.items()}, expires)


def _key_faults(certificate: x509.Certificate) -> dict[int, list[str]]:
    if certificate.public_key_algorithm_oid.dotted_string in _DSA_KEYS:
        return {1: ["DSA"]}
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return {}
    if not isinstance(key, RSAPublicKey):
        return {}
    faults: dict[int, list[str]] = {}
    numbers = key.public_numbers()
    if key.key_size < _SHORT:
        faults.setdefault(1 if key.key_size < _VERY_SHORT else 3, []).append(f"RSA {key.key_size}")
    if is_roca(numbers.n):
        faults.setdefault(1, []).append("ROCA")
    if numbers.e < _EXPONENT:
        faults.setdefault(3, []).append(f"exposant {numbers.e}")
    return faults


def _weak_signature(certificate: x509.Certificate) -> str:
    """Return the name of the signature's hash when it is neither SHA-2 nor SHA-3, else nothing."""
    oid = certificate.signature_algorithm_oid.dotted_string
    if oid in _ED_SIGNATURES:
        return ""
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return f"signature {oid}"
    name = used.name if used else oid
    return "" if name.startswith(_STRONG) else f"signature {name.upper()}"


@cache
def _logarithms() -> Mapping[int, tuple[Mapping[int, int], int]]:
    """Return, for each of the 38 odd primes up to 167, the powers of 65537 (value to exponent) and their number."""
    tables: dict[int, tuple[Mapping[int, int], int]] = {}
    for prime in (n for n in range(3, 168, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))):
        powers: dict[int, int] = {}
        value = 1
        while value not in powers:
            powers[value] = len(powers)
            value = value * 65537 % prime
        tables[prime] = (powers, len(powers))
    return tables


def is_roca(modulus: int) -> bool:
    """Tell whether an RSA modulus has the fingerprint of CVE-2017-15361.

    The faulty library makes primes of the form k·M + (65537^a mod M), M the product of the first primes (39 of them,
    up to 167, for the shortest keys, more for longer ones): the modulus is then a power of 65537 modulo that product.
    The exponent is sought modulo each prime, and the answers must agree with one another. A sound modulus passes for a
    faulty one less than once in 2^100. Source: Nemec, Sýs, Svenda, Klinec, Matyas, « The Return of Coppersmith's
    Attack », ACM CCS 2017, sections 2.1 and 2.2.
    """
    exponent, order = 0, 1
    for prime, (powers, size) in _logarithms().items():
        found = powers.get(modulus % prime)
        if found is None or (found - exponent) % gcd(order, size):
            return False
        # Chinese remainders: make `exponent` right modulo `size` too, one step of `order` at a time (at most 166)
        while exponent % size != found:
            exponent += order
        order = order * size // gcd(order, size)
    return True


def split_pair(raw: bytes) -> list[bytes]:
    """Return the certificates of a crossCertificatePair: SEQUENCE of [0] issuedTo and [1] issuedBy (RFC 4523, 2.3).

    A value that is no such sequence is returned whole, to be found undecodable.
    """
    try:
        tag, content, _ = _element(raw)
        found = []
        while content:
            inner, certificate, content = _element(content)
            if tag != 0x30 or inner not in {0xA0, 0xA1}:  # noqa: PLR2004 — DER tags: SEQUENCE, context 0 and 1
                return [raw]
            found.append(certificate)
    except IndexError:
        return [raw]
    return found or [raw]


def _element(raw: bytes) -> tuple[int, bytes, bytes]:
    """Return the tag and the content of the first DER element, and what follows (X.690, 8.1)."""
    length, start = raw[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(raw[2:start], "big")
    if len(raw) < start + length:
        raise IndexError("truncated")
    return raw[0], raw[start : start + length], raw[start + length :]


@control("vuln_certificates_vuln")
def weak_certificates(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge every certificate of the directory; expired ones count only in a container that makes them trusted."""
    held = _held(forest)
    if not held.height:
        for level in entry.levels:
            yield entry.not_applicable(_NO_CERTIFICATE, level=level)
        return
    trusted = pl.col("dn_key").str.contains(_TRUSTED)
    alive = trusted | pl.col("expires").is_null() | (pl.col("expires") >= forest.at)
    for level in entry.levels:
        rows = held.filter(alive, pl.col("level") == level).unique(["id", "attribute", "print", "fault"])
        subjects = forest.subjects(rows, value=pl.col("print")).with_columns(
            attribute=rows["attribute"], fault=rows["fault"]
        )
        yield entry.judge(subjects, level=level, measured={"certificates": held["print"].n_unique()})


def _held(forest: Forest) -> pl.DataFrame:
    """Return one row per object, certificate and fault (empty, at level 0, when sound), with the object's columns.

    `print` is the SHA-1 of the value, the thumbprint Windows shows. A lone null byte is the empty mark that Windows
    puts where the schema asks for a certificate.
    """
    values = pl.concat(
        forest.objects.filter(pl.col(name).is_not_null())
        .select("id", attribute=pl.lit(name), raw=pl.col(name))
        .explode("raw")
        for name in _ATTRIBUTES
    ).filter(pl.col("raw").bin.size() > 1)
    # A loop, but over distinct certificates: each is parsed once, however many objects hold it
    facts = [
        (raw, attribute, level, fault, found.expires)
        for raw, attribute in values.select("raw", "attribute").unique().iter_rows()
        for found in map(assess, split_pair(raw) if attribute == _PAIR else [raw])
        for level, fault in (found.faults or {0: ""}).items()
    ]
    table = pl.DataFrame(
        [(*fact, hashlib.sha1(fact[0], usedforsecurity=False).hexdigest().upper()) for fact in facts],
        schema={
            "raw": pl.Binary,
            "attribute": pl.String,
            "level": pl.Int64,
            "fault": pl.String,
            "expires": pl.Datetime("us", "UTC"),
            "print": pl.String,
        },
        orient="row",
    )
    return values.join(table, on=["raw", "attribute"]).drop("raw").join(forest.objects, on="id", how="left")
