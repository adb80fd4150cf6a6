"""Unpacked once a session: the third-party rules and logs, and what our engine matches in them."""

import tarfile
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa

from rempart.detection import kernel
from rempart.detection.census import Census
from rempart.detection.collect.read import read
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from rempart.detection.rules.reading import reading
from tests.shared_data import shared_data

Places = frozenset[tuple[str, int]]
"""Events, each by the name of its file and its record number."""


@cache
def unpacked(name: str) -> Path:
    """The folder of an archive of the shared data."""
    folder = Path(mkdtemp(prefix="rempart-truth-"))
    archive = shared_data(f"detection/{name}.tar.xz")
    assert archive is not None
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


@cache
def sigmahq() -> Compiled:
    """Its rules on Windows, as the reference run took them."""
    root = unpacked("sigmahq-rules")
    return load([root / "rules/windows", root / "rules-emerging-threats", root / "rules-threat-hunting"])


def matched(paths: Iterable[Path], compiled: Compiled) -> tuple[dict[str, Places], Census]:
    """The events that each rule matched, by rule id, and what was read."""
    census = Census()
    tables = [kernel.match(block, compiled) for block in read(list(paths), reading(compiled), census)]
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in pa.concat_tables(tables).select(["rule", "file", "offset"]).to_pylist():
        found[compiled.about(row["rule"]).id].add((Path(row["file"]).name, row["offset"]))
    return {rule: frozenset(places) for rule, places in found.items()}, census
