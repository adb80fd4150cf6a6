"""The files of a SharpHound collection: a zip, a folder or one JSON file; what each holds, told by its `meta` block."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_END = 64 << 10
_META = re.compile(rb'"meta"\s*:\s*(\{[^{}]{0,4096}\})', re.IGNORECASE)
_TIMESTAMP = re.compile(r"(?:^|[^0-9])(20\d{12})_")
_RATIO = 300
_SPARE = 16 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_ASKED = 500
_BOMB = Text(
    fr="archive qui se déploie au-delà de toute mesure ({size} octets)",
    en="archive that unpacks beyond measure ({size} bytes)",
)
_LOCKED = Text(fr="archive protégée par un mot de passe", en="archive protected by a password")
_LOCKED_ADVICE = Text(
    fr="Extrayez l'archive avec son mot de passe et donnez le dossier.", en="Extract the archive and give the folder."
)
_BROKEN = Text(fr="archive abîmée ({why})", en="damaged archive ({why})")


@dataclass(frozen=True)
class Meta:
    """What a file says of itself: kind of objects (plural, lower case), how many, version of the format."""

    kind: str
    count: int | None
    version: int


@dataclass(frozen=True)
class Member:
    """One file of the collection. `size` counts bytes once unpacked."""

    source: Path
    name: str
    size: int
    zipped: bool

    @property
    def place(self) -> str:
        """What to call the file in a message."""
        return f"{self.source}:{self.name}" if self.zipped else str(self.source)

    @property
    def timestamp(self) -> str:
        """The moment in the file's name, `yyyymmddhhmmss`, empty when there is none."""
        found = _TIMESTAMP.search(self.name)
        return found[1] if found else ""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the content.

        Raises:
            InputError: the archive is damaged or protected by a password.

        """
        try:
            if not self.zipped:
                with self.source.open("rb") as stream:
                    yield stream
                return
            with zipfile.ZipFile(self.source) as archive, archive.open(self.name) as stream:
                yield stream
        except RuntimeError as error:  # zipfile's way to ask for a password
            raise InputError(_LOCKED, self.place, _LOCKED_ADVICE) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise InputError(_BROKEN.filled(why=error), self.place) from error

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """Open the content as text: UTF-8 with or without mark, or UTF-16 as some shells save it."""
        with self.open() as stream:
            head = io.BufferedReader(stream)  # type: ignore[type-var] # a zip member is a raw stream to it
            encoding = "utf-16" if head.peek(2)[:2] in _UTF16 else "utf-8-sig"
            yield io.TextIOWrapper(head, encoding=encoding)

    def meta(self) -> Meta | None:
        """Return the `meta` block, first or last in the file; None when the file has none (it is not SharpHound's)."""
        with self.open() as stream:
            head = tail = stream.read(_END)
            while piece := stream.read(1 << 20):
                tail = (tail + piece)[-_END:]
        return _read_meta(head) or _read_meta(tail)


def _read_meta(text: bytes) -> Meta | None:
    if text[:2] in _UTF16 or b"\0" in text[:100]:
        text = text.replace(b"\0", b"")
    for found in reversed(_META.findall(text)):
        try:
            block = json.loads(found)
        except (ValueError, RecursionError):
            continue
        fields = {str(key).lower(): value for key, value in block.items()}
        kind, count, version = fields.get("type"), fields.get("count"), fields.get("version", 3)
        if isinstance(kind, str) and isinstance(version, int):
            return Meta(kind.lower(), count if isinstance(count, int) else None, version)
    return None


def members(path: Path) -> list[Member]:
    """Return the JSON files of a zip or folder in name order, or the file itself.

    Raises:
        InputError: a damaged archive, or one that would unpack beyond measure.

    """
    if path.is_dir():
        files = [entry for entry in sorted(path.rglob("*.json")) if entry.is_file() and not entry.is_symlink()]
        return [Member(file, file.name, file.stat().st_size, zipped=False) for file in files]
    if not zipfile.is_zipfile(path):
        return [Member(path, path.name, path.stat().st_size, zipped=False)]
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise InputError(_BROKEN.filled(why=error), str(path)) from error
    size = sum(info.file_size for info in listed)
    if size > _RATIO * path.stat().st_size + _SPARE:
        raise InputError(_BOMB.filled(size=size), str(path))
    names = {info.filename: info for info in listed if info.filename.lower().endswith(".json")}
    return [Member(path, name, names[name].file_size, zipped=True) for name in sorted(names)]


def holds_collection(path: Path, kinds: frozenset[str]) -> bool:
    """Tell whether one of the first files is a SharpHound file of a known kind."""
    if path.is_file() and not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            start = stream.read(16).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
        if not start.startswith(b"{"):
            return False
    try:
        found = members(path)[:_MOST_ASKED]
        return any((meta := member.meta()) is not None and meta.kind in kinds for member in found)
    except InputError as error:
        return error.what is _LOCKED
