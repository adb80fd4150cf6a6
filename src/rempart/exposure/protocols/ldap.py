"""LDAP: the root DSE read without any bind, which LDAPv3 takes as anonymous (RFC 4511, RFC 4512 5.1). Only base ""."""

from dataclasses import dataclass, field

from rempart.exposure.protocols import Malformed, ber
from rempart.exposure.protocols.octets import Octets, printable

ATTRIBUTES = (
    "namingContexts", "defaultNamingContext", "vendorName", "vendorVersion", "supportedLDAPVersion",
    "supportedSASLMechanisms", "supportedExtension", "dnsHostName", "domainControllerFunctionality", "objectClass",
)  # fmt: skip
_SEARCH, _ENTRY, _DONE, _UNBIND, _EXTENDED = 0x63, 0x64, 0x65, 0x42, 0x78
_ENUMERATED, _BOOLEAN, _PRESENT = 0x0A, 0x01, 0x87
_MOST_ELEMENTS = 2000
STARTTLS = "1.3.6.1.4.1.1466.20037"


@dataclass(frozen=True)
class RootDse:
    """The attributes of the root DSE by lower-case name, and the result code of the search."""

    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    result: int | None = None


def ask() -> bytes:
    """Return a search of base "" with scope base for the attributes above, one entry at most."""
    names = ber.wrap(ber.SEQUENCE, *(ber.wrap(ber.OCTETS, name.encode()) for name in ATTRIBUTES))
    zero = ber.wrap(_ENUMERATED, b"\x00")
    search = ber.wrap(
        _SEARCH, ber.wrap(ber.OCTETS), zero, zero, ber.integer(1), ber.integer(5), ber.wrap(_BOOLEAN, b"\x00"),
        ber.wrap(_PRESENT, b"objectClass"), names,
    )  # fmt: skip
    return ber.wrap(ber.SEQUENCE, ber.integer(1), search)


UNBIND = ber.wrap(ber.SEQUENCE, ber.integer(2), bytes([_UNBIND, 0]))


def root_dse(data: bytes) -> RootDse:
    """Read the answers to `ask`, entry then result; a notice of disconnection gives its result code."""
    reader = Octets(data)
    attributes: dict[str, tuple[str, ...]] = {}
    for _ in range(_MOST_ELEMENTS):
        message = Octets(ber.expect(reader, ber.SEQUENCE))
        ber.number(ber.expect(message, ber.INTEGER))
        tag, content = ber.read(message)
        if tag == _ENTRY:
            attributes |= _attributes(Octets(content))
        elif tag in (_DONE, _EXTENDED):
            return RootDse(attributes, ber.number(ber.expect(Octets(content), _ENUMERATED)))
        else:
            raise Malformed("not an answer to a search")
    raise Malformed("an endless answer")


def complete(data: bytes) -> bool:
    """Tell whether the search's result is there."""
    at = 0
    for _ in range(_MOST_ELEMENTS):
        size = ber.size(data[at : at + 8])
        if size is None or at + size > len(data):
            return False
        try:
            message = Octets(ber.expect(Octets(data[at : at + size]), ber.SEQUENCE))
            ber.read(message)
            if ber.read(message)[0] in (_DONE, _EXTENDED):
                return True
        except Malformed:
            return True
        at += size
    return True


def _attributes(entry: Octets) -> dict[str, tuple[str, ...]]:
    ber.expect(entry, ber.OCTETS)
    listed = Octets(ber.expect(entry, ber.SEQUENCE))
    found = {}
    while listed.left:
        attribute = Octets(ber.expect(listed, ber.SEQUENCE))
        name = printable(ber.expect(attribute, ber.OCTETS), 128).lower()
        values = Octets(ber.expect(attribute, ber.SET))
        kept = []
        while values.left:
            kept.append(printable(ber.expect(values, ber.OCTETS)))
        found[name] = tuple(kept)
    return found
