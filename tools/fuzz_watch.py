"""Throw hostile bytes at what a network may send to the watch: `python tools/fuzz_watch.py [seconds]`.

Framings of syslog and RELP, whatever the cuts: messages or a count of what was dropped, within bounds, never an error.
"""

import random
import sys
import time

from rempart.detection.watch.decoding import alike
from rempart.detection.watch.framing import Relp, Syslog, one_line

_SEEDS = (b"<13>Nov 24 03:12:01 srv sshd[1]: x\n", b"12 <13>message\n", b"1 open 0\n", b"2 syslog 5 hello\n", b"{}\n")
_LONGEST = 64


def main(seconds: float) -> None:
    """Try for so long, then say how many streams were tried."""
    turn = random.Random(time.time_ns())  # noqa: S311 — any bytes
    end = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < end:
        stream = bytearray(b"".join(turn.choices(_SEEDS, k=turn.randint(1, 30))))
        for _ in range(turn.randint(0, 20)):
            stream[turn.randrange(len(stream))] = turn.randrange(256)
        _try(bytes(stream), turn)
        tried += 1
    print(f"{tried} streams")


def _try(stream: bytes, turn: random.Random) -> None:
    syslog, relp = Syslog(_LONGEST), Relp(_LONGEST)
    at = 0
    while at < len(stream):
        step = turn.randint(1, 40)
        for message in syslog.feed(stream[at : at + step]):
            if not 0 < len(message) <= _LONGEST + 1 or b"\n" in one_line(message):
                raise AssertionError(stream)
        relp.feed(stream[at : at + step])
        at += step
    syslog.end()
    pieces = alike(stream)
    if pieces[0][0] != 0 or pieces[-1][1] != len(stream):
        raise AssertionError(stream)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
