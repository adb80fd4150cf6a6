"""Adding logs: each event once, whatever was repeated, renamed, grown or killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from rempart.detection.census import Census
from rempart.detection.events import Block
from rempart.detection.store.adding import add
from rempart.detection.store.known import new_events
from rempart.detection.store.manifest import parts, writing
from rempart.detection.store.writing import write
from rempart.measurement.errors import InputError
from tests.detection.store.made import START, block, line, logged, logs, stored

ROOT = Path(__file__).parents[3]


def test_a_store_gives_back_the_events_of_the_logs(tmp_path):
    path = logs(tmp_path / "logs")
    added = add([tmp_path / "logs"], tmp_path / "store")
    assert (added.events, added.files, added.known) == (60, 1, 0)
    assert stored(tmp_path / "store") == logged(path)


def test_adding_again_adds_nothing_even_under_another_name(tmp_path):
    path = logs(tmp_path / "logs")
    add([path], tmp_path / "store")
    before = stored(tmp_path / "store")
    path.rename(path.with_name("poste.jsonl.1"))
    for _ in range(2):
        added = add([tmp_path / "logs"], tmp_path / "store")
        assert (added.events, added.files, added.known) == (0, 0, 1)
    assert stored(tmp_path / "store") == before


def test_a_log_that_has_grown_gives_what_is_new(tmp_path):
    path = logs(tmp_path / "logs", count=40)
    add([path], tmp_path / "store")
    with path.open("ab") as stream:
        stream.writelines(orjson.dumps(line(number)) + b"\n" for number in range(40, 60))
    assert add([path], tmp_path / "store").events == 20
    assert stored(tmp_path / "store") == logged(path)


def test_a_log_in_utf_16_that_has_grown_gives_what_is_new(tmp_path):
    path = tmp_path / "logs" / "poste.jsonl"
    path.parent.mkdir()
    for count in (40, 60):
        lines = b"".join(orjson.dumps(line(number)) + b"\n" for number in range(count))
        path.write_bytes(lines.decode().encode("utf-16"))
        add([path], tmp_path / "store")
    assert stored(tmp_path / "store") == logged(path)


def test_two_files_of_the_same_bytes_are_one(tmp_path):
    logs(tmp_path / "logs", "a.jsonl")
    logs(tmp_path / "logs", "b.jsonl")
    added = add([tmp_path / "logs"], tmp_path / "store")
    assert (added.events, added.known) == (60, 1)


def test_events_found_by_number_are_known_by_number_and_moment():
    made = block({"Image": ["a", "b", "c"]}, [START] * 3)
    batch = made.batch.set_column(2, "@length", pa.array([0, 0, 0], pa.int32()))
    had = {"a.jsonl": frozenset({(100, int(START.timestamp() * 1e6)), (200, 5)})}
    left = list(new_events([Block(made.event_class, batch)], {}, had))
    assert left[0].batch.column("Image").to_pylist() == ["a", "c"]


def test_a_killed_addition_leaves_nothing_and_the_next_is_as_clean(tmp_path):
    for number in range(3):
        logs(tmp_path / "logs", f"{number}.jsonl", 400 + number)
    add([tmp_path / "logs"], tmp_path / "clean")
    whole = stored(tmp_path / "clean")
    files = sorted(part.path for part in parts(tmp_path / "clean"))
    script = (
        "import sys, time; from pathlib import Path\n"
        "from rempart.detection.store import adding, writing\n"
        "real = writing.write_part\n"
        "def slow(*given):\n    done = real(*given); print('written', flush=True); time.sleep(.05); return done\n"
        "writing.write_part = slow\n"
        "adding.add([Path(sys.argv[1])], Path(sys.argv[2]))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "logs"), str(tmp_path / "store")],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )
    for _ in range(2):
        assert child.stdout.readline() == b"written\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (tmp_path / "store" / "events" / "half.partial").write_bytes(b"PAR1")
    assert list((tmp_path / "store").rglob("*.parquet"))
    assert not stored(tmp_path / "store")
    assert add([tmp_path / "logs"], tmp_path / "store").events == whole.total()
    assert stored(tmp_path / "store") == whole
    assert sorted(part.path for part in parts(tmp_path / "store")) == files
    found = {str(path.relative_to(tmp_path / "store")) for path in (tmp_path / "store").rglob("*.parquet")}
    assert found == set(files)


def test_an_addition_that_failed_is_swept_away_by_the_next(tmp_path):
    def broken():
        yield block({"Image": ["a"]}, [START])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        write(broken(), tmp_path, Census(), run="failed")
    assert list(tmp_path.rglob("*.parquet"))
    with writing(tmp_path):
        write([block({"Image": ["b"]}, [START])], tmp_path, Census(), run="good")
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert not list(tmp_path.rglob("*.started"))


def test_only_one_writes_at_once(tmp_path):
    path = logs(tmp_path / "logs")
    with writing(tmp_path / "store"), pytest.raises(InputError, match="writing in this store"):
        add([path], tmp_path / "store")


def test_the_store_is_no_log(tmp_path):
    add([logs(tmp_path / "logs")], tmp_path / "logs" / "store")
    with pytest.raises(InputError, match="in the store itself"):
        add([tmp_path / "logs"], tmp_path / "logs" / "store")


def test_a_log_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        add([tmp_path / "nothing"], tmp_path / "store")
