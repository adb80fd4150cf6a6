"""The numbers of TLS: versions, suites, groups, signatures, extensions, alerts (data from `*.toml`, IANA)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SSL2, SSL3, TLS10, TLS11, TLS12, TLS13 = "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"
VERSIONS = {SSL2: 0x0002, SSL3: 0x0300, TLS10: 0x0301, TLS11: 0x0302, TLS12: 0x0303, TLS13: 0x0304}
"""Every version by name, oldest first, with its number on the wire."""

VERSION_NAMES = {code: name for name, code in VERSIONS.items()}
FALLBACK_SCSV, RENEGOTIATION_SCSV = 0x5600, 0x00FF
_USUAL_EXCHANGES = frozenset({("RSA", "RSA"), ("DHE", "RSA"), ("ECDHE", "RSA"), ("ECDHE", "ECDSA"), ("any", "any")})
_USUAL_CIPHERS = frozenset({"AES_GCM", "CHACHA20_POLY1305", "AES_CBC", "3DES_CBC", "RC4", "CAMELLIA_CBC"})


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite; the fields are the columns of `suites.toml`."""

    code: int
    name: str
    key_exchange: str
    authentication: str
    cipher: str
    bits: int
    mac: str
    lowest: str
    export: bool
    fs: bool

    @property
    def aead(self) -> bool:
        """Whether the cipher authenticates what it hides."""
        return self.mac == "AEAD"

    @property
    def usual(self) -> bool:
        """Whether servers of our days speak it: these are asked first."""
        known = (self.key_exchange, self.authentication) in _USUAL_EXCHANGES and self.cipher in _USUAL_CIPHERS
        return known and not self.export


@dataclass(frozen=True, slots=True)
class Group:
    """A group of key exchange; the fields are the columns of `registry.toml`."""

    code: int
    name: str
    kind: str
    bits: int
    strength: int
    lowest: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature scheme; the fields are the columns of `registry.toml`."""

    code: int
    name: str
    key: str
    hash: str


def read_table(name: str) -> dict[str, Any]:
    """Return a TOML file of this room."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def suites() -> dict[int, Suite]:
    """Return every suite by code."""
    table = read_table("suites.toml")
    return {row[0]: Suite(**dict(zip(table["columns"], row, strict=True))) for row in table["suites"]}


@cache
def _registry() -> dict[str, Any]:
    return read_table("registry.toml")


@cache
def groups() -> dict[int, Group]:
    """Return every group by code, in the order we offer them."""
    table = _registry()["groups"]
    return {row[0]: Group(**dict(zip(table["columns"], row, strict=True))) for row in table["rows"]}


@cache
def signatures() -> dict[int, Signature]:
    """Return every signature scheme by code, in the order we offer them."""
    table = _registry()["signatures"]
    return {row[0]: Signature(**dict(zip(table["columns"], row, strict=True))) for row in table["rows"]}


@cache
def extensions() -> dict[str, int]:
    """Return the number of each extension we speak of."""
    return dict(_registry()["extensions"])


@cache
def alerts() -> dict[int, str]:
    """Return the name of each alert by its number."""
    return {code: name for name, code in _registry()["alerts"].items()}


@cache
def suites_of(version: str) -> tuple[int, ...]:
    """Return the codes of the suites that `version` may speak, usual ones first."""
    rank = list(VERSIONS).index(version)
    if version == TLS13:
        chosen = [suite for suite in suites().values() if suite.lowest == TLS13]
    else:
        chosen = [s for s in suites().values() if s.lowest != TLS13 and list(VERSIONS).index(s.lowest) <= rank]
    return tuple(suite.code for suite in sorted(chosen, key=lambda suite: not suite.usual))


@cache
def groups_of(version: str) -> tuple[int, ...]:
    """Return the codes of the groups that `version` may speak, in the order we offer them."""
    return tuple(group.code for group in groups().values() if group.lowest != TLS13 or version == TLS13)
