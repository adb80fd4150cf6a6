"""Which certificates are trusted, and why one was not."""

import socket
import ssl
from pathlib import Path

from rempart.directory.collect.ldap_live.credentials import Encryption, Server
from rempart.directory.collect.ldap_live.link import CONNECT_TIMEOUT


def context(server: Server) -> ssl.SSLContext:
    """Return what TLS must check: the chain up to the given authority (else the system's), and the server's name."""
    return ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)


def authority_file(server: Server) -> Path | None:
    """Return the file of the authorities to trust, when there is one."""
    if server.ca_file:
        return server.ca_file
    system = ssl.get_default_verify_paths().cafile
    return Path(system) if system else None


def certificate_fault(server: Server) -> str | None:
    """Return why the certificate of an LDAPS server is refused; None when it is not, or when nobody answers."""
    if server.encryption is not Encryption.LDAPS:
        return None
    try:
        with (
            socket.create_connection((server.host, server.port), CONNECT_TIMEOUT) as plain,
            context(server).wrap_socket(plain, server_hostname=server.host),
        ):
            return None
    except ssl.SSLError as error:
        return str(error)
    except OSError:
        return None
