"""The kill switch: Ctrl-C once opens nothing more, twice ends at once; a file named STOP does the first."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOP = "STOP"
_LOOK_EVERY = 0.5


class StoppedError(Exception):
    """Nothing more may be opened: somebody asked for it."""


class Stop:
    """Whether the run must stop, and how it learns of it.

    Args:
        folder: the work folder, where a file `STOP` may appear; None for none.

    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / STOP
        self._looked = float("-inf")
        self.asked = False

    def check(self, now: float) -> None:
        """Look for the file, twice a second at most.

        Raises:
            StoppedError: the run must open nothing more.

        """
        if not self.asked and self._file is not None and now - self._looked >= _LOOK_EVERY:
            self._looked = now
            self.asked = self._file.exists()
        if self.asked:
            raise StoppedError

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Take Ctrl-C while inside: the first asks to stop, the second cancels the task that runs."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def interrupted() -> None:
            if self.asked and task is not None:
                task.cancel()
            self.asked = True

        loop.add_signal_handler(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)
