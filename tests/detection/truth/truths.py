"""Unpacked once a session: the third-party rules and logs, and what our engine matches in them."""

import tarfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from rempart.detection import kernel
from rempart.detection.census import Census
from rempart.detection.collect.read import read
from rempart.detection.events import FILE, OFFSET
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from rempart.detection.rules.reading import reading
from tests.shared_data import shared_data


class Place(NamedTuple):
    """An event: its file, its record number there, and its class."""

    file: str
    record: int
    source: str
    code: str


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


def matched(paths: Iterable[Path], compiled: Compiled) -> tuple[dict[str, set[Place]], Census]:
    """The events that each rule matched, by rule id, and what was read."""
    census = Census()
    asked = reading(compiled)
    asked = replace(asked, fields={**asked.fields, "windows/*": asked.fields["windows/*"] | {"EventRecordID"}})
    found: dict[str, set[Place]] = defaultdict(set)
    for block in read(list(paths), asked, census):
        matches = kernel.match(block, compiled)
        if not matches.num_rows:
            continue
        origin = block.batch.select([FILE, OFFSET, "EventRecordID"]).to_pylist()
        records = {(row[FILE], row[OFFSET]): int(row["EventRecordID"]) for row in origin}
        for row in matches.select(["rule", "file", "offset"]).to_pylist():
            record = records[row["file"], row["offset"]]
            place = Place(Path(row["file"]).name, record, block.event_class.source, block.event_class.code)
            found[compiled.about(row["rule"]).id].add(place)
    return dict(found), census
