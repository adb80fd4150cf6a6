"""Following files that grow: every line once, through rotations of every kind."""

import io
import os
import shutil
from threading import Event, Thread

from rempart.detection.collect.follow import follow, stdin


class Followed:
    """Follows a file; each step changes it, then everything that is there is taken."""

    def __init__(self, path, **options):
        self.stop, self.looks, self.grown = Event(), iter(()), []
        self.path, self.options = path, options

    def through(self, *steps):
        left = list(steps)

        def looked():
            if left:
                left.pop(0)()
            else:
                self.stop.set()

        self.grown = list(follow([self.path], self.stop, every=0.001, looked=looked, **self.options))
        return [line for one in self.grown for line in one.data.decode().splitlines()]


def add(path, text):
    with path.open("a") as stream:
        stream.write(text)


def test_lines_are_given_whole_and_once(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("1\n2\n3")
    followed = Followed(path)
    assert followed.through(lambda: add(path, "33\n4\n"), lambda: add(path, "5")) == ["1", "2", "333", "4", "5"]
    assert [one.offset for one in followed.grown] == [0, 4, 10]
    assert [one.fresh for one in followed.grown] == [True, False, False]
    assert followed.grown[-1].last


def test_from_the_end_only_what_is_added(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("old\n")
    followed = Followed(path, from_end=True)
    assert followed.through(lambda: add(path, "new\n")) == ["new"]
    assert followed.grown[0].offset == 4


def test_a_renamed_file_is_read_to_its_end_then_the_new_one(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("1\n")

    def rotate():
        path.rename(tmp_path / "a.log.1")
        add(tmp_path / "a.log.1", "2\n3")
        path.write_text("4\n")

    followed = Followed(path)
    assert followed.through(rotate, lambda: add(path, "5\n")) == ["1", "2", "3", "4", "5"]
    assert [one.fresh for one in followed.grown if one.data == b"4\n"] == [True]


def test_a_file_gone_for_a_while_is_waited_for(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("1\n")
    followed = Followed(path)
    assert followed.through(
        lambda: path.rename(tmp_path / "b"),
        lambda: add(tmp_path / "b", "2\n"),
        lambda: path.write_text("3\n"),
        lambda: None,
    ) == ["1", "2", "3"]


def test_a_file_copied_then_truncated_starts_again(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("1\n2\n")

    def copy_truncate():
        shutil.copy(path, tmp_path / "a.log.1")
        os.truncate(path, 0)
        add(path, "3\n")

    assert Followed(path).through(copy_truncate, lambda: add(path, "4\n")) == ["1", "2", "3", "4"]


def test_a_file_truncated_and_grown_beyond_where_it_was_starts_again(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("first\n")
    assert Followed(path).through(lambda: path.write_text("second\nthird\n")) == ["first", "second", "third"]


def test_a_file_that_does_not_exist_yet_is_waited_for(tmp_path):
    path = tmp_path / "a.log"
    assert Followed(path).through(lambda: path.write_text("1\n"), lambda: None) == ["1"]


def test_it_stops_when_told_from_elsewhere(tmp_path):
    path, stop, got = tmp_path / "a.log", Event(), []
    path.write_text("1\n")
    thread = Thread(target=lambda: got.extend(follow([path], stop, every=60)))
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert [one.data for one in got if one.data] == [b"1\n"]


def test_standard_input_is_given_by_whole_lines():
    assert [(one.offset, one.data, one.last) for one in stdin(io.BytesIO(b"1\n2\n3"))] == [
        (0, b"1\n2\n", False),
        (4, b"3", True),
    ]
    assert list(stdin(io.BytesIO(b""))) == []
