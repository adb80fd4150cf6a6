"""Threads, and the splits that every engine shares out."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.census import Census
from rempart.detection.collect.read import Options
from rempart.detection.collect.sources import Declarations
from rempart.detection.engines import reading, threads
from rempart.detection.engines.travel import packed_census, unpacked_census
from rempart.detection.engines.work import cut, lines_between
from rempart.detection.events import EventClass
from rempart.detection.kernel import match
from tests.detection.engines import standin
from tests.detection.engines.same import assert_same


@pytest.mark.parametrize(("count", "split_bytes"), [(1, 1 << 30), (3, 700_000)])
def test_neither_threads_nor_splits_change_what_is_found(work, expected, sample, count, split_bytes):
    other = replace(work, splits=cut([sample], lambda _path: True, split_bytes))
    assert_same(threads.run(other, count), expected)


def test_reading_with_threads_finds_what_splits_do(work, expected, sample):
    assert_same(threads.run(reading.here([sample], work.compiled, Options(threads=2))), expected)


def test_files_that_are_no_json_lines_are_one_split(tmp_path, work):
    (tmp_path / "a.log").write_text("<13>Mar  2 03:00:00 pacs sshd[1]: Failed password for root\n" * 20)
    (tmp_path / "b.json").write_text('{\n  "EventID": 1,\n  "Channel": "Security"\n}\n')
    (tmp_path / "c.jsonl").write_text('{"EventID": 1, "Channel": "Security"}\n' * 3)
    declared = Declarations()
    alone = [reading.stands_alone(declared, tmp_path / name) for name in ("a.log", "b.json", "c.jsonl")]
    assert alone == [False, False, True]
    assert [split.start for split in reading.on_cluster([tmp_path], work.compiled).splits] == [None]


def test_few_blocks_wait_at_a_time(work):
    read, gate = [], threading.Event()

    def endless(block):
        for _ in range(50):
            read.append(1)
            if len(read) == 20:
                gate.set()
            yield block

    def late(block, rules):
        gate.wait(0.2)
        return match(block, rules)

    blocks = standin.read(work.splits[0], work.compiled, Census())
    first = next(block for block in blocks if match(block, work.compiled).num_rows)
    taken = threads.matched(endless(first), replace(work, match=late), 2)
    next(taken)
    assert len(read) <= 2 * threads.WAITING + 1
    assert len(list(taken)) == 49


def test_an_error_of_a_thread_is_not_lost(work):
    def broken(_block, _rules):
        raise ValueError("broken block")

    with pytest.raises(ValueError, match="broken block"):
        threads.run(replace(work, match=broken))


def test_small_files_go_together_and_large_ones_in_ranges(tmp_path):
    sizes = {"a": 10, "b": 20, "c": 250, "d": 300, "e": 5}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    splits = cut([tmp_path / name for name in sizes], lambda path: path.name != "d", 100)
    told = [
        (split.number, "".join(Path(path).name for path in split.paths), split.start, split.end) for split in splits
    ]
    assert told == [
        (0, "c", 0, 100),
        (1, "c", 100, 200),
        (2, "c", 200, 250),
        (3, "ab", None, None),
        (4, "d", None, None),
        (5, "e", None, None),
    ]


@given(st.binary(max_size=60).map(lambda data: data.replace(b"a", b"\n")), st.integers(1, 20))
def test_each_line_is_in_one_range(tmp_path_factory, data, size):
    path = tmp_path_factory.getbasetemp() / "ranges.txt"
    path.write_bytes(data)
    pieces = []
    for start in range(0, max(len(data), 1), size):
        begin, end = lines_between(str(path), start, min(start + size, len(data)))
        pieces.append(data[begin:end])
    assert b"".join(pieces) == data
    assert all(piece.endswith(b"\n") for piece in pieces[:-1] if piece and not data.endswith(piece))


def test_a_census_travels_whole():
    census = Census(bytes=12, undated=3, seen={"windows/sysmon": {"Image"}})
    census.files["json"] += 2
    census.events[EventClass("windows/sysmon", "1")] += 7
    census.flaw("log.jsonl:12", "not JSON")
    assert unpacked_census(packed_census(census)) == census
