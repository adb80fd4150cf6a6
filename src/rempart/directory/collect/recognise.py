"""Which source is this? Told by the content of a file or folder, never by its name."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from rempart.directory.collect.archive import is_archive, opened
from rempart.directory.collect.source import Progress, Source, silent
from rempart.directory.snapshot import Snapshot, is_snapshot, open_snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

READERS = ("adexplorer", "sharphound", "adalanche", "oradad", "ldif")
"""Modules of this folder, in the order they are asked; the loosest signature comes last."""

_MLA_MAGIC = b"MLA"
_ACCEPTED = Text(
    fr=(
        "Sont acceptés : un instantané Rempart, un export LDIF (même .gz, ou un dossier d'exports), un dossier "
        "ORADAD en clair (ou son zip, tar), une collecte SharpHound (zip ou dossier), un instantané ADExplorer (.dat), "
        "un dossier adalanche."
    ),
    en=(
        "Accepted: a Rempart snapshot, an LDIF export (.gz too, or a folder of exports), a clear ORADAD folder (or its "
        "zip, tar), a SharpHound collection (zip or folder), an ADExplorer snapshot (.dat), an adalanche folder."
    ),
)
_MLA_REFUSED = Text(
    fr="archive ORADAD chiffrée (MLA) : Rempart ne peut pas la lire", en="encrypted ORADAD archive (MLA): unreadable"
)
_MLA_ADVICE = Text(
    fr=(
        "Relancez ORADAD avec outputFiles=1 et donnez le dossier en clair ;\n"
        "ou ajoutez votre clé dans additionalMLAKeys, puis déchiffrez avec « mlar extract »."
    ),
    en=(
        "Run ORADAD again with outputFiles=1 and give the clear folder;\n"
        "or add your key to additionalMLAKeys, then decrypt with `mlar extract`."
    ),
)


def open_source(path: Path, progress: Progress = silent) -> Snapshot:
    """Read a directory from any source this engine knows, recognised by its content.

    Raises:
        InputError: nothing there, unknown content, an encrypted ORADAD archive, or a broken source.
        AlteredError: a saved snapshot whose bytes changed.

    """
    try:
        if not path.exists():
            raise InputError(
                Text(fr="ce fichier ou dossier n'existe pas", en="no such file or folder"), str(path), _ACCEPTED
            )
        if is_snapshot(path):
            return open_snapshot(path)
        _refuse_mla(path)
        reader = next((reader for reader in _readers() if reader.recognises(path)), None)
    except OSError as error:
        raise InputError(
            Text(fr=f"lecture impossible ({error.strerror})", en=f"cannot be read ({error.strerror})"), str(path)
        ) from error
    if reader is None:
        if is_archive(path):
            with opened(path):  # a trap, a password or damage says more than "unknown"
                pass
        raise InputError(
            Text(fr="source d'annuaire non reconnue", en="not a directory source Rempart knows"), str(path), _ACCEPTED
        )
    return reader.read(path, progress)


def _readers() -> Iterator[Source]:
    for name in READERS:
        yield cast("Source", import_module(f"{__package__}.{name}"))


def _refuse_mla(path: Path) -> None:
    """Refuse an archive only ANSSI's key opens; a folder holding nothing else than such archives is refused too."""
    if path.is_dir():
        files = [entry for entry in path.iterdir() if entry.is_file()]
        encrypted = bool(files) and all(_starts(entry) for entry in files)
    else:
        encrypted = _starts(path)
    if encrypted:
        raise InputError(_MLA_REFUSED, str(path), _MLA_ADVICE)


def _starts(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_MLA_MAGIC)) == _MLA_MAGIC
