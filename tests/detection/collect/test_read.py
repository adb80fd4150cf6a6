"""Reading files, folders, archives: the same events whatever the threads, all counted, each found again."""

import gzip
import lzma
import zipfile
from collections import Counter
from datetime import UTC, datetime

import orjson
import pytest

from rempart.detection.alerts.alert import Reference
from rempart.detection.census import Census
from rempart.detection.collect import json, plan
from rempart.detection.collect.fetch import fetch
from rempart.detection.collect.read import Options, read
from rempart.detection.events import TEXT, EventClass, Reading
from rempart.measurement.errors import InputError
from tests.shared_data import needs_data, shared_data

SAMPLE = "detection/otrf-windows-sample-20k.jsonl.xz"
READING = Reading({"windows/*": frozenset({"CommandLine", "Image", "TargetUserName", "Channel"})})


def event(number: int, **fields: object) -> dict:
    return {"Channel": "Security", "EventID": 4688, "CommandLine": f"c{number}", "EventRecordID": number, **fields}


def write(path, events):
    path.write_bytes(b"\n".join(orjson.dumps(one) for one in events) + b"\n")
    return path


def rows(paths, census=None, threads=2, reading=READING):
    found = []
    for block in read(paths, reading, census or Census(), options=Options(threads=threads)):
        table = block.batch.to_pylist()
        found += [
            (block.event_class, orjson.dumps({k: v for k, v in row.items() if v is not None}, default=str))
            for row in table
        ]
    return Counter(found)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = shared_data(SAMPLE)
    if path is None:
        pytest.skip("third-party data set is not installed here")
    out = tmp_path_factory.mktemp("otrf") / "sample.jsonl"
    with lzma.open(path) as stream:
        out.write_bytes(b"".join(stream.readline() for _ in range(3000)))
    return out


@needs_data(SAMPLE)
def test_threads_segments_and_slabs_change_nothing(sample, monkeypatch):
    once = rows([sample], threads=1)
    assert once.total() == 3000
    monkeypatch.setattr(plan, "_SMALLEST", 1 << 20)
    monkeypatch.setattr(json, "SLAB", 100_000)
    for threads in (1, 3):
        census = Census()
        assert rows([sample], census, threads=threads) == once
        assert census.bytes == sample.stat().st_size
        assert census.flawed == 0


def test_folders_are_read_in_order_each_file_once(tmp_path):
    (tmp_path / "b").mkdir()
    for number, name in enumerate(("b/z.json", "a.json", "b/y.json")):
        write(tmp_path / name, [event(number)])
    census = Census()
    [block] = read([tmp_path, tmp_path / "a.json"], READING, census)
    assert [path.removeprefix(f"{tmp_path}/") for path in block.batch.column("@file").to_pylist()] == [
        "a.json",
        "b/y.json",
        "b/z.json",
    ]
    assert census.files == {"json": 3}
    assert census.events == {EventClass("windows/security", "4688"): 3}


def test_a_path_that_is_not_there_is_an_error_for_people(tmp_path):
    with pytest.raises(InputError):
        list(read([tmp_path / "nowhere"], READING, Census()))


def test_an_empty_file_and_an_unreadable_one_do_not_stop_the_others(tmp_path):
    (tmp_path / "empty.json").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    write(tmp_path / "good.json", [event(1)])
    assert rows([tmp_path]).total() == 1


def test_what_no_format_knows_is_read_line_by_line_and_counted(tmp_path):
    (tmp_path / "notes").write_text("the backup of Valmont failed\nagain\n", encoding="utf-8")
    census = Census()
    reading = Reading({}, text=frozenset({"unknown"}))
    [block] = read([tmp_path], reading, census)
    assert block.event_class.source == "unknown"
    assert block.batch.column(TEXT).to_pylist() == ["the backup of Valmont failed", "again"]
    assert census.files == {"unknown": 1}


def test_members_of_archives_are_read_as_what_they_are(tmp_path):
    lines = b"\n".join(orjson.dumps(event(number)) for number in range(5))
    (tmp_path / "one.json.gz").write_bytes(gzip.compress(lines))
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("in/two.json", lines)
    [block] = read([tmp_path], READING, Census())
    assert block.batch.num_rows == 10
    for file, offset, length in zip(
        *(block.batch.column(name).to_pylist() for name in ("@file", "@offset", "@length")), strict=True
    ):
        assert fetch(Reference(file, offset, length))["CommandLine"].startswith("c")


def test_progress_ends_at_all_the_bytes(tmp_path):
    told = []
    path = write(tmp_path / "a.json", [event(number) for number in range(3)])
    list(read([path], READING, Census(), options=Options(progress=lambda done, total: told.append((done, total)))))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_a_reader_that_is_left_early_ends_its_threads(tmp_path):
    path = write(tmp_path / "a.json", [event(number, pad="x" * 100) for number in range(2000)])
    blocks = read([path], READING, Census())
    next(blocks)
    blocks.close()


@needs_data(SAMPLE)
def test_an_event_is_found_again_whole(sample):
    lines = {}
    offset = 0
    for line in sample.read_bytes().splitlines(keepends=True)[:300]:
        lines[offset] = orjson.loads(line)
        offset += len(line)
    for block in read([sample], READING, Census()):
        for place, length in zip(
            block.batch.column("@offset").to_pylist(), block.batch.column("@length").to_pylist(), strict=True
        ):
            if place in lines and place % 7 == 0:
                found = fetch(Reference(str(sample), place, length))
                assert found["Channel"] == lines[place]["Channel"]
                assert found["EventID"] == str(lines[place]["EventID"])
                assert len(found) >= len(lines[place]) - 2


def test_an_event_that_is_gone_is_nothing(tmp_path):
    path = write(tmp_path / "a.json", [event(1)])
    assert fetch(Reference(str(path), 5, 10)) == {}
    assert fetch(Reference(str(tmp_path / "gone.json"), 0, 10)) == {}


def test_the_moment_and_who_are_in_every_block(tmp_path):
    one = event(1, TimeCreated="2026-01-02T03:04:05Z", Hostname="pc1", SubjectUserName="-", TargetUserName="nurse")
    [block] = read([write(tmp_path / "a.json", [one])], READING, Census())
    row = block.batch.to_pylist()[0]
    assert (row["@host"], row["@user"]) == ("pc1", "nurse")
    assert row["@time"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
