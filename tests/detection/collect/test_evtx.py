"""EVTX: every record that the decoder gives arrives; hostile files cost their own chunk, never the run."""

import random
import tarfile
from collections import Counter
from pathlib import Path

import evtx
import pytest

from rempart.detection.census import Census
from rempart.detection.collect import evtx as evtx_format
from rempart.detection.collect.evtx import CHUNK, HEADER
from rempart.detection.collect.evtx_parent import Child
from rempart.detection.collect.read import Options, read
from rempart.detection.events import OFFSET, Reading
from tests.shared_data import needs_data, shared_data

SETS = ("detection/evtx-attack-samples.tar.xz", "detection/evtx-to-mitre-attack.tar.xz")
NOTHING = Reading({"windows/*": frozenset({"EventRecordID"})})


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evtx")
    for name in SETS:
        path = shared_data(name)
        if path is None:
            pytest.skip(f"third-party data set {name} is not installed here")
        with tarfile.open(path) as archive:
            wanted = (one for one in archive if one.name.lower().endswith(".evtx"))
            archive.extractall(folder, wanted, filter="data")
    return folder


def events(paths, census=None, reading=NOTHING, threads=2):
    found = Counter()
    for block in read(paths, reading, census or Census(), options=Options(threads=threads)):
        files = block.batch.column("@file").to_pylist()
        found.update(zip(files, block.batch.column(OFFSET).to_pylist(), strict=True))
    return found


@needs_data(SETS[0])
@needs_data(SETS[1])
def test_every_record_of_the_real_sets_arrives(samples):
    expected = Counter()
    files = sorted(path for path in samples.rglob("*") if path.suffix.lower() == ".evtx")
    for path in files:
        for record in evtx.PyEvtxParser(str(path)).records_json():
            expected[str(path), record["event_record_id"]] += 1
    census = Census()
    assert events([samples], census) == expected
    assert len(files) == census.files["evtx"] == 558
    assert census.flawed == 0
    assert sum(census.events.values()) == expected.total() == 18270


def largest(samples: Path) -> bytes:
    return max((path for path in samples.rglob("*.evtx")), key=lambda path: path.stat().st_size).read_bytes()


def test_a_broken_chunk_costs_itself_only(samples, tmp_path):
    data = bytearray(largest(samples)[: HEADER + 4 * CHUNK])
    whole = tmp_path / "whole.evtx"
    whole.write_bytes(data)
    before = events([whole])
    data[HEADER + CHUNK : HEADER + 2 * CHUNK] = random.Random(1).randbytes(CHUNK)  # noqa: S311 — no secret
    broken = tmp_path / "broken.evtx"
    broken.write_bytes(data)
    census = Census()
    after = {number for _, number in events([broken], census)}
    lost = {number for _, number in before} - after
    assert census.flawed > 0
    assert 0 < len(lost) < len(before) / 2


def test_a_file_cut_anywhere_gives_what_is_whole(samples, tmp_path):
    data = largest(samples)[: HEADER + 2 * CHUNK + CHUNK // 2]
    cut = tmp_path / "cut.evtx"
    cut.write_bytes(data)
    assert events([cut])
    for size in (8, 100, HEADER, HEADER + 10):
        cut.write_bytes(data[:size])
        assert not events([cut])


def test_random_damage_never_stops_the_run(samples, tmp_path):
    data = largest(samples)[: HEADER + 3 * CHUNK]
    for seed in range(12):
        chance, hurt = random.Random(seed), bytearray(data)  # noqa: S311 — no secret
        for _ in range(400):
            hurt[chance.randrange(HEADER, len(hurt))] = chance.randrange(256)
        (tmp_path / f"{seed}.evtx").write_bytes(hurt)
    census = Census()
    events([tmp_path], census)
    assert census.files["evtx"] == 12
    assert census.flawed > 0


def fake(tmp_path, body: str) -> Path:
    """A child that answers as told when the bytes hold BAD, and decodes otherwise."""
    program = tmp_path / "child.py"
    real = Path(evtx_format.__file__).with_name("evtx_child.py").read_text(encoding="utf-8")
    program.write_text(
        real.replace(
            "    flaws: list[str] = []\n", f"    if b'BAD' in data:\n        {body}\n    flaws: list[str] = []\n", 1
        ),
        encoding="utf-8",
    )
    return program


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os; os._exit(9)", "failed"),
        ("while True: pass", "within"),
        ("x = bytearray(3 << 30)", ""),
        ("target.write(b'\\x01'); target.flush(); sys.exit()", "failed"),
    ],
)
def test_a_child_that_dies_or_does_not_end_costs_one_chunk(samples, tmp_path, monkeypatch, body, told):
    child = Child(seconds=2, program=fake(tmp_path, body))
    monkeypatch.setattr(evtx_format, "child_of", lambda _: child)
    data = bytearray(largest(samples)[: HEADER + 3 * CHUNK])
    data[HEADER + 2 * CHUNK - 3 : HEADER + 2 * CHUNK] = b"BAD"
    path = tmp_path / "hostile.evtx"
    path.write_bytes(data)
    census = Census()
    found = events([path], census, threads=1)
    child.stop()
    assert len(found) > 50
    assert census.flawed >= 1
    assert any(told in flaw.problem and str(path) in flaw.place for flaw in census.flaws)


def test_a_child_without_memory_fails_and_is_told():
    child = Child(megabytes=10)
    answer = child.ask(bytes(64 << 20))
    child.stop()
    assert answer.failed or answer.flaws
