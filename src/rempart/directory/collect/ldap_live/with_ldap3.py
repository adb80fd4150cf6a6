"""The conversation carried by ldap3: pure Python, always there."""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException, LDAPPackageUnavailableError
from ldap3.operation.search import raw_attributes_to_dict_fast

from rempart.directory.collect.ldap_live import refusals
from rempart.directory.collect.ldap_live.certificates import context
from rempart.directory.collect.ldap_live.credentials import Credentials, Encryption, Server
from rempart.directory.collect.ldap_live.link import (
    CONNECT_TIMEOUT,
    PAGE_SIZE,
    SD_FLAGS_OID,
    SD_FLAGS_VALUE,
    TIMEOUT,
    Entry,
    Page,
    Scope,
)

_PAGED = "1.2.840.113556.1.4.319"
_SEARCH_ENTRY = 4
"""Application tag of SearchResultEntry (RFC 4511, 4.5.2)."""
_SCOPES = {Scope.BASE: ldap3.BASE, Scope.SUBTREE: ldap3.SUBTREE}


class _VerifiedTls(ldap3.Tls):  # type: ignore[misc] # ldap3 has no types
    """TLS as the standard library does it: ldap3's own check of names knows no IP address and no wildcard rule."""

    def __init__(self, server: Server) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.context = context(server)
        self.untrusted: ssl.SSLError | None = None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ANN401, FBT001, FBT002 — its form
        try:
            connection.socket = self.context.wrap_socket(
                connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
            )
        except ssl.SSLError as error:
            self.untrusted = error
            raise


class Ldap3Link:
    """See `link.Link`."""

    def __init__(self, server: Server, credentials: Credentials) -> None:
        self._server = server
        tls = _VerifiedTls(server)
        self._connection = ldap3.Connection(
            ldap3.Server(
                server.host,
                port=server.port,
                use_ssl=server.encryption is Encryption.LDAPS,
                tls=tls,
                get_info=ldap3.NONE,
                connect_timeout=CONNECT_TIMEOUT,
            ),
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            return_empty_attributes=False,
            receive_timeout=TIMEOUT,
            raise_exceptions=False,
            **_authentication(server, credentials),
        )
        try:
            self._connection.open(read_server_info=False)
            if server.encryption is Encryption.STARTTLS:
                self._connection.start_tls(read_server_info=False)
            self._connection.bind(read_server_info=False)
        except LDAPPackageUnavailableError as error:
            raise refusals.no_ticket(server, str(error)) from error
        except LDAPException as error:
            self.close()
            if tls.untrusted is not None:
                raise refusals.untrusted(server, str(tls.untrusted)) from error
            raise refusals.Cut(server, str(error)) from error
        except Exception as error:
            # gssapi raises errors of its own, which cannot be named where it is not installed
            self.close()
            if credentials.user is None:
                raise refusals.no_ticket(server, str(error)) from error
            raise
        self._check()
        self._read_lightly()

    def search(
        self, base: str, scope: Scope, query: str, attributes: Sequence[str], *, cookie: bytes | None = None
    ) -> Page:
        """See `link.Link.search`."""
        try:
            self._connection.search(
                base,
                query,
                search_scope=_SCOPES[scope],
                attributes=list(attributes),
                controls=[(SD_FLAGS_OID, False, SD_FLAGS_VALUE)],
                paged_size=None if cookie is None else PAGE_SIZE,
                paged_cookie=cookie or None,
            )
        except (LDAPException, OSError) as error:
            raise refusals.Cut(self._server, str(error)) from error
        if self._connection.result["result"] == refusals.NO_SUCH_OBJECT:
            return Page([], b"")
        self._check()
        # loop: one Python record per object, which is what a network library gives
        entries: list[Entry] = [
            (answer["raw_dn"].decode(), answer["raw_attributes"])
            for answer in self._connection.response
            if answer["type"] == "searchResEntry"
        ]
        control = self._connection.result.get("controls", {}).get(_PAGED, {})
        return Page(entries, control.get("value", {}).get("cookie") or b"")

    def close(self) -> None:
        """See `link.Link.close`."""
        with suppress(LDAPException, OSError):
            self._connection.unbind()
        if self._connection.socket is not None:  # ldap3 forgets the socket of a conversation that failed to start
            self._connection.socket.close()

    def _read_lightly(self) -> None:
        """Keep ldap3 from decoding every value a second time, as text nobody asks for: a third of its time."""
        strategy = self._connection.strategy
        complete = strategy.decode_response_fast

        def decode(message: dict[str, Any]) -> dict[str, Any]:
            if message["protocolOp"] != _SEARCH_ENTRY:
                answer: dict[str, Any] = complete(message)
                return answer
            dn, attributes = message["payload"][0][3], message["payload"][1][3]
            return {"type": "searchResEntry", "raw_dn": dn, "raw_attributes": raw_attributes_to_dict_fast(attributes)}

        strategy.decode_response_fast = decode

    def _check(self) -> None:
        result = self._connection.result
        code = result["result"]
        if code == refusals.SUCCESS:
            return
        self.close()
        if code in refusals.PASSING:
            raise refusals.Cut(self._server, result["description"])
        raise refusals.refused(self._server, code, f"{result['description']} {result['message']}")


def _authentication(server: Server, credentials: Credentials) -> dict[str, object]:
    if credentials.user is None:
        return {
            "authentication": ldap3.SASL,
            "sasl_mechanism": ldap3.KERBEROS,
            "sasl_credentials": (server.host,),
        }
    return {"authentication": ldap3.SIMPLE, "user": credentials.user, "password": credentials.password}
