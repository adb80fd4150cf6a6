"""Keeping a store small and no older than it should be: merging, forgetting, and what it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.census import Census
from rempart.detection.collect.blocks import MOST_ROWS
from rempart.detection.collect.merging import merged
from rempart.detection.events import TIME, Block
from rempart.detection.store.layout import HOUR, Part
from rempart.detection.store.manifest import (
    Manifest,
    all_inputs,
    begin,
    commit,
    kept_still,
    manifests,
    ordered,
    writing,
)
from rempart.detection.store.reading import Damaged, part_of
from rempart.detection.store.writing import FEW, parted, write_part


@dataclass(frozen=True)
class Changed:
    """What an upkeep did.

    Attributes:
        before, after: files.
        bytes_before, bytes_after: of them.
        forgotten: events that are no longer there.

    """

    before: int
    after: int
    bytes_before: int
    bytes_after: int
    forgotten: int = 0


@dataclass(frozen=True)
class Held:
    """What a store holds of one class and day.

    Attributes:
        source, code: the class.
        day: None: events without a moment.
        events, bytes: of that day; a file of several days is told on its first.
        first, last: hours of the first and the last.

    """

    source: str
    code: str
    day: datetime | None
    events: int
    bytes: int
    first: datetime | None
    last: datetime | None


def listing(folder: Path) -> list[Held]:
    """Return what a store holds, by class and day, without opening its files.

    Raises:
        InputError: the folder is no store, or its manifests were altered.

    """
    groups: dict[tuple[str, str, datetime | None], list[Part]] = {}
    for part in ordered(part for one in manifests(folder) for part in one.parts):
        day = part.first.replace(hour=0) if part.first else None
        groups.setdefault((part.source, part.code, day), []).append(part)
    return [
        Held(
            *key,
            events=sum(part.rows for part in found),
            bytes=sum(part.bytes for part in found),
            first=min((part.first for part in found if part.first), default=None),
            last=max((part.last for part in found if part.last), default=None),
        )
        for key, found in groups.items()
    ]


def compact(folder: Path, census: Census) -> Changed:
    """Merge small files: those of one class and of neighbouring hours, and those many runs wrote of one hour.

    A file that cannot be read stays as it is, and is told in the census.

    Raises:
        InputError: as `manifest.writing`; or the store is being searched.

    """
    with writing(folder), kept_still(folder, alone=True):
        return _rewritten(folder, "compact", _groups(_parts(folder)), None, census)


def prune(folder: Path, keep: timedelta, at: datetime, census: Census) -> Changed:
    """Forget the events older than `keep` at the moment `at`: whole files go, one that holds younger events is cut.

    Events without a moment stay: nobody knows their age.
    What was read stays known: the same logs added again do not bring old events back.

    Raises:
        InputError: as `compact`.

    """
    with writing(folder), kept_still(folder, alone=True):
        return _rewritten(folder, "prune", [[part] for part in _parts(folder)], at - keep, census)


def _parts(folder: Path) -> list[Part]:
    return ordered(part for one in manifests(folder) for part in one.parts)


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Return which files become one: neighbours of a class, until they make a file worth its weight."""
    groups: list[list[Part]] = []
    for part in parts:
        group = groups[-1] if groups else []
        rows = sum(one.rows for one in group)
        same = bool(group) and group[0].event_class == part.event_class and _dated(group[0]) == _dated(part)
        small = rows < FEW or (rows + part.rows <= MOST_ROWS and _one_hour(group) and part.first == group[0].first)
        if same and small and rows + part.rows <= MOST_ROWS:
            group.append(part)
        else:
            groups.append([part])
    return groups


def _dated(part: Part) -> bool:
    return part.first is not None


def _one_hour(group: Sequence[Part]) -> bool:
    return all(part.first == part.last == group[0].first for part in group)


def _rewritten(
    folder: Path, why: str, groups: Sequence[Sequence[Part]], oldest: datetime | None, census: Census
) -> Changed:
    """Write again the files that change, and tell all that stands in one manifest."""
    standing = manifests(folder)
    before = [part for group in groups for part in group]
    run = _name(why, standing, oldest)
    begin(folder, run)
    after: list[Part] = []
    for group in groups:
        if all(_stays(part, oldest) for part in group) and len(group) == 1:
            after.extend(group)
        elif oldest is None or any(_some_stay(part, oldest) for part in group):
            after.extend(_again(folder, group, oldest, f"{run}-{len(after)}", census))
    if after == before and len(standing) <= 1:
        (folder / "runs" / f"{run}.started").unlink()
    else:
        commit(folder, Manifest(run, all_inputs(standing), tuple(after), tuple(one.run for one in standing)))
    return Changed(
        len(before),
        len(after),
        sum(part.bytes for part in before),
        sum(part.bytes for part in after),
        sum(part.rows for part in before) - sum(part.rows for part in after),
    )


def _stays(part: Part, oldest: datetime | None) -> bool:
    return oldest is None or part.first is None or part.first >= oldest


def _some_stay(part: Part, oldest: datetime) -> bool:
    return part.last is None or part.last + HOUR > oldest


def _again(folder: Path, group: Sequence[Part], oldest: datetime | None, name: str, census: Census) -> Iterator[Part]:
    """Yield what takes the place of some files: those that can be read as one, the others as they are."""
    read: list[pa.RecordBatch] = []
    for part in group:
        try:
            read.append(part_of(folder, part, None))
        except Damaged as error:
            census.flaw(part.path, str(error), max(part.rows, 1))
            yield part
    if not read:
        return
    batch = merged(read)
    if oldest is not None:
        times = batch.column(TIME)
        batch = batch.filter(pc.greater_equal(times, pa.scalar(oldest, times.type)).fill_null(pa.scalar(value=True)))
    for number, pieces in enumerate(parted(batch) if batch.num_rows else ()):
        yield write_part(folder, Block(group[0].event_class, pieces), f"{name}-{number}")


def _name(why: str, standing: Sequence[Manifest], oldest: datetime | None) -> str:
    told = repr((why, sorted(one.run for one in standing), oldest.astimezone(UTC).isoformat() if oldest else ""))
    return sha256(told.encode()).hexdigest()[:16]
