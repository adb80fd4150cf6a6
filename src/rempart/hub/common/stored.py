"""Bytes in the storage that no row speaks of: what a process killed between the two leaves behind.

Each room says which folder of the storage is its own, and which of some names its rows still speak of. A folder that no
room claims is never touched, nor a file younger than a day: its row may still be on its way.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import default_storage

YOUNG = timedelta(days=1)
BATCH = 1000
Spoken = Callable[[Collection[str]], set[str]]
"""Given names in the storage, return those that rows speak of."""
_FOLDERS: dict[str, Spoken] = {}


def keeps(folder: str) -> Callable[[Spoken], Spoken]:
    """Register the folder where a room keeps its files, with what tells which of them its rows speak of."""

    def register(spoken: Spoken) -> Spoken:
        _FOLDERS[folder] = spoken
        return spoken

    return register


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found: the names without a row, and their weight in bytes."""

    names: tuple[str, ...]
    size: int


def sweep(*, at: datetime, dry_run: bool = False) -> Swept:
    """Delete the files of more than a day that no row speaks of, and return them; `dry_run` deletes nothing."""
    names, size = [], 0
    for folder, spoken in sorted(_FOLDERS.items()):
        for some in _batches(_files(folder)):
            for name in sorted(set(some) - spoken(some)):
                if default_storage.get_modified_time(name) >= at - YOUNG or name in spoken([name]):
                    continue
                size += default_storage.size(name)
                names.append(name)
                if not dry_run:
                    default_storage.delete(name)
    return Swept(tuple(names), size)


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(names, BATCH)):
        yield some


def _files(folder: str) -> Iterator[str]:
    """Yield the names of all files below a folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever kept there
    yield from (f"{folder}/{name}" for name in files if name)
    for inner in folders:
        yield from _files(f"{folder}/{inner}")
