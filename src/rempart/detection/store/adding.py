"""Adding logs to a store: each event once, whatever was killed, repeated, renamed or grown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.census import Census
from rempart.detection.collect.plan import files_of
from rempart.detection.collect.read import Options, read
from rempart.detection.events import FILE, LENGTH, OFFSET, TIME, Reading
from rempart.detection.store.known import Fresh, Numbers, fresh, new_events
from rempart.detection.store.layout import Part
from rempart.detection.store.manifest import all_inputs, manifests, writing
from rempart.detection.store.reading import Damaged, part_of
from rempart.detection.store.writing import write
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


class _Stored(Reading):
    """Every field of every event; and its text, but where the fields tell all of it."""

    def wants_text(self, source: str) -> bool:
        """Windows and clouds write fields; others write lines."""
        return not source.startswith(("windows/", "cloud/"))


STORED = _Stored({}, every_field=True)
"""What a store keeps."""
BATCH_BYTES = 4 << 30
"""Logs of one run: what has to be read again when it is killed."""


@dataclass
class Added:
    """What an addition did.

    Attributes:
        events: events added.
        files: files that had something new.
        known: files of which all was there already.
        parts: files written.
        bytes: of them.
        census: what was read to find them.

    """

    events: int = 0
    files: int = 0
    known: int = 0
    parts: int = 0
    bytes: int = 0
    census: Census = field(default_factory=Census)


def add(paths: Sequence[Path], folder: Path, *, options: Options | None = None) -> Added:
    """Add the events of files, of folders, of archives to a store, which is made when it is not there.

    Args:
        paths: where the logs are.
        folder: the store.
        options: how to read them.

    Raises:
        InputError: a path does not exist, the folder is no store or cannot be written to, another program writes there.

    """
    asked = options or Options()
    files = list(files_of(paths))
    _apart(files, folder)
    added = Added()
    with writing(folder):
        for batch in _batches(files, folder, added):
            _run(batch, folder, asked, added)
    return added


def _apart(files: Sequence[str], folder: Path) -> None:
    """Refuse logs that are in the store itself."""
    own = folder.resolve()
    for file in files:
        if Path(file).resolve().is_relative_to(own):
            raise InputError(
                Text(fr="ces journaux sont dans le magasin lui-même", en="these logs are in the store itself"),
                where=file,
            )


def _batches(files: Sequence[str], folder: Path, added: Added) -> Iterator[list[Fresh]]:
    """Yield the files that have something new, a few gigabytes at once."""
    known = list(all_inputs(manifests(folder)))
    batch: list[Fresh] = []
    weight = 0
    for file in files:
        try:
            found = fresh(file, known)
        except OSError as error:
            added.census.flaw(file, f"cannot be opened: {error.strerror or error}")
            continue
        if found is None:
            added.known += 1
            continue
        if batch and weight + found.input.size > BATCH_BYTES:
            yield batch
            batch, weight = [], 0
        batch.append(found)
        known.append(found.input)
        weight += found.input.size
    if batch:
        yield batch


def _run(batch: Sequence[Fresh], folder: Path, options: Options, added: Added) -> None:
    starts = {one.input.file: one.start for one in batch if one.start}
    numbers = _numbers(folder, {one.input.file: one.translated for one in batch})
    census = Census()
    blocks = read([Path(one.input.file) for one in batch], STORED, census, options=options)
    inputs = tuple(one.input for one in batch)
    parts = write(new_events(blocks, starts, numbers), folder, census, run=_name(batch), inputs=inputs)
    added.events += sum(part.rows for part in parts)
    added.files += len(batch)
    added.parts += len(parts)
    added.bytes += sum(part.bytes for part in parts)
    added.census.add(census)


def _name(batch: Sequence[Fresh]) -> str:
    """Return the name of a run: the same for the same bytes, so that what a killed run left is written over."""
    told = sha256()
    for one in batch:
        told.update(
            repr((one.input.file, one.input.size, one.input.digest, one.start)).encode("utf-8", "surrogateescape")
        )
    return told.hexdigest()[:16]


def _numbers(folder: Path, files: Mapping[str, bool]) -> Numbers:
    """Return, of the files that the store knows by name, the places of the events that bytes do not tell apart.

    Args:
        folder: the store.
        files: by name, whether places in it are not those of its bytes; else, only of the events found by number.

    """
    standing = manifests(folder)
    again = {one.file: files[one.file] for one in all_inputs(standing) if one.file in files}
    if not again:
        return {}
    found: dict[str, set[tuple[int, int | None]]] = {}
    for part in (part for one in standing for part in one.parts):
        for name, offset, time in _numbered(folder, part, again):
            found.setdefault(name, set()).add((offset, time))
    return {name: frozenset(told) for name, told in found.items()}


def _numbered(folder: Path, part: Part, files: Mapping[str, bool]) -> Iterator[tuple[str, int, int | None]]:
    try:
        batch = part_of(folder, part, Reading({}))
    except Damaged:  # told when it is read
        return
    names = batch.column(FILE).cast(pa.string())
    by_number = pc.and_(pc.equal(batch.column(LENGTH), 0), pc.is_in(names, pa.array(list(files), pa.string())))
    translated = pa.array([name for name, told in files.items() if told], pa.string())
    kept = batch.filter(pc.or_(by_number, pc.is_in(names, translated)))
    times = kept.column(TIME).cast(pa.int64()).to_pylist()
    yield from zip(kept.column(FILE).to_pylist(), kept.column(OFFSET).to_pylist(), times, strict=True)
