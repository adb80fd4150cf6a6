"""Rule packs: folders, files and archives, read whole, within bounds, since anybody may have made them."""

import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

LARGEST_FILE = 2_000_000
"""Bytes of one rule file; SigmaHQ's largest has 30 000."""
LARGEST_PACK = 200_000_000
"""Bytes of all the rule files of an archive, unpacked."""
MOST_FILES = 100_000
"""Members of an archive, or files of a folder."""

_SUFFIXES = (".yml", ".yaml")
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")
_BROKEN = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    RuntimeError,
    ValueError,
    NotImplementedError,
)


@dataclass(frozen=True)
class RuleFile:
    """A file of rules.

    Attributes:
        pack: name of the folder or archive it comes from.
        path: inside it, with `/`.
        content: its bytes; None when it was not read.
        problem: why it was not read.

    """

    pack: str
    path: str
    content: bytes | None
    problem: Text | None = None


@dataclass(frozen=True)
class Pack:
    """A folder, file or archive of rules.

    Attributes:
        name: of the folder or archive.
        licence: what its licence file says it is, empty without one.
        files: of rules, by path.

    """

    name: str
    licence: str
    files: tuple[RuleFile, ...]


def read(path: Path) -> Pack:
    """Read a pack.

    Raises:
        InputError: it does not exist, or is an archive that cannot be unpacked or is beyond the bounds.

    """
    if path.is_dir():
        return _pack(path.name or path.resolve().name, _of_folder(path))
    if not path.is_file():
        raise InputError(
            Text(fr="règles introuvables", en="no rules there"),
            where=str(path),
            advice=Text(
                fr="Donnez un dossier, un fichier YAML ou une archive.", en="Give a folder, a YAML file or an archive."
            ),
        )
    name = path.name
    if not name.lower().endswith(_ARCHIVES):
        return _pack(path.parent.name or name, iter([_file(path, path.parent)]))
    try:
        return _pack(name, _of_zip(path) if name.lower().endswith(".zip") else _of_tar(path))
    except _BROKEN as error:
        raise InputError(
            Text(fr=f"archive illisible ({error})", en=f"archive that cannot be read ({error})"), where=str(path)
        ) from error


def content_digest(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of the content of packs: of an archive as it is, of a folder its files with their names.

    Raises:
        InputError: one does not exist or cannot be read.

    """
    told = sha256()
    for path in paths:
        told.update(f"\0pack\0{path.name}\0".encode())
        try:
            if path.is_dir():
                for file, relative in _files(path):
                    with file.open("rb", buffering=0) as opened:
                        content = opened.read(LARGEST_FILE + 1)
                    told.update(f"\0{relative}\0{len(content)}\0".encode())
                    told.update(content)
            else:
                told.update(path.read_bytes())
        except OSError as error:
            raise InputError(
                Text(fr=f"règles illisibles ({error.strerror})", en=f"rules that cannot be read ({error.strerror})"),
                where=str(path),
            ) from error
    return told.hexdigest()


def _pack(name: str, members: Iterator[RuleFile]) -> Pack:
    licence, files = "", []
    for member in members:
        if _is_licence(member.path):
            licence = licence or _licence(member.content or b"")
        else:
            files.append(member)
    return Pack(name, licence, tuple(sorted(files, key=lambda one: one.path)))


def _wanted(path: str) -> bool:
    """Tell whether a path is of a rule file or a licence; hidden folders (`.github`) hold no rules."""
    parts = path.split("/")
    if any(part.startswith(".") for part in parts):
        return False
    return path.lower().endswith(_SUFFIXES) or _is_licence(path)


def _is_licence(path: str) -> bool:
    return path.rpartition("/")[2].upper().startswith(("LICENSE", "LICENCE")) and not path.lower().endswith(_SUFFIXES)


def _licence(content: bytes) -> str:
    """Return the name of a licence: its first line that says something."""
    if b"Detection Rule License" in content[:2000]:
        return "DRL-1.1"
    lines = (line.strip(" #=*\t") for line in content[:2000].decode("utf-8", "replace").splitlines())
    return next((line[:120] for line in lines if line), "")


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the rule files and licences of a folder, by path; links that lead out of it are not followed.

    By `os.walk`, not `pathlib`: thousands of files at every start.
    """
    root = os.path.realpath(folder)
    found: list[tuple[str, str]] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in files:
            file, relative = os.path.join(place, name), name if inside == "." else f"{inside}/{name}"  # noqa: PTH118
            if _wanted(relative) and (not os.path.islink(file) or _inside(file, root)):  # noqa: PTH114
                found.append((relative, file))
        if len(found) > MOST_FILES:
            raise InputError(_too_many(), where=str(folder))
    for relative, file in sorted(found):
        yield Path(file), relative


def _inside(file: str, root: str) -> bool:
    real = os.path.realpath(file)
    return real.startswith(root + os.sep) and os.path.isfile(real)  # noqa: PTH113


def _of_folder(folder: Path) -> Iterator[RuleFile]:
    for file, _ in _files(folder):
        yield _file(file, folder)


def _file(file: Path, folder: Path) -> RuleFile:
    pack, path = folder.name or folder.resolve().name, file.relative_to(folder).as_posix()
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = Text(fr=f"lecture impossible ({error.strerror})", en=f"cannot read ({error.strerror})")
        return RuleFile(pack, path, None, problem)
    return RuleFile(pack, path, None, _too_large()) if len(content) > LARGEST_FILE else RuleFile(pack, path, content)


def _of_zip(path: Path) -> Iterator[RuleFile]:
    with zipfile.ZipFile(path) as archive:
        bounds = _Bounds(path)
        for member in archive.infolist():
            bounds.count()
            if member.is_dir() or not _wanted(member.filename) or stat.S_ISLNK(member.external_attr >> 16):
                continue
            with archive.open(member) as opened:
                yield bounds.file(member.filename, opened)


def _of_tar(path: Path) -> Iterator[RuleFile]:
    with tarfile.open(path) as archive:
        bounds = _Bounds(path)
        for member in archive:
            bounds.count()
            name = member.name.removeprefix("./")
            opened = archive.extractfile(member) if member.isreg() and _wanted(name) else None
            if opened is not None:
                yield bounds.file(name, opened)


class _Bounds:
    """What is taken of an archive, counted as it is unpacked: what its headers say proves nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = LARGEST_PACK
        self._members = 0

    def count(self) -> None:
        self._members += 1
        if self._members > MOST_FILES:
            raise InputError(_too_many(), where=str(self._path))

    def file(self, name: str, opened: IO[bytes]) -> RuleFile:
        content = opened.read(LARGEST_FILE + 1)
        self._left -= len(content)
        if self._left < 0:
            raise InputError(
                Text(
                    fr=f"archive de plus de {LARGEST_PACK // 1_000_000} Mo une fois décompressée",
                    en=f"archive of more than {LARGEST_PACK // 1_000_000} MB once unpacked",
                ),
                where=str(self._path),
            )
        too_large = len(content) > LARGEST_FILE
        pack = self._path.name
        return RuleFile(pack, name, None, _too_large()) if too_large else RuleFile(pack, name, content)


def _too_large() -> Text:
    size = LARGEST_FILE // 1_000_000
    return Text(fr=f"fichier de plus de {size} Mo", en=f"file of more than {size} MB")


def _too_many() -> Text:
    return Text(fr=f"plus de {MOST_FILES} fichiers", en=f"more than {MOST_FILES} files")
