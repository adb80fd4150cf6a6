"""The daemon killed anywhere loses no event and repeats no alert."""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rempart.detection.watch import state
from rempart.detection.watch.daemon import Daemon
from rempart.detection.watch.settings import open_settings
from tests.detection.watch.standin import TOOLS

ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def event(number: int, message: str, host: str = "srv-01") -> bytes:
    moment = (START + timedelta(seconds=number)).isoformat()
    return b"valmont " + json.dumps({"time": moment, "host": host, "message": message}).encode() + b"\n"


def configuration(folder: Path, *, port: int | None = None) -> Path:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    for name in ("attack", "failure"):
        (rules / f"{name}.yml").write_text("rule", encoding="utf-8")
    (folder / "logs").mkdir(exist_ok=True)
    listen = f'[[listen]]\ntransport = "relp"\nport = {port}\n' if port else ""
    path = folder / "detection.toml"
    path.write_text(
        'state = "state"\npack = false\nrules = ["rules"]\n[follow]\npaths = ["logs"]\nstart = "beginning"\n'
        f'every = 0.05\n[bounds]\nblock = 4096\n[escalation]\nrecent = "300d"\n{listen}',
        encoding="utf-8",
    )
    return path


def alerts(folder: Path) -> Counter[tuple[str, str | None]]:
    lines = (folder / "state" / "alerts.jsonl").read_bytes().splitlines()
    return Counter((each["rule"], each["message"]) for each in map(json.loads, lines))


class Killed(BaseException):
    """What stands for the death of the process in the tests that try every instant."""


class Mortal(sqlite3.Connection):
    """A connection that dies before a statement, and stays dead."""

    left = 10**9

    def execute(self, *arguments):
        Mortal.step()
        return super().execute(*arguments)

    def executemany(self, *arguments):
        Mortal.step()
        return super().executemany(*arguments)

    @classmethod
    def step(cls):
        cls.left -= 1
        if cls.left < 0:
            raise Killed


def one_life(settings, moment) -> bool:
    """Run the loop of a daemon until nothing is left to read; tell whether it lived to see it."""
    daemon = None
    try:
        daemon = Daemon(settings, TOOLS, now=lambda: moment)
        daemon._tail.load(daemon._state)
        daemon._first_look()
        for _ in range(50):
            if not daemon._turn():
                return True
    except Killed:
        return False
    finally:
        Mortal.left = 10**9
        if daemon is not None:
            daemon._state.close()
            daemon._lock.close()
    return True


def logs(folder: Path) -> None:
    content = []
    for number in range(150):
        content.append(event(number, f"attack {number}" if number % 10 == 0 else f"quiet {number}"))
        if number % 40 < 3:
            content.append(event(number, f"failure {number}", f"srv-{number // 40}"))
    (folder / "logs" / "a.log").write_bytes(b"".join(content))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # who is killed closes nothing
def test_killed_before_any_statement_nothing_is_lost_and_nothing_told_twice(tmp_path, monkeypatch):
    original = sqlite3.connect
    monkeypatch.setattr(state.sqlite3, "connect", lambda *a, **k: original(*a, factory=Mortal, **k))
    original_sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (Mortal.step(), original_sync(descriptor)))
    moment = (START + timedelta(hours=1)).timestamp()
    expected = None
    died = 0
    for instant in [10**8, *range(1, 10**6, 13)]:
        folder = tmp_path / str(instant)
        folder.mkdir()
        settings = open_settings(configuration(folder))
        logs(folder)
        Mortal.left = instant
        lived = one_life(settings, moment)
        while not one_life(settings, moment):
            pass
        found = alerts(folder)
        if expected is None:
            expected = found
            assert sum(expected.values()) == 15 + 4
            continue
        assert found == expected, instant
        died += not lived
        if lived:
            break
    assert died > 12


