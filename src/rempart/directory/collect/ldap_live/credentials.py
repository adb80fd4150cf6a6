"""Who asks, whom, and over which protection. Nothing here is ever written to a log."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_LDAP, _LDAPS = 389, 636


class Encryption(StrEnum):
    """How the conversation is protected. The server's certificate is always verified, against its name too."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    CLEAR = "clear"  # readable by whoever listens; only ever by explicit choice


@dataclass(frozen=True)
class Credentials:
    """A name and its password, or the Kerberos ticket of the session when there is no name.

    `user` is a userPrincipalName (`reader@hopital.fr`) or a DN.
    """

    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.user is not None and not self.password:
            # RFC 4513, 5.1.2: a name without a password is answered as an anonymous bind, and shows almost nothing
            raise InputError(
                Text(fr="mot de passe vide", en="empty password"),
                advice=Text(
                    fr="Donnez le mot de passe du compte, ou utilisez un ticket Kerberos.",
                    en="Give the account's password, or use a Kerberos ticket.",
                ),
            )

    @classmethod
    def kerberos(cls) -> Self:
        """Use the Kerberos ticket of the session (`kinit`)."""
        return cls()


@dataclass(frozen=True)
class Server:
    """A directory server: its host, its port, and how to talk to it."""

    host: str
    port: int
    encryption: Encryption
    ca_file: Path | None = None

    @classmethod
    def parse(cls, text: str, *, encryption: Encryption | None = None, ca_file: Path | None = None) -> Self:
        """Read `dc1.hopital.fr`, `dc1.hopital.fr:636`, `ldaps://...` or `ldap://...`.

        Without a scheme the conversation is LDAPS; `ldap://` is StartTLS. Only `encryption=CLEAR` makes it clear text.

        Raises:
            InputError: not an address; or a file of certificates that does not exist.

        """
        try:
            parts = urlsplit(text if "://" in text else f"{encryption or Encryption.LDAPS}://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        by_scheme = {"ldaps": Encryption.LDAPS, "ldap": Encryption.STARTTLS} | {kind.value: kind for kind in Encryption}
        if not host or parts.scheme not in by_scheme or parts.path not in {"", "/"}:
            raise InputError(
                Text(fr="adresse de serveur LDAP incomprise", en="LDAP server address not understood"),
                where=text,
                advice=Text(
                    fr="Exemples : dc1.hopital.fr, ldaps://dc1.hopital.fr, ldap://dc1.hopital.fr:389 (StartTLS).",
                    en="Examples: dc1.hopital.fr, ldaps://dc1.hopital.fr, ldap://dc1.hopital.fr:389 (StartTLS).",
                ),
            )
        if ca_file is not None and not ca_file.is_file():
            raise InputError(
                Text(fr="fichier de certificats introuvable", en="certificate file not found"), where=str(ca_file)
            )
        chosen = encryption or by_scheme[parts.scheme]
        return cls(host, port or (_LDAPS if chosen is Encryption.LDAPS else _LDAP), chosen, ca_file)

    def sibling(self, host: str) -> Self:
        """Return another server of the forest, reached in the same way on the usual port."""
        port = _LDAPS if self.encryption is Encryption.LDAPS else _LDAP
        return type(self)(host, port, self.encryption, self.ca_file)

    def __str__(self) -> str:
        scheme = "ldaps" if self.encryption is Encryption.LDAPS else "ldap"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"
