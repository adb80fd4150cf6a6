"""One object of a SharpHound file, whatever the version of the collector that wrote it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rempart.directory.names import dn_of

_PREFIXED = re.compile(r"(.+)-(S-1-.+)\Z")
_KEYS_KEPT = 10_000
_SPECIAL = str.maketrans({char: f"\\{char}" for char in ',+"\\<>;='})


@dataclass(frozen=True)
class Node:
    """One object: the kind of its file, its fields and properties by lower-case key.

    `identifier` is the SID or GUID, a well-known SID being prefixed by its domain; `dn` is empty for the well-known
    principals SharpHound adds of its own; `domain` is a DNS name, lower case.
    """

    kind: str
    fields: Mapping[str, object]
    properties: Mapping[str, object]
    identifier: str
    dn: str
    domain: str

    def rows(self, *keys: str) -> Iterator[Mapping[str, object]]:
        """Yield the objects of the first list found under one of these keys, with lower-case keys.

        Raises:
            ValueError: the field is neither null nor a list of objects.

        """
        value = next((self.fields[key] for key in keys if self.fields.get(key) is not None), [])
        if not isinstance(value, list):
            raise ValueError(f"{keys[0]} is not a list")  # noqa: TRY004 — one family: the file's content is wrong
        for item in value:
            if not isinstance(item, dict):
                raise ValueError(f"{keys[0]} holds something else than objects")  # noqa: TRY004 — same
            yield folded(item)


class _Folds(dict[str, str]):
    """Keys already met, in lower case: a file repeats a few dozen of them in every object."""

    def __missing__(self, key: str) -> str:
        lower = key.lower()
        if len(self) < _KEYS_KEPT:
            self[key] = lower
        return lower


_FOLDS = _Folds()


def folded(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the same fields under lower-case keys: collectors do not agree on the case."""
    return {_FOLDS[key]: value for key, value in fields.items()}


def node_of(kind: str, value: object) -> Node | None:
    """Return the node of a JSON value, None when it is no object with an identifier."""
    if not isinstance(value, dict):
        return None
    fields = folded(value)
    shown = fields.get("properties")
    properties = folded(shown) if isinstance(shown, dict) else {}
    identifier = text_of(fields.get("objectidentifier") or properties.get("objectid")).upper()
    if not identifier:
        return None
    dn, domain = text_of(properties.get("distinguishedname")), text_of(properties.get("domain")).lower()
    return Node(kind, fields, properties, identifier, dn, domain)


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