class RelpClient(threading.Thread):
    """Sends messages, and sends again, first, those that had no answer; as rsyslog does."""

    def __init__(self, port: int, messages: list[bytes]):
        super().__init__(daemon=True)
        self.port, self.messages = port, messages
        self.answered = 0
        self.done = threading.Event()

    def run(self):
        while self.answered < len(self.messages):
            with suppress(OSError):
                self.session()
            time.sleep(0.02)
        self.done.set()

    def session(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as channel:
            channel.sendall(b"1 open 0\n")
            stream = channel.makefile("rb")
            self.answer(stream)
            while self.answered < len(self.messages):
                window = self.messages[self.answered : self.answered + 20]
                frames = [b"%d syslog %d %s\n" % (2 + n, len(m), m) for n, m in enumerate(window)]
                channel.sendall(b"".join(frames))
                for _ in window:
                    self.answer(stream)
                    self.answered += 1
                time.sleep(0.05)

    def answer(self, stream):
        head = b""
        while head.count(b" ") < 3:
            byte = stream.read(1)
            if not byte:
                raise OSError
            head += byte
        rest = int(head.split()[2]) + 1
        if not head.split()[0].isdigit() or len(stream.read(rest)) < rest:
            raise OSError


def grow(path: Path, contents: list[bytes], stop: threading.Event) -> None:
    """Append to a file in pieces cut anywhere, and rotate it twice."""
    whole = b"".join(contents)
    turn = random.Random(5)  # noqa: S311 — any pieces, the same each time
    at, rotations = 0, {len(whole) // 3, 2 * len(whole) // 3}
    while at < len(whole):
        step = turn.randint(1, 3000)
        with path.open("ab") as stream:
            stream.write(whole[at : at + step])
        at += step
        if any(at - step < place <= at for place in rotations):
            end = whole.index(b"\n", at) + 1 if at < len(whole) else at
            with path.open("ab") as stream:
                stream.write(whole[at:end])
            at = end
            path.rename(path.with_name(f"{path.name}.{at}"))
        stop.wait(0.03)


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def launch(path: Path) -> subprocess.Popen:
    with (path.parent / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.detection.watch.standin", str(path)],
            cwd=ROOT,
            stderr=log,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        )


def ready(process: subprocess.Popen, log: Path, seen: int) -> None:
    while log.read_bytes().count(b"watching") <= seen and process.poll() is None:
        time.sleep(0.02)


def test_killed_at_random_while_files_grow_and_a_client_sends(tmp_path, port):
    path = configuration(tmp_path, port=port)
    log = tmp_path / "log"
    log.touch()
    lines = [event(n, f"attack file {n}" if n % 25 == 0 else f"quiet {n}") for n in range(6000)]
    messages = [event(n, f"attack relp {n}" if n % 25 == 0 else f"quiet relp {n}", "srv-r")[:-1] for n in range(3000)]
    stop = threading.Event()
    writer = threading.Thread(target=grow, args=(tmp_path / "logs" / "app.log", lines, stop), daemon=True)
    client = RelpClient(port, messages)
    turn = random.Random(20261124)  # noqa: S311 — any instants
    kills = 0
    for life in range(6):
        process = launch(path)
        if life == 0:
            ready(process, log, 0)
            writer.start()
            client.start()
        else:
            ready(process, log, log.read_bytes().count(b"watching"))
        time.sleep(turn.uniform(0.0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    process = launch(path)
    ready(process, log, log.read_bytes().count(b"watching"))
    writer.join(60)
    assert client.done.wait(60)
    limit = time.monotonic() + 60
    expected = Counter({("attack", f"attack file {n}"): 1 for n in range(0, 6000, 25)})
    expected += Counter({("attack", f"attack relp {n}"): 1 for n in range(0, 3000, 25)})
    while time.monotonic() < limit and sum(alerts(tmp_path).values()) < sum(expected.values()):
        time.sleep(0.2)
    process.terminate()
    assert process.wait(30) == 0
    assert kills == 6
    assert alerts(tmp_path) == expected
