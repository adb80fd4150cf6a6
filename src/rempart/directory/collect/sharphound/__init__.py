"""SharpHound and BloodHound collections (JSON of versions 3 to 6): zip, folder or one file.

SharpHound resolves access rights itself: they become grants under BloodHound's names. What it does not read is a gap.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rempart.directory.builder import SnapshotBuilder
from rempart.directory.collect.sharphound.files import Member, Meta, holds_collection, members
from rempart.directory.collect.sharphound.node import node_of
from rempart.directory.collect.sharphound.reading import Reading
from rempart.directory.collect.sharphound.records import CLASSES
from rempart.directory.collect.sharphound.stream import entries
from rempart.directory.collect.source import Progress, silent
from rempart.directory.snapshot import Snapshot
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

NAME = "sharphound"

_KINDS = frozenset(CLASSES)
_OLDEST = 3
_REPORT_EVERY = 1_000
_TOO_OLD = Text(
    fr="collecte SharpHound au format {version}, trop ancien (3 au moins)",
    en="SharpHound collection in format {version}, too old (3 at least)",
)
_TOO_OLD_ADVICE = Text(
    fr="Relancez la collecte avec un SharpHound récent.", en="Collect again with a recent SharpHound."
)
_DAMAGED = Text(fr="fichier SharpHound tronqué ou abîmé ({why})", en="truncated or damaged SharpHound file ({why})")
_ADVICE = Text(
    fr="Reprenez l'archive d'origine, ou relancez la collecte SharpHound.",
    en="Take the original archive again, or run the SharpHound collection again.",
)
_NOTHING = Text(fr="aucun fichier SharpHound", en="no SharpHound file")


def recognises(path: Path) -> bool:
    """Tell whether `path` is a SharpHound collection, by the `meta` block of its JSON files."""
    return holds_collection(path, _KINDS)


def read(path: Path, progress: Progress = silent) -> Snapshot:
    """Read a SharpHound collection, or several in one archive: the newest one says what an object is.

    Progress counts bytes of the files, once unpacked.

    Raises:
        InputError: no SharpHound file there, one too old, cut short or damaged, or an archive with a password.

    """
    reading = Reading(SnapshotBuilder(NAME))
    with members(path) as found:
        files = _files(found, reading)
        if not files:
            raise InputError(_NOTHING, str(path), _ADVICE)
        _read_all(files, reading, progress)
    return reading.builder.finish(_taken_at(files))


def _read_all(files: list[tuple[Member, Meta]], reading: Reading, progress: Progress) -> None:
    total = sum(member.size for member, _ in files)
    done = 0
    for member, meta in files:
        for share in _read(member, meta, reading):
            progress(done + min(share, member.size), total)
        done += member.size
    reading.finish()
    progress(total, total)


def _files(listed: list[Member], reading: Reading) -> list[tuple[Member, Meta]]:
    """Return the files to read, newest first; those that are not SharpHound's are flaws."""
    found = []
    for member in listed:
        meta = member.meta()
        if meta is None or meta.kind not in _KINDS:
            reading.builder.flaw(member.name, f"not read: {meta.kind if meta else 'not a SharpHound file'}")
            continue
        if meta.version < _OLDEST:
            raise InputError(_TOO_OLD.filled(version=meta.version), member.place, _TOO_OLD_ADVICE)
        found.append((member, meta))
    return sorted(found, key=lambda pair: pair[0].timestamp, reverse=True)


def _read(member: Member, meta: Meta, reading: Reading) -> Iterator[int]:
    """Give every node of a file to the reading, yielding now and then an estimate of the bytes read."""
    taken = 0
    share = member.size / max(meta.count or 0, 1)
    with member.text() as stream:
        try:
            for key, value in entries(stream):
                if key.lower() not in {"data", meta.kind} or value is None:
                    continue
                taken += 1
                node = node_of(meta.kind, value)
                if node is None:
                    reading.builder.flaw(f"{member.name} #{taken}", "an object without identifier")
                else:
                    reading.add(node)
                if taken % _REPORT_EVERY == 0:
                    yield int(taken * share)
        except ValueError as error:
            raise InputError(_DAMAGED.filled(why=error), f"{member.place} #{taken + 1}", _ADVICE) from error
    if meta.count is not None and taken != meta.count:
        reading.builder.flaw(member.name, f"{taken} objects, though the file says {meta.count}")


def _taken_at(files: list[tuple[Member, Meta]]) -> datetime | None:
    """Return the latest moment written in the names of the files; the collector's own clock, taken as UTC."""
    for member, _ in files:
        try:
            return datetime.strptime(member.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
