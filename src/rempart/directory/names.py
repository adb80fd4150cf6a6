"""Distinguished names: one comparable form, and what a name tells of its place."""

import re

_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)")
_LOOSE = re.compile(r"(?<!\\)\s*,\s*")


def _unescape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16)) if match[1] else match[2]
    return f"\\{ord(char):02x}" if char in ',+"\\<>;=#\n\r\0' else char


def dn_key(dn: str) -> str:
    r"""Return the form under which equal names compare equal: lower case, no loose spaces, one way to escape.

    `CN=Doe\, Jane, OU=X` and `cn=doe\2C jane,ou=x` give the same key (RFC 4514, 2.4).
    """
    if "\\" in dn:
        dn = _ESCAPED.sub(_unescape, dn)
    if ", " in dn or " ," in dn:
        dn = _LOOSE.sub(",", dn)
    return dn.lower()


def parent_key(key: str) -> str:
    """Return the key of the parent, empty at the top. Commas in a key are separators only: escaped ones are hex."""
    return key.partition(",")[2]


def domain_of(key: str) -> str:
    """Return the DNS name made by the trailing `dc=` components of a key, empty when there are none."""
    labels: list[str] = []
    for part in reversed(key.split(",")):
        if not part.startswith("dc="):
            break
        labels.append(part[3:])
    if labels and labels[-1] in {"domaindnszones", "forestdnszones"}:
        labels.pop()
    return ".".join(reversed(labels))


def dn_of(dns: str) -> str:
    """Return the DN of a domain from its DNS name."""
    return ",".join(f"DC={label}" for label in dns.split("."))


def partition_of(key: str) -> str:
    """Return which of the five partitions a key belongs to: domain, configuration, schema, domaindns, forestdns."""
    if "dc=domaindnszones,dc=" in key:
        return "domaindns"
    if "dc=forestdnszones,dc=" in key:
        return "forestdns"
    if "cn=schema,cn=configuration,dc=" in key:
        return "schema"
    if "cn=configuration,dc=" in key:
        return "configuration"
    return "domain"
