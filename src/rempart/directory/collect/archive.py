"""Folders, zips and tars read alike, member by member: nothing is ever written to disk, and nobody's trap is sprung."""

import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, TypeVar, cast

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

MAX_MEMBERS = 200_000
"""A collection of a large hospital with its whole SYSVOL counts some 50,000 files."""
MAX_TOTAL = 1 << 36
"""Bytes once unpacked, all members together: 64 GiB, three times an ORADAD collection of a million objects."""
MAX_RATIO = 1_100
"""Unpacked bytes for one packed: deflate cannot pass 1,032 (RFC 1951), so more is a trap or another method."""
MAX_WHOLE = 1 << 28
"""Bytes of a member that is read in one piece (lists of tables, dates): 256 MiB."""
_ENCRYPTED = 1
_REGULAR = frozenset({0, stat.S_IFREG})  # zips made on Windows say nothing of the kind of file
_DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, RuntimeError, OverflowError, ValueError),
)
_Member = TypeVar("_Member")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

_DAMAGED = Text(fr="archive abîmée ou tronquée", en="damaged or truncated archive")
_LOCKED = Text(fr="archive protégée par un mot de passe", en="archive protected by a password")
_LOCKED_ADVICE = Text(fr="Déchiffrez-la d'abord.", en="Decrypt it first.")
_METHOD = Text(fr="méthode de compression inconnue", en="unknown compression method")
_OUTSIDE = Text(fr="nom de fichier qui sort de l'archive", en="file name that leads out of the archive")
_SPECIAL = Text(fr="lien ou périphérique dans l'archive", en="link or device in the archive")
_TWICE = Text(fr="deux fichiers du même nom dans l'archive", en="two files of the same name in the archive")
_BOMB = Text(
    fr="archive qui se déploie au-delà de toute mesure (bombe de décompression ?)",
    en="archive that unpacks beyond measure (a decompression bomb?)",
)
_CROWD = Text(fr="archive de plus de {limit} fichiers", en="archive of more than {limit} files")
_LARGE = Text(fr="fichier trop grand pour ce qu'il doit contenir", en="file too large for what it should hold")
_MISSING = Text(fr="fichier absent", en="missing file")


class Tree(Protocol):
    """A folder, or what an archive holds: names with `/` between their parts, in the cheapest order to read."""

    path: Path
    names: list[str]

    def size(self, name: str) -> int:
        """Return how many bytes a member holds once unpacked."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a member to be read from start to end; damage met on the way becomes an InputError."""
        ...


def read_whole(tree: Tree, name: str) -> bytes:
    """Return all the bytes of a small member.

    Raises:
        InputError: no such member, larger than MAX_WHOLE, or damaged.

    """
    with tree.open(name) as stream:
        content = stream.read(MAX_WHOLE + 1)
    if len(content) > MAX_WHOLE:
        raise InputError(_LARGE, _place(tree.path, name))
    return content


@contextmanager
def opened(path: Path) -> Iterator[Tree]:
    """Open a folder, a zip or a tar (gzip, bzip2 or xz) as a tree.

    Raises:
        InputError: neither, damaged, encrypted, or a trap: names that lead outside, links, devices, bombs.

    """
    if path.is_dir():
        yield Folder(path)
    elif zipfile.is_zipfile(path):
        with _told(path), zipfile.ZipFile(path) as archive:
            yield Zip(path, archive)
    else:
        with _told(path), tarfile.open(path) as tar:
            yield Tar(path, tar)


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip or a tar, by its content."""
    try:
        return path.is_file() and (zipfile.is_zipfile(path) or tarfile.is_tarfile(path))
    except _DAMAGE:
        return False


class Folder:
    """A folder as a tree; links are not followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = (entry for entry in path.rglob("*") if entry.is_file() and not entry.is_symlink())
        self.names = sorted(entry.relative_to(path).as_posix() for entry in files)

    def size(self, name: str) -> int:
        """Return the size of a file."""
        return (self.path / name).stat().st_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a file."""
        if name not in self.names:
            raise InputError(_MISSING, _place(self.path, name))
        with _told(self.path, name), (self.path / name).open("rb") as stream:
            yield stream


class Zip:
    """A zip as a tree."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        _measure(path, len(members), sum(member.file_size for member in members))
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if member.flag_bits & _ENCRYPTED:
                raise InputError(_LOCKED, _place(path, member.filename), _LOCKED_ADVICE)
            if member.compress_type not in _METHODS:
                raise InputError(_METHOD, _place(path, member.filename))
            if stat.S_IFMT(member.external_attr >> 16) not in _REGULAR:
                raise InputError(_SPECIAL, _place(path, member.filename))
            if member.file_size > MAX_RATIO * max(member.compress_size, 1):
                raise InputError(_BOMB, _place(path, member.filename))
            _enlist(self._members, member.filename, member, path)
        self.names = list(self._members)

    def size(self, name: str) -> int:
        """Return the size a member declares; more is never read."""
        return self._members[name].file_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a member; zipfile checks its size and its sum on the way."""
        if name not in self._members:
            raise InputError(_MISSING, _place(self.path, name))
        with _told(self.path, name), self._archive.open(self._members[name]) as stream:
            yield cast("BinaryIO", stream)


class Tar:
    """A tar as a tree; its names stand in the order of the archive, since going back means unpacking again."""

    def __init__(self, path: Path, archive: tarfile.TarFile) -> None:
        self.path = path
        self._archive = archive
        self._members: dict[str, tarfile.TarInfo] = {}
        size, total = path.stat().st_size, 0
        for count, member in enumerate(archive, 1):
            total += member.size
            _measure(path, count, total)
            if total > MAX_RATIO * size:
                raise InputError(_BOMB, _place(path, member.name))
            if member.isdir():
                continue
            if not member.isreg() or member.issparse():
                raise InputError(_SPECIAL, _place(path, member.name))
            _enlist(self._members, member.name, member, path)
        self.names = list(self._members)

    def size(self, name: str) -> int:
        """Return the size of a member."""
        return self._members[name].size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a member."""
        stream = self._archive.extractfile(self._members[name]) if name in self._members else None
        if stream is None:
            raise InputError(_MISSING, _place(self.path, name))
        with _told(self.path, name), stream:
            yield cast("BinaryIO", stream)


def _enlist(members: dict[str, _Member], name: str, member: _Member, path: Path) -> None:
    clean = name.replace("\\", "/").removeprefix("./")
    parts = PurePosixPath(clean)
    if not clean or parts.is_absolute() or ".." in parts.parts or clean[1:2] == ":" or "\0" in clean:
        raise InputError(_OUTSIDE, _place(path, name))
    if clean in members:
        raise InputError(_TWICE, _place(path, name))
    members[clean] = member


def _measure(path: Path, count: int, total: int) -> None:
    if count > MAX_MEMBERS:
        raise InputError(_CROWD.filled(limit=MAX_MEMBERS), str(path))
    if total > MAX_TOTAL:
        raise InputError(_BOMB, str(path))


def _place(path: Path, name: str) -> str:
    return f"{path} ({name[:300]})"


@contextmanager
def _told(path: Path, name: str = "") -> Iterator[None]:
    """Tell any damage of an archive as an InputError, with the member it was met in."""
    try:
        yield
    except InputError:
        raise
    except _DAMAGE as error:
        raise InputError(_DAMAGED, _place(path, name) if name else str(path)) from error
