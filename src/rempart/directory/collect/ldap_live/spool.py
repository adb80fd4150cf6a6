"""What was already received, kept on disk: a collection cut short goes on where it stopped, even in another process."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgpack

from rempart.directory.collect.ldap_live.link import Entry
from rempart.directory.names import dn_key
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_ORIGIN = "origin.json"
_MAX_RECORD = 1 << 30


def identity(entry: Entry) -> bytes:
    """Return what makes an object the same from one search to the next, even moved: its GUID, else its name."""
    guid = entry[1].get("objectGUID")
    return guid[0] if guid else dn_key(entry[0]).encode()


class PartitionSpool:
    """The entries of one partition, in the order they came."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = path.with_suffix(".done")
        self.known: set[bytes] = set()
        if path.exists():
            self._recover()

    @property
    def done(self) -> bool:
        """Whether every entry of the partition is here."""
        return self._mark.exists()

    def append(self, entries: Iterable[Entry]) -> None:
        """Keep these entries; when it returns they survive the end of the process."""
        packed = bytearray()
        for entry in entries:
            self.known.add(identity(entry))
            packed += msgpack.packb((entry[0], dict(entry[1])))
        self._path.touch(mode=0o600)  # the folder may be one the person already had, readable by others
        with self._path.open("ab") as file:
            file.write(packed)

    def finish(self) -> None:
        """Note that nothing is missing."""
        self._mark.touch()

    def entries(self) -> Iterator[Entry]:
        """Yield every entry kept."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            yield from msgpack.Unpacker(file, use_list=False, max_buffer_size=_MAX_RECORD)

    def _recover(self) -> None:
        """Learn what is here, and drop a last record that was being written when the process ended."""
        with self._path.open("rb+") as file:
            unpacker = msgpack.Unpacker(file, max_buffer_size=_MAX_RECORD)
            whole = 0
            for entry in unpacker:
                self.known.add(identity((entry[0], entry[1])))
                whole = unpacker.tell()
            file.truncate(whole)


class Spool:
    """The work folder of one collection of one forest; what it holds is readable by its owner only."""

    def __init__(self, folder: Path, forest: str, taken_at: str) -> None:
        """Open `folder`, made if needed. `forest` is the DN of the forest's root domain, `taken_at` the server's time.

        Raises:
            InputError: the folder holds the beginning of another forest's collection.

        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        origin = folder / _ORIGIN
        if not origin.exists():
            origin.write_text(json.dumps({"forest": forest, "taken_at": taken_at}), encoding="utf-8")
        kept = json.loads(origin.read_text(encoding="utf-8"))
        if kept["forest"].lower() != forest.lower():
            raise InputError(
                Text(
                    fr=f"ce dossier contient le début de la collecte d'une autre forêt ({kept['forest']})",
                    en=f"this folder holds the beginning of another forest's collection ({kept['forest']})",
                ),
                where=str(folder),
                advice=Text(fr="Choisissez un autre dossier de travail.", en="Choose another work folder."),
            )
        self.taken_at: str = kept["taken_at"]
        """The time of the server when the collection first began."""

    def partition(self, dn: str) -> PartitionSpool:
        """Return the spool of the partition `dn`."""
        name = hashlib.sha256(dn_key(dn).encode()).hexdigest()[:16]
        return PartitionSpool(self.folder / f"{name}.spool")

    def discard(self) -> None:
        """Remove what was kept, once the snapshot is made; the folder too, unless it holds something else."""
        for pattern in ("*.spool", "*.done", _ORIGIN):
            for path in self.folder.glob(pattern):
                path.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
