"""LDIF (RFC 2849): what ldapsearch, ldifde and every LDAP server export; plain or gzip, one file or a folder."""

from binascii import Error as BinasciiError
from binascii import a2b_base64
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rempart.directory.attributes import ATTRIBUTES, generalized_time
from rempart.directory.builder import DESCRIPTOR, SnapshotBuilder
from rempart.directory.collect.ldif_text import Block, blocks, starts_as_ldif
from rempart.directory.collect.source import Progress
from rempart.directory.names import dn_key, domain_of, partition_of
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NAME = "ldif"

_KEYWORDS = frozenset({"dn", "changetype", "result", "currenttime"})
_TRAILERS = frozenset({b"search", b"result", b"ref", b"control", b"text", b"matcheddn", b"pagedresults"})
"""First words of the blocks that ldapsearch writes between and after the records."""
_ANSWERED = frozenset({b"0", b"9", b"10", b"14"})
"""Result codes of a search that was answered whole: success and referrals (RFC 4511, 4.1.9)."""
_CURRENT_TIME = "currenttime"
"""Attribute of the root DSE (MS-ADTS 3.1.1.3.2.4): the moment of the export, by the server's clock."""
_NAMES_KEPT = 10_000

_URL = Text(
    fr="valeur désignée par une adresse (« :< ») : Rempart ne lit aucun autre fichier que celui-ci",
    en="value given by a URL (`:<`): Rempart reads no other file than this one",
)
_URL_ADVICE = Text(
    fr="Refaites l'export avec les valeurs dans le fichier (ldapsearch sans -t).",
    en="Export again with the values inside the file (ldapsearch without -t).",
)
_CHANGE = Text(
    fr="ce fichier modifie un annuaire (changetype: {kind}), il n'en est pas l'export",
    en="this file changes a directory (changetype: {kind}), it is no export of one",
)
_CHANGE_ADVICE = Text(
    fr="Donnez l'export complet de l'annuaire (ldapsearch, ldifde -f).",
    en="Give the whole export of the directory (ldapsearch, ldifde -f).",
)
_STOPPED = Text(
    fr="l'export s'est arrêté avant la fin (résultat LDAP {code}) : il manque des objets",
    en="the export stopped before its end (LDAP result {code}): objects are missing",
)


def recognises(path: Path) -> bool:
    """Tell whether a file, or any file right inside a folder, starts as LDIF does."""
    return bool(_files(path))


def read(path: Path, progress: Progress) -> Snapshot:
    """Read an LDIF file, or all those of a folder, in name order; progress counts bytes on disk.

    Raises:
        InputError: damaged compression, binary content, a URL value, a file of changes, or no object at all.

    """
    files = _files(path)
    sizes = [file.stat().st_size for file in files]
    builder = SnapshotBuilder(NAME)
    reading = _Reading(builder)
    for number, file in enumerate(files):
        for block in blocks(file, _shifted(progress, sum(sizes[:number]), sum(sizes))):
            reading.take(block)
    progress(sum(sizes), sum(sizes))
    try:
        return builder.finish(reading.taken_at)
    except InputError as error:
        raise InputError(error.what, str(path), error.advice) from error


def _files(path: Path) -> list[Path]:
    entries = sorted(path.iterdir()) if path.is_dir() else [path]
    return [entry for entry in entries if entry.is_file() and starts_as_ldif(entry)]


