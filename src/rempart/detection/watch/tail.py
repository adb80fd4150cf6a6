"""Follows files and folders: what is new, from where it was left, through rotation, truncation and restarts."""

import glob
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

_HEAD = 256
"""First bytes of a file, kept to know it again: an inode number may be given to another file."""
_FIRST_LINES = 8192
"""Bytes of the first lines of a file that its reader sees again: columns are named there (CSV, W3C)."""
SETTLED = 10.0
"""Seconds without a change after which a rotated file's last line is taken as it is."""
WHOLE = (b"ElfFile\0", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")
"""How files begin that cannot be read line by line: EVTX, gzip, zstd, zip."""
_BEING_WRITTEN = 2.0
"""Seconds after which the last event of an audit log, made of several lines, is taken for whole."""
_AUDIT = b"msg=audit("


@dataclass(frozen=True)
class Followed:
    """A file and how far it was read.

    Attributes:
        id: its number in the state.
        path: where it stands now.
        label: its name in the references of events.
        device, inode, head: what it is known by.
        position: bytes read.
        skipping: they end inside a line too long, whose end is to be dropped.
        stamp: size and moment of change of a file read whole, when it was.
        record: the greatest record number read of an EVTX file.

    """

    id: int
    path: Path
    label: str
    device: int
    inode: int
    head: bytes
    position: int
    skipping: bool = False
    stamp: str = ""
    record: int = -1


class Chunk(NamedTuple):
    """New bytes of a file: whole lines, or a file to read whole (`content` None).

    Attributes:
        file: the file, with the position the chunk begins at.
        content: whole lines.
        end: the position after them.
        head: the first lines of the file, for formats that say their columns there; empty for its first chunk.
        skipping: the chunk ends inside a line too long, to be dropped up to its end.
        flaw: what could not be read, empty when all could.
        stamp: of a file to read whole.
        mixed: its lines may be of several formats: the journal, where anybody writes.
        record: of a file to read whole, the greatest record number once it was read.

    """

    file: Followed
    content: bytes | None
    end: int
    head: bytes = b""
    skipping: bool = False
    flaw: str = ""
    stamp: str = ""
    record: int = -1
    mixed: bool = False


class Tail:
    """The files of some paths.

    Args:
        paths: files, folders or patterns.
        block: bytes of the largest chunk; a line longer than that is dropped and told.
        readable: how many bytes of a path may be read (the journal's are those on disk for sure).
        journal: the folder of the journal, followed too, always from its beginning.
        forgotten: seconds after which a file that is gone is forgotten: longer than its alerts are kept, for another
            file may then have its label.

    """

    def __init__(
        self,
        paths: Iterable[str],
        block: int,
        *,
        journal: Path | None = None,
        readable: Callable[[Path], int] | None = None,
        forgotten: float = 37 * 86400.0,
    ) -> None:
        self._paths = tuple(paths)
        self._block = block
        self._journal = journal
        self._readable = readable
        self.followed: dict[tuple[int, int], Followed] = {}
        self._forgotten = forgotten
        self._sizes: dict[tuple[int, int], int] = {}

    def load(self, connection: sqlite3.Connection) -> None:
        """Take up the positions of the state, whatever was known before."""
        self.followed.clear()
        for row in connection.execute("SELECT * FROM files WHERE gone IS NULL"):
            found = Followed(
                row["id"], Path(row["path"]), row["label"], row["device"], row["inode"],
                bytes(row["head"]), row["position"], bool(row["skipping"]), row["stamp"], row["record"],
            )  # fmt: skip
            self.followed[found.device, found.inode] = found

    def look(self, connection: sqlite3.Connection, now: float, *, from_end: bool = False) -> list[str]:
        """Find new, replaced and vanished files, in a transaction of the caller; return what was lost, to be told."""
        lost: list[str] = []
        seen: set[tuple[int, int]] = set()
        for path in self._found():
            try:
                status = path.stat()
            except OSError:
                continue
            key = (status.st_dev, status.st_ino)
            if not S_ISREG(status.st_mode) or key in seen:
                continue
            seen.add(key)
            self._sizes[key] = status.st_size
            known = self.followed.get(key)
            if known is not None and not _same(known, path, status.st_size):
                _end(connection, known, now)
                known = None
            if known is None:
                ours = self._journal is not None and path.parent == self._journal
                self._start(connection, path, status, at_end=from_end and not ours)
            elif known.path != path and not _stands(known):
                self._moved(connection, known, path)
        for key in self.followed.keys() - seen:
            lost += self._absent(connection, key, now)
        connection.execute("DELETE FROM files WHERE gone < ?", (now - self._forgotten,))
        return lost

    def chunks(self, now: float) -> Iterator[Chunk]:
        """Yield at most one chunk of each file that has something new."""
        for key in list(self.followed):
            chunk = self._chunk(self.followed[key], now)
            if chunk is not None:
                yield chunk

    def advance(self, connection: sqlite3.Connection, chunk: Chunk) -> None:
        """Write that a chunk was processed, in a transaction of the caller."""
        head = chunk.file.head
        if len(head) < _HEAD and not head.startswith(WHOLE):
            head = _head(chunk.file.path) or head
        connection.execute(
            "UPDATE files SET position = ?, skipping = ?, head = ?, stamp = ?, record = ? WHERE id = ?",
            (chunk.end, chunk.skipping, head, chunk.stamp, chunk.record, chunk.file.id),
        )
        known = self.followed[chunk.file.device, chunk.file.inode]
        self.followed[known.device, known.inode] = replace(
            known, position=chunk.end, skipping=chunk.skipping, head=head, stamp=chunk.stamp, record=chunk.record
        )

    def position(self, path: Path) -> int:
        """Return how far a path was read, 0 when it is not followed."""
        return next((each.position for each in self.followed.values() if each.path == path), 0)

    def behind(self) -> int:
        """Return how many bytes are waiting to be read."""
        return sum(max(0, self._size(each) - each.position) for each in self.followed.values() if not each.stamp)

    def _size(self, file: Followed) -> int:
        try:
            size = file.path.stat().st_size
        except OSError:
            return file.position
        return min(size, self._readable(file.path)) if self._owns(file) and self._readable else size

    def _owns(self, file: Followed) -> bool:
        return self._journal is not None and file.path.parent == self._journal

    def _found(self) -> Iterator[Path]:
        if self._journal is not None:
            yield from sorted(self._journal.glob("received-*.log"))
        for pattern in self._paths:
            for name in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 — patterns are whole paths
                if not os.path.isdir(name):  # noqa: PTH112 — a folder of ten thousand files is walked each second
                    yield Path(name)
                    continue
                for folder, _, names in os.walk(name):
                    yield from (Path(folder) / each for each in sorted(names) if not each.startswith("."))

    def _start(self, connection: sqlite3.Connection, path: Path, status: os.stat_result, *, at_end: bool) -> None:
        label, number = str(path), 1
        while connection.execute("SELECT 1 FROM files WHERE label = ?", (label,)).fetchone():
            number += 1
            label = f"{path}#{number}"
        position = status.st_size if at_end else 0
        head = _head(path)
        stamp = _stamp(status) if at_end and head.startswith(WHOLE) else ""
        cursor = connection.execute(
            "INSERT INTO files (path, label, device, inode, head, position, stamp) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (str(path), label, status.st_dev, status.st_ino, head, position, stamp),
        )
        found = Followed(cursor.lastrowid or 0, path, label, status.st_dev, status.st_ino, head, position, stamp=stamp)
        self.followed[found.device, found.inode] = found

    def _moved(self, connection: sqlite3.Connection, known: Followed, path: Path) -> None:
        connection.execute("UPDATE files SET path = ? WHERE id = ?", (str(path), known.id))
        self.followed[known.device, known.inode] = replace(known, path=path)

    def _absent(self, connection: sqlite3.Connection, key: tuple[int, int], now: float) -> list[str]:
        """Look beside a file that its paths no longer name: a rotation renames it, and its end is still to be read."""
        known = self.followed[key]
        beside = _renamed(known)
        if beside is not None:
            if beside != known.path:
                self._moved(connection, known, beside)
            return []
        _end(connection, known, now)
        del self.followed[key]
        left = self._sizes.pop(key, 0) - known.position
        if self._owns(known) or left <= 0 or known.stamp:
            return []
        return [f"{known.label}:{known.position}: removed before {left} bytes were read"]

    def _chunk(self, file: Followed, now: float) -> Chunk | None:
        try:
            with file.path.open("rb") as stream:
                status = os.fstat(stream.fileno())
                if (status.st_dev, status.st_ino) != (file.device, file.inode) or status.st_size < file.position:
                    return None  # replaced or truncated: the next look says so
                if file.head.startswith(WHOLE) or (not file.head and stream.peek(8).startswith(WHOLE)):
                    return _whole(file, status, now)
                limit = self._block
                if self._owns(file) and self._readable:
                    limit = min(limit, max(0, self._readable(file.path) - file.position))
                head = stream.read(_FIRST_LINES) if file.position else b""
                stream.seek(file.position)
                data = stream.read(limit)
        except OSError as error:
            return Chunk(file, b"", file.position, flaw=f"{file.label}: {error.strerror}") if _stands(file) else None
        last = now - status.st_mtime > SETTLED and not _stands_at_its_path(file)
        chunk = _lines(file, data, self._block, head, last=last)
        if chunk is not None and chunk.content and now - status.st_mtime < _BEING_WRITTEN:
            chunk = _without_open_event(chunk)
        return chunk._replace(head=b"", mixed=True) if chunk is not None and self._owns(file) else chunk


def _lines(file: Followed, data: bytes, longest: int, head: bytes, *, last: bool) -> Chunk | None:
    """Return the whole lines of new bytes; the last one without its line feed waits, save in a file that is over."""
    if not data:
        return None
    start = file.position
    dropped = 0
    if file.skipping:
        dropped = data.find(b"\n") + 1
        if not dropped:
            return Chunk(file, b"", start + len(data), skipping=True)
    end = data.rfind(b"\n") + 1
    if end <= dropped:
        if len(data) >= longest and not dropped:
            flaw = f"{file.label}:{start}: line longer than {longest} bytes, dropped"
            return Chunk(file, b"", start + len(data), skipping=True, flaw=flaw)
        if not last:
            return Chunk(file, b"", start + dropped) if dropped else None
        end = len(data)
    begun = replace(file, position=start + dropped)
    return Chunk(begun, data[dropped:end], start + end, head=head)


def _without_open_event(chunk: Chunk) -> Chunk | None:
    """Leave the last event of an audit log for later: its other lines may be under way, and tell what it means."""
    content = chunk.content or b""
    last = content[content.rfind(b"\n", 0, len(content) - 1) + 1 :]
    start = last.find(_AUDIT)
    mark = last[start : last.find(b")", start) + 1] if start >= 0 else b""
    if not mark:
        return chunk
    cut = content.rfind(b"\n", 0, content.find(mark)) + 1
    return chunk._replace(content=content[:cut], end=chunk.end - len(content) + cut) if cut else None


def _whole(file: Followed, status: os.stat_result, now: float) -> Chunk | None:
    """Return a file to be read whole, once it no longer changes."""
    stamp = _stamp(status)
    if stamp == file.stamp or now - status.st_mtime < SETTLED:
        return None
    return Chunk(file, None, status.st_size, stamp=stamp)


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}-{status.st_mtime_ns}"


