"""From a node to a record: the attributes a directory server would have sent."""

import uuid
from collections.abc import Callable, Iterator, Mapping

from rempart.directory.collect.sharphound.node import Node, bare, first_value, text_of
from rempart.directory.collect.sharphound.properties import (
    FORMS,
    PROPERTIES,
    UAC_BITS,
    UAC_DISABLED,
    UAC_NORMAL,
    UAC_SERVER,
    UAC_WORKSTATION,
    descriptor,
    direction,
    sid_bytes,
    whole,
)

Record = dict[str, list[bytes]]
Flaw = Callable[[str, str], None]

CLASSES = {
    "users": ("top", "person", "organizationalPerson", "user"),
    "computers": ("top", "person", "organizationalPerson", "user", "computer"),
    "groups": ("top", "group"),
    "domains": ("top", "domain", "domainDNS"),
    "ous": ("top", "organizationalUnit"),
    "gpos": ("top", "container", "groupPolicyContainer"),
    "containers": ("top", "container"),
    "aiacas": ("top", "certificationAuthority"),
    "rootcas": ("top", "certificationAuthority"),
    "ntauthstores": ("top", "certificationAuthority"),
    "enterprisecas": ("top", "pKIEnrollmentService"),
    "certtemplates": ("top", "pKICertificateTemplate"),
    "issuancepolicies": ("top", "msPKI-Enterprise-Oid"),
}
"""Classes by kind of file, the most specific last."""

_MANAGED = {"gmsa": "msDS-GroupManagedServiceAccount", "msa": "msDS-ManagedServiceAccount"}
_CONTROLLERS, _READ_ONLY_CONTROLLERS = "516", "521"
_NON_TRANSITIVE, _QUARANTINED, _FOREST, _WITHIN_FOREST = 0x1, 0x4, 0x8, 0x20
_TRUST_TYPES = ("ParentChild", "CrossLink", "Forest", "External", "Unknown", "Kerberos")
_TRUST_BITS = {
    "ParentChild": _WITHIN_FOREST,
    "CrossLink": _WITHIN_FOREST,
    "TreeRoot": _WITHIN_FOREST,
    "Forest": _FOREST,
}
_UPLEVEL, _MIT = 2, 3


def record_of(node: Node, flaw: Flaw) -> Record:
    """Return the attributes of a node, references to other nodes left out."""
    record = {"objectClass": _classes(node), "name": [first_value(node.dn).encode()]}
    for name, value in node.properties.items():
        known = PROPERTIES.get(name)
        if known is None or value is None:
            continue
        try:
            record[known.attribute] = FORMS[known.form](value)
        except ValueError as error:
            flaw(f"{node.dn or node.identifier} {name}", str(error))
    if node.fields.get("isdeleted") is True:
        record["isDeleted"] = [b"TRUE"]
    _name(node, record)
    for step in (_identity, _account, _acting):
        try:
            step(node, record)
        except ValueError as error:
            flaw(node.dn or node.identifier, str(error))
    return record


def _classes(node: Node) -> list[bytes]:
    names = list(CLASSES[node.kind])
    names += [name for mark, name in _MANAGED.items() if node.kind == "users" and node.properties.get(mark) is True]
    return [name.encode() for name in names]


def _name(node: Node, record: Record) -> None:
    """Take from SharpHound's own names what it does not give elsewhere: DNS name, name of a policy, of an authority."""
    shown = text_of(node.properties.get("name"))
    if node.kind == "computers" and "." in shown:
        record["dNSHostName"] = [shown.lower().encode()]
    elif node.kind == "gpos":
        record["displayName"] = [shown.partition("@")[0].encode()]
    elif node.kind == "enterprisecas" and (name := text_of(node.properties.get("caname"))):
        record["name"] = record["cn"] = [name.encode()]


def _identity(node: Node, record: Record) -> None:
    identifier = bare(node.identifier)
    if identifier.startswith("S-1-"):
        record["objectSid"] = [sid_bytes(identifier)]
    else:
        record["objectGUID"] = [uuid.UUID(identifier).bytes_le]