def _shifted(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    return lambda read: progress(done + read, total)


class _Reading:
    """Turns blocks into records of the builder; remembers the last name, to place a search that was cut short."""

    def __init__(self, builder: SnapshotBuilder) -> None:
        self.taken_at: datetime | None = None
        self._builder = builder
        self._last = ""
        # names as they are written, with the second colon that announces base64, to the name under which to keep them
        self._plain: dict[bytes, str] = {}
        self._coded: dict[bytes, str] = {}
        self._ignored: set[bytes] = set()

    def take(self, block: Block) -> None:
        """Give the builder the record of a block, or a flaw; heed what ldapsearch says between records."""
        attributes: dict[str, list[bytes]] = {}
        ignored, plain = self._ignored, self._plain
        # a loop over the lines of every record: LDIF has no other shape; a name the snapshot lacks costs one look-up
        for index, line in enumerate(block.lines()):
            name, _, value = line.partition(b": ")
            if name in ignored:
                continue
            if (kept := plain.get(name)) is not None and len(name) < len(line):
                value = value.lstrip(b" ")
            elif (kept := self._coded.get(name)) is not None:
                try:
                    value = a2b_base64(value, strict_mode=True)
                except BinasciiError:
                    kept, value = self._read(line, block, index)
            else:
                kept, value = self._read(line, block, index)
            if kept in attributes:
                attributes[kept].append(value)
            elif kept:
                attributes[kept] = [value]
        self._give(block, attributes)

    def _read(self, line: bytes, block: Block, index: int) -> tuple[str, bytes]:
        """Read a line the long way and learn its name; the name is empty when there is nothing to keep."""
        name, colon, value = line.partition(b":")
        if name[:1] == b"#":
            return "", b""
        if not colon:
            self._builder.flaw(block.place(index), "line without a colon")
            return "", b""
        if value[:1] == b"<":
            raise InputError(_URL, block.place(index), _URL_ADVICE)
        kept = self._learn(name)
        if value[:1] != b":":
            return kept, value.lstrip(b" ")
        try:
            return kept, a2b_base64(value[1:].strip(b" "), strict_mode=True)
        except BinasciiError as error:
            self._builder.flaw(block.place(index), f"base64: {error}")
            return "", b""

    def _learn(self, name: bytes) -> str:
        """Return the LDAP name under which to keep a line, empty for those the snapshot has no use for."""
        text = name.decode("ascii", errors="replace")
        base = text.lower().partition(";")[0]
        if base in _KEYWORDS:
            text = base
        wanted = base in _KEYWORDS or base in ATTRIBUTES or base == DESCRIPTOR
        if len(self._plain) + len(self._ignored) < _NAMES_KEPT:
            if wanted:
                self._plain[name] = self._coded[name + b":"] = text
            else:
                self._ignored |= {name, name + b":"}
        return text if wanted else ""

    def _give(self, block: Block, attributes: dict[str, list[bytes]]) -> None:
        names = attributes.pop("dn", [])
        kinds = attributes.pop("changetype", [b"add"])
        if not names:
            self._between(block, attributes)
        elif kinds != [b"add"]:
            kind = kinds[-1].decode(errors="replace")
            raise InputError(_CHANGE.filled(kind=kind), block.place(0), _CHANGE_ADVICE)
        elif len(names) > 1:
            self._builder.flaw(block.place(0), "two records without a blank line between them")
        elif not names[0]:
            self._root(block, attributes)
        else:
            try:
                self._last = names[0].decode()
            except UnicodeDecodeError as error:
                self._builder.flaw(block.place(0), f"dn: {error}")
            else:
                self._builder.add(self._last, attributes)

    def _root(self, block: Block, attributes: dict[str, list[bytes]]) -> None:
        """Take the date of the export from the root DSE, which is no object of the directory."""
        for value in attributes.get(_CURRENT_TIME, []):
            try:
                self.taken_at = generalized_time(value.decode())
            except ValueError as error:
                self._builder.flaw(block.place(0), f"currentTime: {error}")

    def _between(self, block: Block, attributes: dict[str, list[bytes]]) -> None:
        """Heed a block without a name: comments, a trailer of ldapsearch, or a broken record."""
        words = {line.partition(b":")[0].lower() for line in block.lines() if line[:1] != b"#"} - {b"version"}
        if words - _TRAILERS:
            self._builder.flaw(block.place(0), "record without a dn")
        for value in attributes.get("result", []):
            code = value.partition(b" ")[0]
            if code not in _ANSWERED and self._last:
                key = dn_key(self._last)
                reason = _STOPPED.filled(code=code.decode(errors="replace"))
                self._builder.gap(f"partition:{partition_of(key)}", reason, domain_of(key) or None)
            self._last = ""
