"""What a SharpHound collection cannot show: said aloud, so that no control passes for want of data.

An attribute never shown blinds the controls that need it. One shown for a part of the objects only is a gap of each
domain: a failure still shows, a pass may not be claimed.
"""

from collections.abc import Collection, Mapping

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect.sharphound.properties import PROPERTIES, UAC_BITS
from rempart.measurement.text import Text

_ALWAYS = ("objectClass", "objectSid", "objectGUID", "name", "isDeleted", "cn", "distinguishedName")
_FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "member": (("groups", "members"),),
    "primaryGroupID": (("users", "primarygroupsid"), ("computers", "primarygroupsid")),
    "gPLink": (("domains", "links"), ("ous", "links")),
    "msDS-AllowedToActOnBehalfOfOtherIdentity": (("computers", "allowedtoact"),),
    "certificateTemplates": (("enterprisecas", "enabledcerttemplates"),),
    "userAccountControl": (("users", "enabled"), ("computers", "enabled")),
    "dNSHostName": (("computers", "name"), ("enterprisecas", "dnshostname")),
    "trustPartner": (("domains", "trusts"),),
    "trustDirection": (("domains", "trusts"),),
    "trustType": (("domains", "trusts"),),
    "trustAttributes": (("domains", "trusts"),),
    "securityIdentifier": (("domains", "trusts"),),
    "dSHeuristics": (("domains", "dsheuristics"),),
}
"""Attributes that come from the fields of a node: the kinds of files and the fields that must show them."""
_CERTIFICATES = ("certtemplates", "enterprisecas", "ntauthstores")
_TRUST_ACCOUNT = 0x800

_PARTLY = Text(
    fr="cette collecte SharpHound ne montre {name} que pour une partie des objets",
    en="this SharpHound collection shows {name} for a part of the objects only",
)
_FOREST_LEVEL = Text(
    fr="SharpHound ne montre pas le niveau fonctionnel de la forêt",
    en="SharpHound does not show the level of the forest",
)
_DELEGATION = Text(
    fr="SharpHound ne montre la délégation contrainte que des comptes à transition de protocole",
    en="SharpHound shows constrained delegation only for accounts with protocol transition",
)
_TRUSTS = Text(
    fr="cette collecte SharpHound ne donne pas tous les attributs des relations d'approbation",
    en="this SharpHound collection does not give every attribute of the trusts",
)
_CONFIGURATION = Text(
    fr="SharpHound n'a lu qu'une partie de la partition de configuration",
    en="SharpHound read a part of the configuration partition only",
)
_NO_RIGHTS = Text(
    fr="cette collecte SharpHound a été faite sans les droits d'accès (méthode ACL)",
    en="this SharpHound collection was made without access rights (method ACL)",
)
_BIT = Text(
    fr="cette collecte SharpHound ne montre pas le bit {bit} de userAccountControl",
    en="this SharpHound collection does not show bit {bit} of userAccountControl",
)


def note_gaps(
    builder: SnapshotBuilder, shown: Mapping[str, Collection[str]], domains: Collection[str], *, granted: bool
) -> None:
    """Note every gap of a collection; `shown` holds the keys seen by kind of file, `granted` whether rights were."""
    asked, partly = _attributes(shown)
    builder.asked([*_ALWAYS, *asked])
    capped = {f"attribute:{name}": _PARTLY.filled(name=name) for name in sorted(partly)}
    capped["attribute:msDS-Behavior-Version"] = _FOREST_LEVEL
    capped["attribute:msDS-AllowedToDelegateTo"] = _DELEGATION
    if "in words" in shown.get("trusts", ()):
        capped["attribute:trustAttributes"] = _TRUSTS
    if not all(kind in shown for kind in _CERTIFICATES):
        capped["partition:configuration"] = _CONFIGURATION
    for topic, reason in capped.items():
        for domain in domains:
            builder.gap(topic, reason, domain)
    for bit in _hidden_bits(shown):
        builder.gap(f"uac:{bit:#x}", _BIT.filled(bit=f"{bit:#x}"))
    if not granted:
        builder.gap("descriptors", _NO_RIGHTS)


def _attributes(shown: Mapping[str, Collection[str]]) -> tuple[set[str], set[str]]:
    """Return the attributes shown somewhere, and among them those not shown everywhere they should be."""
    sources: dict[str, list[tuple[str, str]]] = {name: list(fields) for name, fields in _FIELDS.items()}
    for key, known in PROPERTIES.items():
        if known.attribute not in _FIELDS:
            sources.setdefault(known.attribute, []).extend((kind, key) for kind in known.kinds)
    asked, partly = set(), set()
    for attribute, places in sources.items():
        found = [key in shown.get(kind, ()) for kind, key in places]
        if any(found) or not places:
            asked.add(attribute)
        if any(found) and not all(found):
            partly.add(attribute)
    return asked, partly


def _hidden_bits(shown: Mapping[str, Collection[str]]) -> list[int]:
    """Return the bits of userAccountControl no user shows; accounts of trusts are never collected."""
    users = shown.get("users", ())
    whole = "useraccountcontrol" in users
    hidden = [] if whole else [bit for name, bit in UAC_BITS.items() if name not in users and name != "isreadonlydc"]
    return sorted({*hidden, _TRUST_ACCOUNT})
