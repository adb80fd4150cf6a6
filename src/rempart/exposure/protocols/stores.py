"""Databases and caches: what they say of themselves before any login. No table, key or database is ever listed."""

import re
from dataclasses import dataclass

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.octets import Octets, line_of, printable

REDIS = b"PING\r\nINFO server\r\nQUIT\r\n"
MEMCACHED = b"version\r\nquit\r\n"
POSTGRESQL = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""SSLRequest: the only question a PostgreSQL server answers before a user is named."""
ZOOKEEPER = b"srvr"
NONE, REQUIRED = "none", "required"
_REDIS_VERSION = re.compile(rb"\n(redis|valkey|dragonfly)_version:([^\r\n]{1,64})")
_MEMCACHED = re.compile(rb"^VERSION ([^\r\n]{1,64})\r?\n")
_ZOOKEEPER = re.compile(rb"^Zookeeper version: ([^,\r\n]{1,64})")


@dataclass(frozen=True)
class Store:
    """A store: the version that it told ("" for none) and whether it asks for a login (None: it did not say)."""

    version: str = ""
    login: str | None = None


def redis(data: bytes) -> Store:
    """Read the answers to `REDIS`. Protected mode, which refuses what comes from outside, counts as a login."""
    if data.startswith((b"+PONG", b"$")):
        found = _REDIS_VERSION.search(data[:16384])
        return Store(printable(found[2]) if found else "", NONE)
    if data.startswith((b"-NOAUTH", b"-DENIED", b"-WRONGPASS", b"-NOPERM", b"-ERR operation not permitted")):
        return Store("", REQUIRED)
    raise Malformed("not a Redis answer")


def memcached(data: bytes) -> Store:
    """Read the answer to `version`; a server that asks for SASL refuses text commands."""
    if found := _MEMCACHED.match(data):
        return Store(printable(found[1]), NONE)
    if data.startswith((b"CLIENT_ERROR unauthenticated", b"CLIENT_ERROR authentication")):
        return Store("", REQUIRED)
    raise Malformed("not a memcached answer")


def zookeeper(data: bytes) -> Store:
    """Read the answer to `srvr`, which any client may ask unless it was forbidden."""
    if found := _ZOOKEEPER.match(data):
        return Store(printable(found[1]), NONE)
    if b"srvr is not executed because it is not in the whitelist" in data[:200]:
        return Store()
    raise Malformed("not a ZooKeeper answer")


def postgresql(data: bytes) -> bool:
    """Tell whether the server takes TLS, from its one-byte answer."""
    if data[:1] not in (b"S", b"N") or len(data) != 1:
        raise Malformed("not an answer to SSLRequest")
    return data == b"S"


def mysql(data: bytes) -> Store:
    """Read the greeting (protocol 10), or the refusal of a host that is not allowed."""
    reader = Octets(data)
    reader.take(4)
    kind = reader.number(1)
    if kind == 10:  # noqa: PLR2004 — the protocol's version
        text, ended, rest = reader.data[reader.at :].partition(b"\x00")
        if not ended or len(text) > 128 or len(rest) < 13 or not re.match(rb"\d+\.\d+", text):  # noqa: PLR2004
            raise Malformed("not a MySQL greeting")
        return Store(printable(text))
    if kind == 0xFF:  # noqa: PLR2004 — an error before the greeting
        reader.take(2)
        refusal = line_of(reader.data[reader.at :])
        if "Host" in refusal or "connection" in refusal:
            return Store("", REQUIRED)
    raise Malformed("not a MySQL greeting")


def mssql() -> bytes:
    """Return the PRELOGIN of TDS ([MS-TDS] 2.2.6.5): version and encryption, then the end."""
    options = b"\x00\x00\x0b\x00\x06" + b"\x01\x00\x11\x00\x01" + b"\xff"
    body = options + b"\x10\x00\x00\x00\x00\x00" + b"\x00"
    return b"\x12\x01" + (8 + len(body)).to_bytes(2, "big") + b"\x00\x00\x01\x00" + body


ENCRYPTION = {0: "off", 1: "on", 2: "not_supported", 3: "required"}


def mssql_prelogin(data: bytes) -> tuple[str, str]:
    """Return the version (`15.0.2000`) and the encryption (`ENCRYPTION`) of an SQL Server."""
    reader = Octets(data)
    reader.expect(b"\x04\x01", "a TDS answer")
    body = Octets(reader.take(reader.number(2) - 4)).data[4:]
    options = Octets(body)
    version, encryption = "", ""
    while (token := options.number(1)) != 0xFF:  # noqa: PLR2004 — the terminator
        offset, length = options.number(2), options.number(2)
        value = body[offset : offset + length]
        if token == 0 and len(value) == 6:  # noqa: PLR2004 — major, minor, build, sub-build
            version = f"{value[0]}.{value[1]}.{int.from_bytes(value[2:4], 'big')}"
        elif token == 1 and value:
            encryption = ENCRYPTION.get(value[0], "")
    if not version:
        raise Malformed("no version in the answer")
    return version, encryption
