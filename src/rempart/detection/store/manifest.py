"""What a store holds: one small file a run, written once its events are all on the disk."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from rempart.detection.store.layout import EVENTS, RUNS, Part
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

FORMAT = "urn:rempart:schema:detection-store:1"
_NOT_ONE = Text(fr="ce dossier n'est pas un magasin d'événements", en="this folder is not a store of events")
_BUSY = Text(fr="un autre programme écrit dans ce magasin", en="another program is writing in this store")
_HUNTED = Text(fr="une recherche lit ce magasin", en="a search is reading this store")
_LATER = Text(fr="Attendez qu'il ait fini, puis recommencez.", en="Wait for its end, then start again.")


@dataclass(frozen=True)
class Input:
    """A file of logs that was read.

    Attributes:
        file: its name, as in the column FILE.
        size: bytes read.
        digest: SHA-256 of them.
        end: where its last whole line ends.
        start: digest of the bytes before `end`.

    """

    file: str
    size: int
    digest: str
    end: int
    start: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Manifest:
    """What a run read and wrote.

    Attributes:
        run: its name.
        inputs: the logs it read.
        parts: the files it wrote.
        folds: the runs whose inputs and events are all told again here: theirs are not read any more.

    """

    run: str
    inputs: tuple[Input, ...]
    parts: tuple[Part, ...]
    folds: tuple[str, ...] = ()
    schema_id: Literal["urn:rempart:schema:detection-store:1"] = field(default="urn:rempart:schema:detection-store:1")


def manifests(folder: Path) -> tuple[Manifest, ...]:
    """Return what stands in a store, those that another one folds left out.

    Raises:
        InputError: the folder is no store, or one of its manifests was altered: what is there cannot be known.

    """
    if not (folder / RUNS).is_dir():
        raise InputError(
            _NOT_ONE,
            where=str(folder),
            advice=Text(
                fr="Remplissez-en un par « rempart detection store add JOURNAUX --store DOSSIER ».",
                en='Fill one by "rempart detection store add LOGS --store FOLDER".',
            ),
        )
    found = [_read(path) for path in sorted((folder / RUNS).glob("*.json"))]
    folded = {run for one in found for run in one.folds}
    return tuple(one for one in found if one.run not in folded)


def parts(folder: Path) -> list[Part]:
    """Return the files of a store, class by class and by time.

    Raises:
        InputError: as `manifests`.

    """
    return ordered(part for one in manifests(folder) for part in one.parts)


def ordered(found: Iterator[Part]) -> list[Part]:
    """Return files class by class, those without moments first, then by time."""
    return sorted(found, key=lambda one: (one.event_class, one.first is not None, one.path.rsplit("/", 1)[-1]))


def begin(folder: Path, run: str) -> None:
    """Say that a run begins."""
    (folder / RUNS / f"{run}.started").touch()


def commit(folder: Path, manifest: Manifest) -> None:
    """Make all that a run wrote part of the store, at once; what it folds goes."""
    path = folder / RUNS / f"{manifest.run}.json"
    write_whole(path, _adapter().dump_json(manifest))
    (folder / RUNS / f"{manifest.run}.started").unlink(missing_ok=True)
    sweep(folder)


def sweep(folder: Path) -> None:
    """Take away what killed runs left, and the files that nothing tells any more. Only under the lock of a writer."""
    runs = folder / RUNS
    standing = manifests(folder)
    kept = {one.run for one in standing}
    told = {part.path for one in standing for part in one.parts}
    for path in runs.glob("*.json"):
        if path.stem in kept:
            continue
        for part in _read(path).parts:
            if part.path not in told and part.path.startswith(f"{EVENTS}/") and ".." not in part.path:
                (folder / part.path).unlink(missing_ok=True)
        path.unlink()
    for path in runs.glob("*.started"):
        if path.stem not in kept:
            for left in (folder / EVENTS).rglob(f"*.{path.stem}-*"):
                left.unlink()
        path.unlink()
    for path in runs.glob("*.partial"):
        path.unlink()


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole or not at all, and wait until it is on the disk."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the only one that writes in a store, which is made when it is not there.

    Raises:
        InputError: another program writes, or the folder cannot be written to.

    """
    try:
        (folder / RUNS).mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / EVENTS).mkdir(exist_ok=True, mode=0o700)
        with (folder / RUNS / ".writing").open("ab") as stream:
            _lock(stream.fileno(), LOCK_EX, folder, _BUSY)
            sweep(folder)
            yield
    except OSError as error:
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), where=str(folder)
        ) from error


@contextmanager
def kept_still(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep the files of a store from going while they are read; `alone`: wait for nobody, be the one that moves them.

    Raises:
        InputError: somebody moves them, or reads them when `alone` is asked.

    """
    path = folder / RUNS / ".reading"
    try:
        stream = path.open("ab")
    except OSError:  # a store one may only read: nobody here moves its files
        yield
        return
    with stream:
        _lock(stream.fileno(), LOCK_EX if alone else LOCK_SH, folder, _HUNTED if alone else _BUSY)
        yield


def _lock(descriptor: int, kind: int, folder: Path, busy: Text) -> None:
    try:
        flock(descriptor, kind | LOCK_NB)
    except BlockingIOError:
        raise InputError(busy, where=str(folder), advice=_LATER) from None


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def _read(path: Path) -> Manifest:
    try:
        found = _adapter().validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise _altered(path) from error
    if found.run != path.stem:
        raise _altered(path)
    return found


def _altered(path: Path) -> InputError:
    return InputError(
        Text(
            fr="ce fichier du magasin est abîmé : ce qu'il contenait ne peut plus être connu",
            en="this file of the store is damaged: what it told cannot be known any more",
        ),
        where=str(path),
        advice=Text(
            fr="Rendez-le d'une sauvegarde ; sinon ôtez-le et ajoutez de nouveau les journaux.",
            en="Bring it back from a backup; else take it away and add the logs again.",
        ),
    )


def all_inputs(standing: Sequence[Manifest]) -> tuple[Input, ...]:
    """Return what was read, each file once."""
    return tuple(dict.fromkeys(one for manifest in standing for one in manifest.inputs))
