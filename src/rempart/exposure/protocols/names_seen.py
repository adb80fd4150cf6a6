"""Names that an answer mentions: certificates in a TLS flight, a redirection, DNS records. For discovery only."""

import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

MOST_NAMES = 500
"""Names read of one certificate: beyond, it is a CDN's, and says nothing of the hospital."""
_HANDSHAKE, _CERTIFICATE = 22, 11
_LOCATION = re.compile(rb"^location:[ \t]*https?://([^/:\s?#]{1,253})", re.IGNORECASE | re.MULTILINE)
_INCLUDE = re.compile(r"(?:^|\s)[+?~-]?(?:include:|redirect=|a:|mx:)([a-z0-9._-]{1,253})", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+")
_HEADERS = 1 << 16


def plain_name(text: str) -> str | None:
    """Return a domain name in lower case without final dot, its wildcard label taken away; None for anything else."""
    name = text.strip().rstrip(".").lower().removeprefix("*.")
    fine = len(name) <= 253 and _NAME.fullmatch(name) and not name.rpartition(".")[2].isdigit()  # noqa: PLR2004 — RFC 1035
    return name if fine else None


def certificates_in(flight: bytes) -> Iterator[bytes]:
    """Yield the DER certificates of the Certificate messages of a flight in clear (TLS 1.2 and before)."""
    handshake = bytearray()
    place = 0
    while place + 5 <= len(flight) and flight[place + 1] == 3:  # noqa: PLR2004 — the major version of SSL 3.0 to TLS 1.3
        length = int.from_bytes(flight[place + 3 : place + 5], "big")
        if flight[place] == _HANDSHAKE:
            handshake += flight[place + 5 : place + 5 + length]
        place += 5 + length
    place = 0
    while place + 4 <= len(handshake):
        length = int.from_bytes(handshake[place + 1 : place + 4], "big")
        if handshake[place] == _CERTIFICATE:
            yield from _listed(bytes(handshake[place + 7 : place + 4 + length]))
        place += 4 + length


def _listed(entries: bytes) -> Iterator[bytes]:
    place = 0
    while place + 3 < len(entries):
        length = int.from_bytes(entries[place : place + 3], "big")
        yield entries[place + 3 : place + 3 + length]
        place += 3 + length


def certificate_names(der: bytes) -> tuple[str, ...]:
    """Return the domain names of a certificate, `MOST_NAMES` + 1 at most; none when it cannot be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        texts = [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        texts += extension.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        pass
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        return ()
    names = dict.fromkeys(name for text in texts[: 2 * MOST_NAMES] if (name := plain_name(text)) is not None)
    return tuple(names)[: MOST_NAMES + 1]


def redirected_to(answer: bytes) -> str | None:
    """Return the host that an HTTP answer sends to; None when it sends nowhere, or to an address."""
    found = _LOCATION.search(answer[:_HEADERS]) if answer.startswith(b"HTTP/") else None
    return None if found is None else plain_name(found[1].decode("latin-1"))


def spf_names(text: str) -> tuple[str, ...]:
    """Return the domains an SPF record leans on (include, redirect, a, mx)."""
    if not text.lower().startswith("v=spf1"):
        return ()
    found = (plain_name(each) for each in _INCLUDE.findall(text))
    return tuple(dict.fromkeys(name for name in found if name is not None))
