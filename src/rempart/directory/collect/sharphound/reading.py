"""One pass over a collection: nodes become records as they come; those that name other nodes wait for the end."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect.sharphound.gaps import note_gaps
from rempart.directory.collect.sharphound.node import Node, bare, first_value, placeholder, text_of
from rempart.directory.collect.sharphound.properties import sid_bytes
from rempart.directory.collect.sharphound.records import Record, record_of, trusts_of

_REFERENCES = {
    "groups": ("members", ("members",), ("objectidentifier", "memberid")),
    "domains": ("gPLink", ("links",), ("guid",)),
    "ous": ("gPLink", ("links",), ("guid",)),
    "enterprisecas": ("certificateTemplates", ("enabledcerttemplates",), ("objectidentifier",)),
}
"""By kind: the attribute that names other nodes, the field it comes from, the keys that may hold the identifier."""
_RIGHTS = {
    ("Owner", ""): "Owns",
    ("ExtendedRight", "All"): "AllExtendedRights",
    ("ExtendedRight", "User-Force-Change-Password"): "ForceChangePassword",
    ("WriteProperty", "AllowedToAct"): "AddAllowedToAct",
}
_SPLIT = ("ExtendedRight", "WriteProperty")
_KEPT = 100_000
_CONFIGURATION = re.compile(r",CN=Configuration,(DC=.+)\Z", re.IGNORECASE)
_HEURISTICS = "CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,"
_ENFORCED = 2


@dataclass(frozen=True)
class _Waiting:
    """A record whose references are resolved once every node is known: pairs of identifier and enforcement."""

    dn: str
    domain: str
    record: Record
    attribute: str
    references: list[tuple[str, bool]]


class Reading:
    """Gives the builder every node of a collection. Newer collections come first: a node seen again is older."""

    def __init__(self, builder: SnapshotBuilder) -> None:
        self.builder = builder
        self._dns: dict[str, str] = {}
        self._strangers: dict[str, str] = {}
        self._waiting: list[_Waiting] = []
        self._shown: defaultdict[str, set[str]] = defaultdict(set)
        self._domains: set[str] = set()
        self._roots: set[str] = set()
        self._heuristics: dict[str, str] = {}
        self._trustees: dict[object, str] = {}
        self._rights: dict[tuple[object, object], str] = {}

    def add(self, node: Node) -> None:
        """Take one node."""
        if node.kind == "domains" and node.properties.get("collected") is False:
            return  # only named by a trust: nothing of it was read
        if not node.dn:
            self._strangers.setdefault(node.identifier, node.domain)
            return
        if node.identifier in self._dns:
            return
        self._dns[node.identifier] = node.dn
        self._domains.add(node.domain)
        self._shown[node.kind].update(node.properties, node.fields)
        if found := _CONFIGURATION.search(node.dn):
            self._roots.add(found[1])
        record = record_of(node, self.builder.flaw)
        self._guarded(node, self._grant)
        self._guarded(node, self._trust)
        self._place(node, record)

    def finish(self) -> None:
        """Resolve the references, then note what the collection could not show."""
        for waiting in self._waiting:
            waiting.record[waiting.attribute] = self._resolved(waiting)
            self.builder.add(waiting.dn, waiting.record)
        for identifier, domain in self._strangers.items():
            if identifier not in self._dns:
                self._stranger(identifier, domain)
        for dn, value in self._heuristics.items():
            root = next((root for root in sorted(self._roots) if dn.upper().endswith(root.upper())), dn)
            fields = {"objectClass": [b"top", b"nTDSService"], "dSHeuristics": [value.encode()] if value else []}
            self.builder.add(_HEURISTICS + root, fields)
        note_gaps(
            self.builder, self._shown, sorted(self._domains - {""}), granted=bool(self._rights and self._trustees)
        )

    def _guarded(self, node: Node, step: Callable[[Node], None]) -> None:
        try:
            step(node)
        except ValueError as error:
            self.builder.flaw(node.dn, str(error))

    def _place(self, node: Node, record: Record) -> None:
        attribute, fields, keys = _REFERENCES.get(node.kind, ("", (), ()))
        references: list[tuple[str, bool]] = []
        if attribute:
            self._guarded(node, lambda node: references.extend(_references(node, fields, keys)))
        if references:
            name = "member" if attribute == "members" else attribute
            self._waiting.append(_Waiting(node.dn, node.domain, record, name, references))
        else:
            self.builder.add(node.dn, record)

    def _grant(self, node: Node) -> None:
        # a forest has millions of rights, held by few trustees: what was understood once is looked up
        grant, trustees, rights = self.builder.grant, self._trustees, self._rights
        for row in node.rows("aces"):
            holder, named = row.get("principalsid"), (row.get("rightname"), row.get("acetype"))
            try:
                trustee = trustees.get(holder) or self._trustee(holder)
                right = rights.get(named) or self._right(named)
            except TypeError:  # a list or an object where a text should be
                trustee = right = ""
            if trustee and right:
                grant(node.dn, trustee, right, inherited=row.get("isinherited") is True)
            else:
                self.builder.flaw(node.dn, "an access right without its holder or its name")

    def _trustee(self, holder: object) -> str:
        sid = bare(text_of(holder).upper())
        if not sid.startswith("S-1-"):
            return ""
        if len(self._trustees) < _KEPT:
            self._trustees[holder] = sid
        return sid

    def _right(self, named: tuple[object, object]) -> str:
        """Return one name for a right, which collectors before version 4 split in two fields."""
        name, kind = map(text_of, named)
        right = _RIGHTS.get((name, kind)) or (kind if name in _SPLIT and kind else name)
        if right and len(self._rights) < _KEPT:
            self._rights[named] = right
        return right

    def _trust(self, node: Node) -> None:
        if node.kind != "domains":
            return
        for dn, record in trusts_of(node, self.builder.flaw):
            self.builder.add(dn, record)
        for row in node.rows("trusts"):
            self._shown["trusts"].add("trustattributes" if row.get("trustattributes") is not None else "in words")
        if "dsheuristics" in node.properties:
            self._heuristics[node.dn] = text_of(node.properties["dsheuristics"])

    def _resolved(self, waiting: _Waiting) -> list[bytes]:
        values: list[bytes] = []
        for identifier, enforced in waiting.references:
            dn = self._dns.get(identifier, "")
            if waiting.attribute == "member":
                values.append((dn or self._stranger(identifier, waiting.domain)).encode())
            elif not dn:
                self.builder.flaw(waiting.dn, f"{waiting.attribute} names {identifier}, which was not collected")
            elif waiting.attribute == "gPLink":
                values.append(f"[LDAP://{dn};{_ENFORCED if enforced else 0}]".encode())
            else:
                values.append(first_value(dn).encode())
        return [b"".join(values)] if waiting.attribute == "gPLink" and values else values

    def _stranger(self, identifier: str, domain: str) -> str:
        """Add a principal known by its SID only, and return the DN it is kept under."""
        if "=" in identifier:
            return identifier  # a DN that SharpHound could not turn into a SID
        dn = placeholder(identifier, domain)
        self._dns[identifier] = dn
        if identifier.rpartition("-")[0] in self._dns:
            self.builder.flaw(identifier, "named by others, of a collected domain, but not collected itself")
        record = {"objectClass": [b"top", b"foreignSecurityPrincipal"], "name": [bare(identifier).encode()]}
        try:
            record["objectSid"] = [sid_bytes(bare(identifier))]
        except ValueError as error:
            self.builder.flaw(identifier, str(error))
        self.builder.add(dn, record)
        return dn


def _references(node: Node, fields: tuple[str, ...], keys: tuple[str, ...]) -> list[tuple[str, bool]]:
    found = []
    for row in node.rows(*fields):
        identifier = next((name for key in keys if (name := text_of(row.get(key)).upper())), "")
        if not identifier:
            raise ValueError(f"an entry of {fields[0]} without identifier")
        found.append((identifier, row.get("isenforced") is True))
    return found
