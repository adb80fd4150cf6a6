"""Throw hostile bytes at what the commands read back: `python tools/fuzz_incidents.py [seconds]`.

Results, lines of alerts and files of triage, whatever was done to them: read, or refused with their place.
"""

import random
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from rempart.detection.alerts.portable import from_line
from rempart.detection.alerts.result import parse_result
from rempart.detection.alerts.triage import read
from rempart.detection.render.marking import marked
from rempart.measurement.errors import InputError

_SEEDS = (
    b'{"subject":"I-1","state":"seen","by":"a","at":"2026-11-24T03:07:00Z","note":""}\n',
    b'{"event":{"original":"{}"},"raw_data":"{\\"id\\":\\"a\\"}"}\n',
    b'{"made_at":"2026-11-24T03:07:00Z","name":"x","alerts":[],"incidents":[],"matches":0}\n',
    b"*\\cmd.exe \\* ?*",
)


def main(seconds: float) -> None:
    """Try for so long, then say how many contents were tried."""
    turn = random.Random(time.time_ns())  # noqa: S311 — any bytes
    end = time.monotonic() + seconds
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.jsonl"
        while time.monotonic() < end:
            content = bytearray(b"".join(turn.choices(_SEEDS, k=turn.randint(1, 5))))
            for _ in range(turn.randint(0, 20)):
                content[turn.randrange(len(content))] = turn.randrange(256)
            attempt(bytes(content), path)
            tried += 1
    print(f"{tried} contents")


def attempt(content: bytes, path: Path) -> None:
    """Read one content in every way; `path` is where it may be written.

    Raises:
        AssertionError: marking changed the text it marks.

    """
    path.write_bytes(content)
    with suppress(InputError):
        read(path)
    with suppress(InputError):
        parse_result(content, str(path))
    from_line(content)
    text = content.decode(errors="replace")
    sought, _, value = text.partition("\n")
    if "".join(piece for piece, _ in marked(sought, value)) != value:
        raise AssertionError(content)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