def _head(path: Path) -> bytes:
    """Return the first bytes of a file; of one read whole its kind only: an EVTX file's header changes as it grows."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            return next((kind for kind in WHOLE if head.startswith(kind)), head)
    except OSError:
        return b""


def _same(known: Followed, path: Path, size: int) -> bool:
    """Tell whether it is still the file that was known: not shorter than what was read, and beginning alike."""
    return (size >= known.position or bool(known.stamp)) and _head(path).startswith(known.head)


def _stands(file: Followed) -> bool:
    try:
        status = file.path.stat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (file.device, file.inode)


def _stands_at_its_path(file: Followed) -> bool:
    """Tell whether a file still has the name it was found under: after a rotation it has another, and grows no more."""
    return re.sub(r"#\d+\Z", "", file.label) == str(file.path)


def _renamed(file: Followed) -> Path | None:
    """Return where a file stands now in its folder."""
    if _stands(file):
        return file.path
    try:
        with os.scandir(file.path.parent) as entries:
            return next((Path(entry.path) for entry in entries if entry.inode() == file.inode), None)
    except OSError:
        return None


def _end(connection: sqlite3.Connection, known: Followed, now: float) -> None:
    connection.execute("UPDATE files SET gone = ?, inode = -id WHERE id = ?", (now, known.id))
