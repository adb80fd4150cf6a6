"""An event loop whose time is virtual: nobody waits, and a night of quiet hours lasts no time."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import TypeVar

Value = TypeVar("Value")


class _Jumping(selectors.SelectSelector):
    """Instead of waiting for its time-out, moves the loop's time on; real sockets are looked at, never waited for."""

    now = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualClock:
    """The clock of a run in virtual time, from `began` on."""

    def __init__(self, began: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) -> None:
        self.began = began

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(work: Coroutine[object, object, Value]) -> Value:
    """Run a coroutine in virtual time."""
    selector = _Jumping()

    class Loop(asyncio.SelectorEventLoop):
        def time(self):
            return selector.now

    with asyncio.Runner(loop_factory=lambda: Loop(selector)) as runner:
        return runner.run(work)
