"""One conversation with one server, whichever library carries it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Protocol

from rempart.directory.collect.ldap_live.credentials import Credentials, Server

PAGE_SIZE = 1000
"""Microsoft's default MaxPageSize (MS-ADTS 3.1.1.3.4.6): asking more gives no more."""
SD_FLAGS_OID = "1.2.840.113556.1.4.801"
SD_FLAGS_VALUE = b"\x30\x03\x02\x01\x07"
"""BER of SEQUENCE { INTEGER 7 }: owner, group and DACL (MS-ADTS 3.1.1.3.4.1.11). The SACL would need a privilege;
without the control, a server asked by an ordinary account gives no descriptor at all."""
TIMEOUT = 120
"""Seconds of silence after which the conversation is held to be cut."""
CONNECT_TIMEOUT = 10


class Scope(StrEnum):
    """How far below its base a search looks."""

    BASE = "base"
    SUBTREE = "subtree"


Entry = tuple[str, Mapping[str, list[bytes]]]
"""A DN and its attributes, as the server sends them."""


@dataclass(frozen=True)
class Page:
    """Entries, and the cookie that asks for the next ones (empty on the last page)."""

    entries: Sequence[Entry]
    cookie: bytes


class Link(Protocol):
    """A bound conversation. Both methods raise `Cut` when it breaks, RempartError when the server refuses."""

    def search(
        self, base: str, scope: Scope, query: str, attributes: Sequence[str], *, cookie: bytes | None = None
    ) -> Page:
        """Return one page of entries (the whole answer when `cookie` is None); nothing when the base is absent."""
        ...

    def close(self) -> None:
        """End the conversation; never raises."""
        ...


class Transport(StrEnum):
    """The library that speaks LDAP: python-ldap where it is installed (twice as fast), else ldap3."""

    AUTO = "auto"
    LDAP3 = "ldap3"
    PYTHON_LDAP = "python-ldap"

    def chosen(self) -> "Transport":
        """Return the library to use on this machine."""
        if self is not Transport.AUTO:
            return self
        return Transport.PYTHON_LDAP if find_spec("ldap") else Transport.LDAP3


def connect(server: Server, credentials: Credentials, transport: Transport = Transport.AUTO) -> Link:
    """Open the conversation and prove who asks.

    Raises:
        Cut: the server cannot be reached, for now.
        RempartError: it refuses, or its certificate cannot be trusted.

    """
    # each library is loaded only when it is chosen: python-ldap is an extra
    if transport.chosen() is Transport.PYTHON_LDAP:
        from rempart.directory.collect.ldap_live.with_python_ldap import PythonLdapLink  # noqa: PLC0415 — an extra

        return PythonLdapLink(server, credentials)
    from rempart.directory.collect.ldap_live.with_ldap3 import Ldap3Link  # noqa: PLC0415 — same

    return Ldap3Link(server, credentials)


@contextmanager
def linked(server: Server, credentials: Credentials, transport: Transport) -> Iterator[Link]:
    """Open a conversation and close it whatever happens."""
    link = connect(server, credentials, transport)
    try:
        yield link
    finally:
        link.close()