def _account(node: Node, record: Record) -> None:
    """Primary group, and userAccountControl: whole where the collector gives it, else from the bits it shows."""
    if node.kind not in {"users", "computers"}:
        return
    primary = text_of(node.fields.get("primarygroupsid")).rpartition("-")[2]
    if primary.isascii() and primary.isdigit():
        record["primaryGroupID"] = [b"%d" % whole(primary)]
    shown = node.properties
    if shown.get("useraccountcontrol"):
        record["userAccountControl"] = [b"%d" % whole(shown["useraccountcontrol"])]
    elif isinstance(shown.get("enabled"), bool):
        read_only = shown.get("isreadonlydc") is True or primary == _READ_ONLY_CONTROLLERS
        controller = shown.get("isdc") is True or node.fields.get("isdc") is True or primary == _CONTROLLERS
        machine = node.kind == "computers" or any(shown.get(mark) is True for mark in _MANAGED)
        bits = UAC_SERVER if controller and not read_only else UAC_WORKSTATION if machine else UAC_NORMAL
        bits |= UAC_BITS["isreadonlydc"] if read_only else 0
        bits |= 0 if shown["enabled"] else UAC_DISABLED
        for name, bit in UAC_BITS.items():
            bits |= bit if shown.get(name) is True else 0
        record["userAccountControl"] = [b"%d" % bits]


def _acting(node: Node, record: Record) -> None:
    """Resource-based delegation: SharpHound keeps who may act, not the descriptor that says so."""
    if node.kind == "computers":
        trustees = sorted({bare(text_of(row.get("objectidentifier"))) for row in node.rows("allowedtoact")} - {""})
        if trustees:
            record["msDS-AllowedToActOnBehalfOfOtherIdentity"] = [descriptor(trustees)]


def trusts_of(node: Node, flaw: Flaw) -> Iterator[tuple[str, Record]]:
    """Yield the trusts of a domain as the trustedDomain objects they come from."""
    for row in node.rows("trusts"):
        name = text_of(row.get("targetdomainname")).lower()
        if not name:
            flaw(f"{node.dn} trusts", "a trust without the name of its domain")
            continue
        try:
            yield f"CN={name},CN=System,{node.dn}", _trust(name, row)
        except ValueError as error:
            flaw(f"{node.dn} trust {name}", str(error))


def _trust(name: str, row: Mapping[str, object]) -> Record:
    kind = row.get("trusttype")
    if isinstance(kind, int) and not isinstance(kind, bool) and 0 <= kind < len(_TRUST_TYPES):
        kind = _TRUST_TYPES[kind]
    record = {
        "objectClass": [b"top", b"leaf", b"trustedDomain"],
        "name": [name.encode()],
        "trustPartner": [name.encode()],
        "trustType": [b"%d" % (_MIT if kind == "Kerberos" else _UPLEVEL)],
        "trustDirection": [b"%d" % direction(row.get("trustdirection"))],
    }
    sid = text_of(row.get("targetdomainsid"))
    if sid:
        record["securityIdentifier"] = [sid_bytes(sid)]
    attributes = row.get("trustattributes")
    if attributes is not None:
        record["trustAttributes"] = [b"%d" % whole(attributes)]
    elif isinstance(kind, str) and kind in {*_TRUST_BITS, "External"}:
        record["trustAttributes"] = [b"%d" % _trust_bits(kind, row)]
    return record


def _trust_bits(kind: str, row: Mapping[str, object]) -> int:
    """Bits of trustAttributes that older collectors tell in words; the rest is a gap.

    Their "SID filtering" says the quarantine bit only: of a forest trust it does not tell whether sIDHistory passes.
    """
    bits = _TRUST_BITS.get(kind, 0)
    if row.get("istransitive") is False:
        bits |= _NON_TRANSITIVE
    if row.get("sidfilteringenabled") is True and kind == "External":
        bits |= _QUARANTINED
    return bits
