"""The parent's side of the process that decodes EVTX: it asks, waits no longer than it should, and starts another."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rempart.detection.collect.evtx_child import END, FLAW, FRAME, RECORDS, REQUEST

MEGABYTES = 1024
"""Memory a child may take; its own needs are some 100 MiB."""
SECONDS = 60.0
"""How long a request may take: one of 4 MiB takes 0.02 s."""
_PROGRAM = Path(__file__).with_name("evtx_child.py")
_READ = 1 << 20


@dataclass
class Answer:
    """What a child said of some chunks.

    Attributes:
        records: (numbers and starts of records as int64, JSON) by batch.
        flaws: what it could not read.
        failed: why it did not end, empty if it did.

    """

    records: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    failed: str = ""


class Child:
    """A process that decodes, started when it is first asked."""

    def __init__(self, megabytes: int = MEGABYTES, seconds: float = SECONDS, program: Path = _PROGRAM) -> None:
        self._command = [sys.executable, "-I", str(program), str(megabytes)]
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, data: bytes) -> Answer:
        """Decode a file header and some chunks; a child that dies or does not end is replaced."""
        process = self._running()
        answer = Answer()
        deadline = time.monotonic() + self._seconds
        try:
            self._send(process, REQUEST.pack(len(data)), deadline)
            self._send(process, data, deadline)
            for kind, count, body in self._frames(process, deadline):
                if kind == RECORDS:
                    answer.records.append((body[: 8 * count], body[8 * count : 16 * count], body[16 * count :]))
                elif kind == FLAW:
                    answer.flaws.append(body.decode("utf-8", "replace"))
        except TimeoutError:
            answer.failed = f"decoding did not end within {self._seconds:g} s"
        except OSError:
            answer.failed = "decoding failed (memory limit, or a fault of the decoder)"
        if answer.failed:
            self.stop()
        return answer

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(  # noqa: S603 — our own program
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
            if self._process.stdin is not None:
                os.set_blocking(self._process.stdin.fileno(), False)
        return self._process

    def _send(self, process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
        if process.stdin is None:
            raise BrokenPipeError
        descriptor, view = process.stdin.fileno(), memoryview(data)
        while view:
            if not select.select([], [descriptor], [], max(deadline - time.monotonic(), 0))[1]:
                raise TimeoutError
            view = view[os.write(descriptor, view[:_READ]) :]

    def _frames(self, process: subprocess.Popen[bytes], deadline: float) -> Iterator[tuple[int, int, bytes]]:
        while True:
            kind, count, size = FRAME.unpack(self._receive(process, FRAME.size, deadline))
            if kind == END:
                return
            yield kind, count, self._receive(process, size, deadline)

    def _receive(self, process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        if process.stdout is None:
            raise BrokenPipeError
        descriptor, parts, left = process.stdout.fileno(), [], size
        while left:
            if not select.select([descriptor], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise TimeoutError
            part = os.read(descriptor, min(left, _READ))
            if not part:
                raise BrokenPipeError
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
