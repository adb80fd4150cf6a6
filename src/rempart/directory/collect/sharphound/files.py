"""The files of a SharpHound collection: an archive, a folder or one JSON file; what each holds, told by its `meta`."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from rempart.directory.collect.archive import Tree, is_archive, opened
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_ENCRYPTED = 1
_END = 64 << 10
_PIECE = 1 << 20
_META = re.compile(rb'"meta"\s*:\s*(\{[^{}]{0,4096}\})', re.IGNORECASE)
_TIMESTAMP = re.compile(r"(?:^|[^0-9])(20\d{12})_")
_RATIO = 300
_SPARE = 16 << 20
"""A collection unpacks to some 25 times its size; a member made of spaces, to a thousand."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_START = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_MOST_ASKED = 500
_BOMB = Text(
    fr="archive qui se déploie au-delà de toute mesure ({size} octets)",
    en="archive that unpacks beyond measure ({size} bytes)",
)


@dataclass(frozen=True)
class Meta:
    """What a file says of itself: kind of objects (plural, lower case), how many, version of the format."""

    kind: str
    count: int | None
    version: int


@dataclass(frozen=True)
class Member:
    """One file of the collection."""

    tree: Tree
    name: str

    @property
    def size(self) -> int:
        """Bytes, once unpacked."""
        return self.tree.size(self.name)

    @property
    def place(self) -> str:
        """What to call the file in a message."""
        return f"{self.tree.path} ({self.name})"

    @property
    def timestamp(self) -> str:
        """The moment in the file's name, `yyyymmddhhmmss`, empty when there is none."""
        found = _TIMESTAMP.search(self.name)
        return found[1] if found else ""

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """Open the content as text: UTF-8 with or without mark, or UTF-16 as some shells save it."""
        with self.tree.open(self.name) as stream:
            head = io.BufferedReader(cast("io.RawIOBase", stream))
            encoding = "utf-16" if head.peek(2)[:2] in _UTF16 else "utf-8-sig"
            yield io.TextIOWrapper(head, encoding=encoding)

    def meta(self) -> Meta | None:
        """Return the `meta` block, first or last in the file; None when the file has none (it is not SharpHound's)."""
        with self.tree.open(self.name) as stream:
            head = tail = stream.read(_END)
            if not head.lstrip(_START).startswith(b"{"):
                return None
            while piece := stream.read(_PIECE):
                tail = (tail + piece)[-_END:]
        return _read_meta(head) or _read_meta(tail)


def _read_meta(text: bytes) -> Meta | None:
    if b"\0" in text[:100]:
        text = text.replace(b"\0", b"")  # UTF-16; the block itself is plain ASCII
    for found in reversed(_META.findall(text)):
        try:
            block = json.loads(found)
        except ValueError:
            continue
        fields = {str(key).lower(): value for key, value in block.items()}
        kind, count, version = fields.get("type"), fields.get("count"), fields.get("version", 3)
        if isinstance(kind, str) and isinstance(version, int):
            return Meta(kind.lower(), count if isinstance(count, int) else None, version)
    return None


class _Alone:
    """One file as a tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names = [path.name]

    def size(self, name: str) -> int:
        """Return the size of the file."""
        return self.path.with_name(name).stat().st_size

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file."""
        return self.path.with_name(name).open("rb")


@contextmanager
def members(path: Path) -> Iterator[list[Member]]:
    """Open a collection: the JSON files of an archive or folder in name order, or the file itself.

    Raises:
        InputError: a damaged or encrypted archive, or one that would unpack beyond measure.

    """
    if path.is_file() and not is_archive(path):
        yield [Member(_Alone(path), path.name)]
        return
    with opened(path) as tree:
        found = [Member(tree, name) for name in sorted(tree.names) if name.lower().endswith(".json")]
        size = sum(member.size for member in found)
        if path.is_file() and size > _RATIO * path.stat().st_size + _SPARE:
            raise InputError(_BOMB.filled(size=size), str(path))
        yield found


def holds_collection(path: Path, kinds: frozenset[str]) -> bool:
    """Tell whether one of the first files is a SharpHound file of a known kind.

    An archive with a password is recognised by the names in it, so that reading it can say what to do.
    """
    try:
        with members(path) as found:
            return any((meta := member.meta()) is not None and meta.kind in kinds for member in found[:_MOST_ASKED])
    except InputError:
        return _is_locked(path)


def _is_locked(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(info.flag_bits & _ENCRYPTED and _TIMESTAMP.search(info.filename) for info in archive.infolist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False
