"""Waking Django up, for the commands that need it and for no other."""

import os

from rempart.hub.place import data_folder
from rempart.measurement.errors import RempartError
from rempart.measurement.text import Text

SETTINGS = "DJANGO_SETTINGS_MODULE"
LONGEST_SOCKET = 107
"""A Unix socket's path is at most 107 bytes on Linux (sockaddr_un)."""


def ready() -> None:
    """Start the embedded database when no other is named, then load the site's settings and models.

    Raises:
        RempartError: the hub's libraries are not installed, or the data folder's path is too long for a socket.

    """
    os.environ.setdefault(SETTINGS, "rempart.hub.settings")
    try:
        import django  # noqa: PLC0415 — only the commands of the hub pay for Django

        from rempart.hub import database  # noqa: PLC0415 — same
    except ImportError as error:
        raise _not_installed(error) from error
    folder = data_folder()
    if not os.environ.get(database.VARIABLE):
        _check_socket(str(folder / "postgresql" / ".s.PGSQL.5432"))
    database.ensure(folder)
    try:
        django.setup()
    except ModuleNotFoundError as error:
        raise _not_installed(error) from error


def _not_installed(error: ImportError) -> RempartError:
    return RempartError(
        Text(
            fr=f"les bibliothèques du hub ne sont pas installées ({error.name})",
            en=f"the hub's libraries are not installed ({error.name})",
        ),
        advice=Text(
            fr="installez-les : pip install 'rempart[hub]'",
            en="install them: pip install 'rempart[hub]'",
        ),
    )


def _check_socket(path: str) -> None:
    if len(path.encode()) > LONGEST_SOCKET:
        raise RempartError(
            Text(
                fr="le chemin du dossier de données est trop long pour la base embarquée",
                en="the data folder's path is too long for the embedded database",
            ),
            where=path,
            advice=Text(
                fr="nommez un dossier plus court dans REMPART_HUB_DATA, ou une base dans DATABASE_URL",
                en="name a shorter folder in REMPART_HUB_DATA, or a database in DATABASE_URL",
            ),
        )
