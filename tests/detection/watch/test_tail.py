"""Files followed through growth, rotation, truncation, lines too long."""

import os
import time
from pathlib import Path

import pytest

from rempart.detection.watch.state import connect, transaction
from rempart.detection.watch.tail import Tail


class Follower:
    def __init__(self, folder: Path, block: int = 1000):
        self.folder = folder
        self.state = connect(folder / "state")
        self.tail = Tail([str(folder / "logs")], block)
        (folder / "logs").mkdir(exist_ok=True)
        self.tail.load(self.state)
        self.flaws: list[str] = []

    def look(self, *, from_end: bool = False) -> list[str]:
        with transaction(self.state):
            return self.tail.look(self.state, time.time(), from_end=from_end)

    def read(self, now: float | None = None) -> list[tuple[str, int, bytes]]:
        found = []
        while chunks := list(self.tail.chunks(now or time.time())):
            with transaction(self.state):
                for chunk in chunks:
                    self.tail.advance(self.state, chunk)
            self.flaws += [chunk.flaw for chunk in chunks if chunk.flaw]
            found += [(Path(c.file.label).name, c.file.position, c.content) for c in chunks if c.content]
        return found


@pytest.fixture
def follower(tmp_path):
    found = Follower(tmp_path)
    yield found
    found.state.close()


def test_only_whole_lines_are_taken(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"one\ntw")
    follower.look()
    assert follower.read() == [("a.log", 0, b"one\n")]
    with log.open("ab") as stream:
        stream.write(b"o\n")
    assert follower.read() == [("a.log", 4, b"two\n")]


def test_a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_beginning(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"one\n")
    follower.look()
    follower.read()
    with log.open("ab") as stream:
        stream.write(b"two\n")
    log.rename(log.with_name("a.log.1"))
    log.write_bytes(b"three\n")
    follower.look()
    assert sorted(follower.read()) == [("a.log", 4, b"two\n"), ("a.log#2", 0, b"three\n")]
    follower.look()
    assert follower.read() == []


def test_a_file_renamed_out_of_the_pattern_is_read_to_its_end(tmp_path):
    follower = Follower(tmp_path)
    follower.tail._paths = (str(tmp_path / "logs" / "*.log"),)
    log = tmp_path / "logs" / "a.log"
    log.write_bytes(b"one\n")
    follower.look()
    follower.read()
    with log.open("ab") as stream:
        stream.write(b"two\nlast")
    log.rename(tmp_path / "logs" / "a.old")
    follower.look()
    assert follower.read() == [("a.log", 4, b"two\n")]
    assert follower.read(time.time() + 60) == [("a.log", 8, b"last")]
    follower.state.close()


def test_a_truncated_file_is_a_new_one(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"one\ntwo\n")
    follower.look()
    follower.read()
    log.write_bytes(b"new\n")
    follower.look()
    assert follower.read() == [("a.log#2", 0, b"new\n")]


def test_a_file_written_again_longer_is_known_by_its_beginning(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"one\n")
    follower.look()
    follower.read()
    log.write_bytes(b"other\nthing\n")
    follower.look()
    assert follower.read() == [("a.log#2", 0, b"other\nthing\n")]


def test_a_file_removed_before_it_was_read_is_told(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"one\n")
    follower.look()
    follower.read()
    with log.open("ab") as stream:
        stream.write(b"two\n")
    follower.look()
    log.unlink()
    assert follower.look() == [f"{log}:4: removed before 4 bytes were read"]
    assert follower.look() == []


def test_a_line_too_long_is_dropped_and_told_and_the_next_one_taken(tmp_path):
    follower = Follower(tmp_path, block=100)
    log = tmp_path / "logs" / "a.log"
    log.write_bytes(b"ok\n" + b"x" * 950 + b"\nafter\n")
    follower.look()
    assert [content for _, _, content in follower.read()] == [b"ok\n", b"after\n"]
    assert len(follower.flaws) == 1
    assert "line longer than 100 bytes" in follower.flaws[0]
    follower.state.close()


def test_at_first_start_files_may_be_taken_from_their_end(follower):
    log = follower.folder / "logs" / "a.log"
    log.write_bytes(b"old\n")
    follower.look(from_end=True)
    (follower.folder / "logs" / "b.log").write_bytes(b"new file\n")
    with log.open("ab") as stream:
        stream.write(b"new\n")
    follower.look()
    assert sorted(follower.read()) == [("a.log", 4, b"new\n"), ("b.log", 0, b"new file\n")]


def test_positions_survive_a_restart(tmp_path):
    first = Follower(tmp_path)
    (tmp_path / "logs" / "a.log").write_bytes(b"one\n")
    first.look()
    first.read()
    first.state.close()
    second = Follower(tmp_path)
    second.look()
    assert second.read() == []
    second.state.close()


def test_an_archive_is_given_whole_once_it_no_longer_changes(follower):
    log = follower.folder / "logs" / "a.evtx"
    log.write_bytes(b"ElfFile\0" + b"x" * 100)
    follower.look()
    assert list(follower.tail.chunks(time.time())) == []
    (chunk,) = follower.tail.chunks(time.time() + 60)
    assert chunk.content is None
    with transaction(follower.state):
        follower.tail.advance(follower.state, chunk)
    assert list(follower.tail.chunks(time.time() + 60)) == []
    with log.open("ab") as stream:
        stream.write(b"more")
    os.utime(log, (1, 1))
    follower.look()
    assert len(list(follower.tail.chunks(time.time()))) == 1


def test_an_audit_event_is_taken_once_all_its_lines_are_there(follower):
    log = follower.folder / "logs" / "audit.log"
    first = b"type=SYSCALL msg=audit(1700000000.1:7): a0=1\ntype=EXECVE msg=audit(1700000000.1:7): a0=ls\n"
    second = b"type=SYSCALL msg=audit(1700000000.2:8): a0=2\n"
    log.write_bytes(first + second)
    follower.look()
    assert [content for _, _, content in follower.read()] == [first]
    assert follower.read() == []
    rest = b"type=EXECVE msg=audit(1700000000.2:8): a0=id\n"
    with log.open("ab") as stream:
        stream.write(rest)
    assert [content for _, _, content in follower.read(time.time() + 5)] == [second + rest]
