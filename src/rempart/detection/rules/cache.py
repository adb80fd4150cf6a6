"""Compiled rules kept from one run to the next, by what they are made of: content, filters, values, versions."""

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from rempart.detection import logsources
from rempart.detection.rules.collector import quiet
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.packed import Unreadable, pack, unpack
from rempart.detection.rules.packs import content_digest

KEPT = 8
"""Compiled forms kept in a folder; the oldest go."""

_LARGEST = 500_000_000  # bytes of a compiled form; more is no cache of ours


VARIABLE = "REMPART_CACHE"


def default_folder() -> Path:
    """Return the folder of kept forms: in the variable `REMPART_CACHE`, else in the user's cache folder (XDG)."""
    told = os.environ.get(VARIABLE)
    root = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rempart"
    return root / "rules"


def cached(
    paths: Sequence[Path],
    folder: Path,
    *,
    filters: Sequence[Path] = (),
    placeholders: Mapping[str, Sequence[str]] | Path | None = None,
) -> Compiled:
    """Load rule packs, or what they gave the last time.

    Args:
        paths: folders, YAML files or archives.
        folder: of the cache; made when it is not there. One that cannot be written costs time, never the rules.
        filters: see `load`.
        placeholders: see `load`.

    Raises:
        InputError: as `load`.

    """
    kept = folder / f"{_key(paths, filters, placeholders)}.rules"
    found = _read(kept)
    if found is not None:
        return found
    from rempart.detection.rules.load import load  # noqa: PLC0415 — pySigma takes half a second, and is not needed above

    compiled = load(paths, filters=filters, placeholders=placeholders)
    with suppress(OSError):
        _write(kept, pack(compiled))
    return compiled


def _key(
    paths: Sequence[Path], filters: Sequence[Path], placeholders: Mapping[str, Sequence[str]] | Path | None
) -> str:
    told = sha256()
    for part in (_versions(), content_digest(paths), content_digest(filters), _values(placeholders)):
        told.update(f"{len(part)}\0{part}\0".encode())
    return told.hexdigest()


def _values(placeholders: Mapping[str, Sequence[str]] | Path | None) -> str:
    if isinstance(placeholders, Path):
        return content_digest([placeholders])
    return repr(sorted((name, tuple(texts)) for name, texts in (placeholders or {}).items()))


@cache
def _versions() -> str:
    """Return what makes another form of the same rules: pySigma, the tables of log sources, and this very code."""
    told = sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        told.update(file.read_bytes())
    return f"{version('pysigma')} {version('polars')} {logsources.digest()} {told.hexdigest()}"


def _read(kept: Path) -> Compiled | None:
    """Return a kept form; None when there is none, it is damaged, or somebody else could have written it."""
    try:
        with kept.open("rb") as opened:
            told = os.fstat(opened.fileno())
            if not _ours(told) or told.st_size > _LARGEST:
                return None
            content = opened.read()
        with quiet():
            found = unpack(content)
        os.utime(kept)  # the one used last is the last to go
    except (OSError, Unreadable):
        return None
    return found


def _ours(told: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows keeps the folders of people apart by itself
        return True
    return told.st_uid in {os.getuid(), 0} and not told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(kept: Path, content: bytes) -> None:
    """Write a form whole or not at all, for its owner alone, and let the oldest go."""
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=kept.parent, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(partial).replace(kept)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    oldest = sorted(kept.parent.glob("*.rules"), key=lambda one: one.stat().st_mtime)[:-KEPT]
    for one in oldest:
        one.unlink(missing_ok=True)
