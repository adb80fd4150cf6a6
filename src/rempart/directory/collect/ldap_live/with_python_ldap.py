"""The conversation carried by python-ldap, which wraps OpenLDAP's C library: the faster one."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import ldap
import ldap.sasl
from ldap.controls import RequestControl, SimplePagedResultsControl

from rempart.directory.collect.ldap_live import refusals
from rempart.directory.collect.ldap_live.certificates import authority_file, certificate_fault
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

_DES_STRENGTH = 56
"""The least "security strength factor" that means encryption, in OpenLDAP's units."""
_SCOPES = {Scope.BASE: ldap.SCOPE_BASE, Scope.SUBTREE: ldap.SCOPE_SUBTREE}
_CUTS = (ldap.SERVER_DOWN, ldap.TIMEOUT, ldap.CONNECT_ERROR, ldap.BUSY, ldap.UNAVAILABLE)


class PythonLdapLink:
    """See `link.Link`."""

    def __init__(self, server: Server, credentials: Credentials) -> None:
        self._server = server
        self._connection = ldap.initialize(str(server))
        for option, value in _options(server):
            self._connection.set_option(option, value)
        try:
            if server.encryption is Encryption.STARTTLS:
                self._connection.start_tls_s()
            if credentials.user is None:
                self._connection.sasl_interactive_bind_s("", ldap.sasl.gssapi())
            else:
                self._connection.simple_bind_s(credentials.user, credentials.password)
        except ldap.LDAPError as error:
            self.close()
            if isinstance(error, (ldap.LOCAL_ERROR, ldap.AUTH_UNKNOWN)) and credentials.user is None:
                raise refusals.no_ticket(server, _detail(error)) from error
            self._explain_opening(error)

    def search(
        self, base: str, scope: Scope, query: str, attributes: Sequence[str], *, cookie: bytes | None = None
    ) -> Page:
        """See `link.Link.search`."""
        controls = [RequestControl(SD_FLAGS_OID, criticality=False, encodedControlValue=SD_FLAGS_VALUE)]
        if cookie is not None:
            controls.append(SimplePagedResultsControl(criticality=True, size=PAGE_SIZE, cookie=cookie))
        try:
            number = self._connection.search_ext(base, _SCOPES[scope], query, list(attributes), serverctrls=controls)
            _, answers, _, answered = self._connection.result3(number, timeout=TIMEOUT)
        except ldap.NO_SUCH_OBJECT:
            return Page([], b"")
        except ldap.LDAPError as error:
            self._explain(error)
        # loop: one Python record per object, which is what a network library gives; referrals have no DN
        entries: list[Entry] = [(dn, values) for dn, values in answers if dn is not None]
        paged = (control for control in answered if control.controlType == SimplePagedResultsControl.controlType)
        return Page(entries, next((control.cookie for control in paged), b""))

    def close(self) -> None:
        """See `link.Link.close`."""
        with suppress(ldap.LDAPError):
            self._connection.unbind_s()

    def _explain_opening(self, error: ldap.LDAPError) -> NoReturn:
        """OpenLDAP's library says "can't contact" for a certificate it refuses: ask the standard library why."""
        if isinstance(error, (ldap.SERVER_DOWN, ldap.CONNECT_ERROR)) and (fault := certificate_fault(self._server)):
            raise refusals.untrusted(self._server, fault) from error
        self._explain(error)

    def _explain(self, error: ldap.LDAPError) -> NoReturn:
        detail = _detail(error)
        if isinstance(error, ldap.CONNECT_ERROR) and self._server.encryption is Encryption.STARTTLS:
            raise refusals.untrusted(self._server, detail) from error
        if isinstance(error, _CUTS):
            raise refusals.Cut(self._server, detail) from error
        code = error.args[0].get("result", -1) if error.args and isinstance(error.args[0], dict) else -1
        raise refusals.refused(self._server, code, detail) from error


def _options(server: Server) -> list[tuple[int, object]]:
    authority = authority_file(server)
    # a directory refuses Kerberos' own encryption inside TLS (MS-ADTS 5.1.1.1.2); without TLS it is what protects
    sealing = ldap.OPT_X_SASL_SSF_MIN if server.encryption is Encryption.CLEAR else ldap.OPT_X_SASL_SSF_MAX
    return [
        (sealing, _DES_STRENGTH if server.encryption is Encryption.CLEAR else 0),
        (ldap.OPT_PROTOCOL_VERSION, ldap.VERSION3),
        (ldap.OPT_REFERRALS, 0),
        (ldap.OPT_NETWORK_TIMEOUT, CONNECT_TIMEOUT),
        (ldap.OPT_TIMEOUT, TIMEOUT),
        (ldap.OPT_X_SASL_NOCANON, 1),
        (ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND),
        *([(ldap.OPT_X_TLS_CACERTFILE, str(authority))] if authority else []),
        (ldap.OPT_X_TLS_NEWCTX, 0),  # makes the TLS options above take effect; must come last
    ]


def _detail(error: ldap.LDAPError) -> str:
    """Return what the library says of an error: its description and the server's own words."""
    if error.args and isinstance(error.args[0], dict):
        fields = error.args[0]
        return " ".join(str(fields[name]) for name in ("desc", "info") if fields.get(name))
    return str(error)
