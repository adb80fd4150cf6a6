"""Runs inside a namespace: `python -m tests.exposure.lab.inside` does what it reads, one call after another.

A call is a pickled `(function, args)` framed by its length; so is the answer, `(ok, value or exception, trace)`. Each
call has a process of its own (fork): pytest's threads could not change namespace, and a call that goes wrong leaves
nothing behind.
"""

import asyncio
import inspect
import os
import pickle
import struct
import sys
import traceback
from typing import BinaryIO

import rempart.exposure.audit  # noqa: F401 — imported once, before the forks


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next message, None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    return stream.read(struct.unpack("!I", head)[0])


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one message."""
    stream.write(struct.pack("!I", len(content)) + content)
    stream.flush()


def done(call: bytes) -> bytes:
    """Do one call and return its pickled answer."""
    try:
        function, args = pickle.loads(call)  # noqa: S301 — what our own tests wrote
        value = function(*args)
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return pickle.dumps((True, value, ""))
    except BaseException as error:  # noqa: BLE001 — handed to the test as it is
        trace = traceback.format_exc()
        try:
            return pickle.dumps((False, error, trace))
        except Exception:  # noqa: BLE001 — an exception that cannot travel
            return pickle.dumps((False, RuntimeError(repr(error)), trace))


def in_a_child(call: bytes) -> bytes:
    """Do one call in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        sys.stdout = sys.stderr
        with os.fdopen(writing, "wb") as stream:
            stream.write(done(call))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return answer or pickle.dumps((False, RuntimeError("the process of this call died"), ""))


def main() -> None:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a call prints must not be taken for an answer
    while (call := read_frame(sys.stdin.buffer)) is not None:
        write_frame(answers, in_a_child(call))


if __name__ == "__main__":
    main()
