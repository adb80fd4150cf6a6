"""What a server's refusal means, and what to do about it, in words for people."""

import re
from collections.abc import Mapping

from rempart.directory.collect.ldap_live.credentials import Server
from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text

SUCCESS = 0
SIZE_LIMIT = 4
STRONG_AUTH_REQUIRED = 8
ADMIN_LIMIT = 11
NO_SUCH_OBJECT = 32
INVALID_CREDENTIALS = 49
INSUFFICIENT_RIGHTS = 50
BUSY, UNAVAILABLE = 51, 52
PASSING = frozenset({BUSY, UNAVAILABLE})
"""Result codes that may go away by themselves (RFC 4511, appendix A)."""

_SUB_CODE = re.compile(r"data ([0-9a-f]+)", re.IGNORECASE)


class Cut(Exception):  # noqa: N818 — an event more than an error: the collection goes on after it
    """The conversation broke, or never started; another attempt may succeed."""

    def __init__(self, server: Server, detail: str) -> None:
        super().__init__(f"{server}: {detail}")
        self.server = server
        self.detail = detail


_WRONG_PASSWORD = Text(
    fr="nom de compte ou mot de passe refusé par le serveur", en="account name or password refused by the server"
)
_BY_SUB_CODE: Mapping[str, Text] = {
    "525": Text(fr="le serveur ne connaît pas ce compte", en="the server does not know this account"),
    "52e": _WRONG_PASSWORD,
    "52f": Text(
        fr="une restriction empêche ce compte d'ouvrir une session ainsi (Protected Users, silo d'authentification)",
        en="a restriction keeps this account from logging on this way (Protected Users, authentication silo)",
    ),
    "530": Text(
        fr="ce compte n'a pas le droit d'ouvrir une session à cette heure", en="logon hours refuse this account"
    ),
    "531": Text(
        fr="ce compte n'a pas le droit d'ouvrir une session depuis ce poste", en="this account may not log on from here"
    ),
    "532": Text(fr="le mot de passe de ce compte a expiré", en="this account's password has expired"),
    "533": Text(fr="ce compte est désactivé", en="this account is disabled"),
    "701": Text(fr="ce compte a expiré", en="this account has expired"),
    "773": Text(fr="ce compte doit d'abord changer son mot de passe", en="this account must first change its password"),
    "775": Text(fr="ce compte est verrouillé", en="this account is locked out"),
}
"""Windows' reasons inside "invalid credentials" (System Error Codes, in hexadecimal after the word "data")."""

_CHECK_ACCOUNT = Text(
    fr="Vérifiez le nom (compte@domaine ou DN complet) et le mot de passe. N'insistez pas : le compte pourrait se "
    "verrouiller.",
    en="Check the name (account@domain or full DN) and the password. Do not insist: the account could be locked out.",
)


def unreachable(cut: Cut) -> RempartError:
    """Return the error for a server that no attempt could reach."""
    return RempartError(
        Text(fr=f"serveur injoignable ({cut.detail})", en=f"server unreachable ({cut.detail})"),
        where=str(cut.server),
        advice=Text(
            fr="Vérifiez l'adresse, le port (636 pour LDAPS, 389 sinon) et le pare-feu, puis relancez.",
            en="Check the address, the port (636 for LDAPS, 389 otherwise) and the firewall, then try again.",
        ),
    )


def untrusted(server: Server, detail: str) -> RempartError:
    """Return the error for a TLS conversation that cannot be trusted."""
    return RempartError(
        Text(
            fr=f"le certificat du serveur n'a pas pu être vérifié ({detail})",
            en=f"the server's certificate could not be verified ({detail})",
        ),
        where=str(server),
        advice=Text(
            fr="Donnez le certificat de l'autorité qui l'a émis (fichier PEM) et appelez le serveur par le nom inscrit "
            "dans son certificat. Rempart n'envoie jamais un mot de passe à un serveur qu'il ne peut pas vérifier.",
            en="Give the certificate of the authority that issued it (PEM file) and call the server by the name in its "
            "certificate. Rempart never sends a password to a server it cannot verify.",
        ),
    )


def no_ticket(server: Server, detail: str) -> RempartError:
    """Return the error for a Kerberos logon that failed on our side."""
    return RempartError(
        Text(
            fr=f"connexion Kerberos impossible ({detail})",
            en=f"Kerberos logon impossible ({detail})",
        ),
        where=str(server),
        advice=Text(
            fr="Obtenez un ticket (kinit compte@DOMAINE), appelez le serveur par son nom complet, et installez "
            "« rempart[kerberos] ».",
            en="Get a ticket (kinit account@DOMAIN), call the server by its full name, and install rempart[kerberos].",
        ),
    )


def refused(server: Server, code: int, message: str) -> RempartError:
    """Return the error for a result code other than success (RFC 4511, 4.1.9)."""
    if code == STRONG_AUTH_REQUIRED:
        return RempartError(
            Text(
                fr="le serveur exige une conversation signée ou chiffrée",
                en="the server requires a signed or encrypted conversation",
            ),
            where=str(server),
            advice=Text(
                fr="C'est un bon réglage : gardez-le et utilisez LDAPS (ldaps://) ou StartTLS (ldap://).",
                en="That is a good setting: keep it and use LDAPS (ldaps://) or StartTLS (ldap://).",
            ),
        )
    if code == INVALID_CREDENTIALS:
        sub_code = _SUB_CODE.search(message)
        reason = _BY_SUB_CODE.get(sub_code[1].lower(), _WRONG_PASSWORD) if sub_code else _WRONG_PASSWORD
        return RempartError(reason, where=str(server), advice=_CHECK_ACCOUNT)
    return RempartError(
        Text(
            fr=f"le serveur a refusé la demande (code LDAP {code} : {message.strip()})",
            en=f"the server refused the request (LDAP code {code}: {message.strip()})",
        ),
        where=str(server),
        advice=Text(
            fr="Essayez un autre contrôleur de domaine, ou un compte qui a le droit de lire l'annuaire.",
            en="Try another domain controller, or an account allowed to read the directory.",
        ),
    )
