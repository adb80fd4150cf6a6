"""Distinguished names: one comparable form, and what a name tells of its place."""

import re

import polars as pl

_ESCAPED = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\(.)", re.DOTALL)
_SPECIAL = frozenset(',+"\\<>;=#\n\r\0')


def dn_key(dn: str) -> str:
    r"""Return the form under which equal names compare equal: lower case, no loose spaces, one way to escape.

    `CN=Doe\, Jane, OU=X` and `cn=doe\2C jane,ou=x` give the same key (RFC 4514, 2.4); hex pairs are the bytes of
    UTF-8, so `CN=Andr\C3\A9` is `cn=andré`. Spaces at either end of a value do not count (RFC 4518, 2.6.1).
    Any text has a key, in linear time, and a key is its own key.
    """
    if "\\" in dn:
        dn = _ESCAPED.sub(_unescape, dn)
    if " " in dn:
        dn = ",".join(map(_tight, dn.split(",")))
    return dn.lower()


def _unescape(match: re.Match[str]) -> str:
    if match[1] is not None:
        return _escape(match[1])
    pairs = match[0].replace("\\", "")
    try:
        return "".join(map(_escape, bytes.fromhex(pairs).decode()))
    except UnicodeDecodeError:
        return match[0]  # bytes that are no text stay as they are written


def _escape(char: str) -> str:
    return f"\\{ord(char):02x}" if char in _SPECIAL else char


def _tight(part: str) -> str:
    kind, equal, value = part.partition("=")
    return f"{kind.strip(' ')}{equal}{value.strip(' ')}"


def dn_keys(dns: pl.Series) -> pl.Series:
    """Return the keys of a whole column of names (`dn_key` of each), nulls kept."""
    # Most names are plain ASCII without escapes: lower case is all they need, and Polars does it far faster than a call
    # for each name. The others go through `dn_key`, once for each distinct name.
    odd = dns.str.contains(r"[^ -~]|\\| ,|, | =|= |^ | $").fill_null(value=False)
    keys = {dn: dn_key(dn) for dn in dns.filter(odd).unique()}
    return dns.str.to_lowercase().zip_with(~odd, dns.replace(keys)) if keys else dns.str.to_lowercase()


def parent_key(key: str) -> str:
    """Return the key of the parent, empty at the top. Commas in a key are separators only: escaped ones are hex."""
    return key.partition(",")[2]


PARENT_KEY = pl.col("dn_key").str.extract(r"(?s)^[^,]*,(.*)$").fill_null("")
"""`parent_key` of the column `dn_key`."""


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


DOMAIN = (
    pl.col("dn_key")
    .str.extract(r"(?s)(?:^|,)dc=([^,]*(?:,dc=[^,]*)*)$")
    .fill_null("")
    .str.replace(r"^(?:domaindnszones|forestdnszones)(?:,dc=|$)", "")
    .str.replace_all(",dc=", ".", literal=True)
)
"""`domain_of` of the column `dn_key`."""


def dn_of(dns: str) -> str:
    """Return the DN of a domain from its DNS name."""
    return ",".join(f"DC={label}" for label in dns.split("."))


_PLACES = {
    "domaindns": "dc=domaindnszones,dc=",
    "forestdns": "dc=forestdnszones,dc=",
    "schema": "cn=schema,cn=configuration,dc=",
    "configuration": "cn=configuration,dc=",
}
"""What the key of every object of a partition holds; the first that fits wins, a domain's objects hold none."""


def partition_of(key: str) -> str:
    """Return which of the five partitions a key belongs to: domain, configuration, schema, domaindns, forestdns."""
    return next((name for name, place in _PLACES.items() if place in key), "domain")


PARTITION = pl.coalesce(
    *(
        pl.when(pl.col("dn_key").str.contains(place, literal=True)).then(pl.lit(name))
        for name, place in _PLACES.items()
    ),
    pl.lit("domain"),
)
"""`partition_of` of the column `dn_key`."""
