"""What every command of this room shares: reading a source, with its progress, and the options that name it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from rempart.directory.collect import open_source
from rempart.directory.collect.ldap_live import Credentials, Encryption, collect
from rempart.directory.snapshot import Snapshot
from rempart.measurement.command_line import progress
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.text import Text

PASSWORD_VARIABLE = "REMPART_LDAP_PASSWORD"  # noqa: S105 — the name of the variable, not its value

SourceArgument = Annotated[
    str,
    typer.Argument(
        help=say(
            "Fichier, dossier (LDIF, ORADAD, SharpHound, ADExplorer, adalanche, .rempart) ou serveur (ldaps://dc1...).",
            "File, folder (LDIF, ORADAD, SharpHound, ADExplorer, adalanche, .rempart) or server (ldaps://dc1...).",
        ),
        show_default=False,
    ),
]
UserOption = Annotated[
    str | None,
    typer.Option(
        "--user",
        help=say(
            "Compte de lecture (lecteur@hopital.fr). Sans lui, le ticket Kerberos de la session sert.",
            "Reading account (reader@hospital.org). Without it, the session's Kerberos ticket is used.",
        ),
    ),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help=say(
            f"Fichier du mot de passe. Sinon : variable {PASSWORD_VARIABLE}, ou question.",
            f"File holding the password. Otherwise: variable {PASSWORD_VARIABLE}, or a prompt.",
        ),
    ),
]
CaOption = Annotated[
    Path | None,
    typer.Option("--ca", help=say("Certificats de l'autorité de confiance (PEM).", "Trusted authority (PEM).")),
]
ClearOption = Annotated[
    bool,
    typer.Option(
        "--clear-text",
        help=say("Parler sans chiffrement : tout le réseau peut lire.", "No encryption: the whole network can read."),
    ),
]
WorkOption = Annotated[
    Path | None,
    typer.Option(
        "--work",
        help=say(
            "Dossier où garder la collecte en cours, pour la reprendre si elle est coupée.",
            "Folder that keeps a collection under way, to resume it when it is cut.",
        ),
    ),
]


@dataclass(frozen=True)
class Access:
    """How to reach a live server; ignored when the source is a file."""

    user: str | None = None
    password_file: Path | None = None
    ca: Path | None = None
    clear_text: bool = False
    work: Path | None = None


def read(source: str, access: Access) -> Snapshot:
    """Return the snapshot of a file, a folder or a live server, showing progress on a terminal."""
    with progress(say("Lecture de l'annuaire", "Reading the directory")) as tell:
        if not is_server(source):
            return open_source(Path(source), tell)
        return collect(
            source,
            _credentials(access),
            encryption=Encryption.CLEAR if access.clear_text else None,
            ca_file=access.ca,
            progress=tell,
            work=access.work,
        )


def is_server(source: str) -> bool:
    """Tell whether a source names a server rather than a file."""
    return source.startswith(("ldap://", "ldaps://"))


def _credentials(access: Access) -> Credentials:
    """Return who asks. The password comes from the file, the environment or a prompt: never from the command line."""
    if access.user is None:
        return Credentials.kerberos()
    if access.password_file is not None:
        try:
            return Credentials(access.user, access.password_file.read_text(encoding="utf-8").rstrip("\r\n"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Text(fr="fichier du mot de passe illisible", en="unreadable password file"), str(access.password_file)
            ) from error
    if password := os.environ.get(PASSWORD_VARIABLE):
        return Credentials(access.user, password)
    if not sys.stdin.isatty():
        raise InputError(
            Text(fr="mot de passe manquant", en="missing password"),
            where="--user",
            advice=Text(
                fr=f"Donnez --password-file ou la variable {PASSWORD_VARIABLE}.",
                en=f"Give --password-file or the variable {PASSWORD_VARIABLE}.",
            ),
        )
    return Credentials(access.user, typer.prompt(say("Mot de passe", "Password"), hide_input=True, err=True))
