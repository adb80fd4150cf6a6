"""One object of a SharpHound file, whatever the version of the collector that wrote it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rempart.directory.names import dn_of

_PREFIXED = re.compile(r"(.+)-(S-1-.+)\Z")
_SPECIAL = str.maketrans({char: f"\\{char}" for char in ',+"\\<>;='})


@dataclass(frozen=True)
class Node:
    """One object: the kind of its file, its fields and properties by lower-case key."""

    kind: str
    fields: Mapping[str, object]
    properties: Mapping[str, object]

    @property
    def identifier(self) -> str:
        """The SID or GUID of the object, a well-known SID being prefixed by its domain; empty when missing."""
        return text_of(self.fields.get("objectidentifier") or self.properties.get("objectid")).upper()

    @property
    def dn(self) -> str:
        """The DN, empty for the well-known principals SharpHound adds of its own."""
        return text_of(self.properties.get("distinguishedname"))

    @property
    def domain(self) -> str:
        """The DNS name of the domain, lower case."""
        return text_of(self.properties.get("domain")).lower()

    def rows(self, *keys: str) -> Iterator[Mapping[str, object]]:
        """Yield the objects of the first list found under one of these keys, with lower-case keys.

        Raises:
            ValueError: the field is neither null nor a list of objects.

        """
        value = next((self.fields[key] for key in keys if self.fields.get(key) is not None), [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise ValueError(f"{keys[0]} is not a list of objects")
        yield from (folded(item) for item in value)


def folded(fields: Mapping[object, object]) -> dict[str, object]:
    """Return the same fields under lower-case keys: collectors do not agree on the case."""
    return {str(key).lower(): value for key, value in fields.items()}


def node_of(kind: str, value: object) -> Node | None:
    """Return the node of a JSON value, None when it is no object with an identifier."""
    if not isinstance(value, dict):
        return None
    fields = folded(value)
    properties = fields.get("properties")
    node = Node(kind, fields, folded(properties) if isinstance(properties, dict) else {})
    return node if node.identifier else None


def text_of(value: object) -> str:
    """Return a text that can be written down, else an empty one: JSON can hold halves of characters."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        return ""
    return value


def bare(identifier: str) -> str:
    """Return a SID without the domain that prefixes well-known ones: `HOPITAL.TEST-S-1-5-32-544`."""
    found = _PREFIXED.match(identifier)
    return found[2] if found else identifier


def prefix(identifier: str) -> str:
    """Return the domain that prefixes a well-known SID, lower case, empty when there is none."""
    found = _PREFIXED.match(identifier)
    return found[1].lower() if found else ""


def placeholder(identifier: str, domain: str) -> str:
    """Return the DN under which a principal that has none is kept: a foreign security principal of the domain."""
    home = dn_of((prefix(identifier) or domain).translate(_SPECIAL))
    return f"CN={bare(identifier).translate(_SPECIAL)},CN=ForeignSecurityPrincipals,{home}"


def first_value(dn: str) -> str:
    """Return the value of the first component of a DN, unescaped."""
    found = re.match(r"[^=,]*=((?:\\.|[^,\\])*)", dn)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""
