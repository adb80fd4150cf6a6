"""A real server of the lab: started in the foreground, checked alive, stopped by its process id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

STARTS_WITHIN = 10.0


def answers(address: str, port: int) -> bool:
    """Whether something accepts connections there."""
    with suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


@contextmanager
def running(
    command: Sequence[str | Path],
    places: Sequence[tuple[str, int]],
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Run `command` until the block ends; its process group gets the signal. Fails with its log when deaf."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not all(answers(*place) for place in places):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(
                    f"{command[0]} does not listen on {places}: {log.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(0.05)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
