"""The file of alerts, one JSON object a line: each alert once, even killed between its bytes and the note of them."""

import os
import sqlite3
from pathlib import Path
from typing import BinaryIO

from rempart.detection.watch.state import transaction

_NAME = "alerts"
_BATCH = 10_000


def write_alerts(connection: sqlite3.Connection, path: Path) -> int:
    """Append the alerts that are in the state and not yet in the file; return how many.

    Killed after the bytes and before the note of them, the next call finds them there and writes only what lacks. A
    file that was rotated away (it is shorter than noted) is begun anew.
    """
    row = connection.execute("SELECT number, position FROM outputs WHERE name = ?", (_NAME,)).fetchone()
    number, position = (row["number"], row["position"]) if row else (0, 0)
    rows = connection.execute(
        "SELECT number, line FROM alerts WHERE number > ? ORDER BY number LIMIT ?", (number, _BATCH)
    ).fetchall()
    if not rows:
        return 0
    content = b"".join(bytes(each["line"]) + b"\n" for each in rows)
    with _opened(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        position = position if position <= size else 0
        stream.seek(position)
        there = stream.read(len(content))
        if content.startswith(there):
            stream.write(content[len(there) :])
        else:
            stream.seek(0, os.SEEK_END)  # somebody else wrote there: after it
            stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
        end = stream.tell()
    with transaction(connection):
        connection.execute("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?)", (_NAME, rows[-1]["number"], end))
    return len(rows)


def _opened(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    return os.fdopen(descriptor, "r+b")
