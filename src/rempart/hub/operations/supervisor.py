"""Several processes as one: started together, restarted when they die, stopped together. Knows nothing of Django."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from structlog import get_logger

log = get_logger(__name__)
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before a dead process is started again: doubled each time, back to the least once it lived a minute."""
SETTLED = 60.0
GRACE = 35.0
"""Seconds the processes have to end once asked; longer than what each gives its own work."""
TICK = 0.1
_SET_PARENT_DEATH_SIGNAL = 1


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = SHORTEST_WAIT
    due: float = 0.0


@dataclass
class Supervisor:
    """Keeps its children alive until it is asked to stop (SIGTERM, SIGINT)."""

    children: Sequence[Child]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stopping: bool = False

    def run(self, when_started: Callable[[], None] = lambda: None) -> None:
        """Start the children, call `when_started` once, and watch until asked to stop; then stop them gracefully."""
        handlers = {number: signal.signal(number, self._ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._look()
            when_started()
            while not self.stopping:
                self._look()
                time.sleep(TICK)
        finally:
            self._stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def is_stopping(self) -> bool:
        """Whether the children were asked to stop."""
        return self.stopping

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping = True

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    self._start(child, now)
            elif child.process.poll() is not None:
                log.error("process_ended", process=child.name, code=child.process.returncode)
                child.wait = SHORTEST_WAIT if now - child.started > SETTLED else min(2 * child.wait, LONGEST_WAIT)
                child.process, child.due = None, now + child.wait

    def _start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(  # noqa: S603 — our own commands
            list(child.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor only: it stops the others in order
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 — no thread runs here
        )
        child.started = now
        log.info("process_started", process=child.name, pid=child.process.pid)

    def _stop(self) -> None:
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the supervisor dies, even killed: no process is left holding the port."""
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
