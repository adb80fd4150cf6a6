"""Readers of the tests: one that is slow enough to be looked at, and lines where no real logs are installed."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import orjson

from rempart.detection.census import Census
from rempart.detection.collect.sources import Declarations
from rempart.detection.engines import reading
from rempart.detection.engines.work import Split
from rempart.detection.events import Block
from rempart.detection.rules.form import Compiled

ALL_TIME = timedelta(days=3650)


def read(split: Split, compiled: Compiled, census: Census) -> Iterator[Block]:
    """As the engines do."""
    return reading.read_split(Declarations(), split, compiled, census)


def read_slowly(split: Split, compiled: Compiled, census: Census) -> Iterator[Block]:
    """As `read`, long enough for a test to look at the cluster meanwhile."""
    time.sleep(0.5)
    return read(split, compiled, census)


def made_up(count: int) -> bytes:
    """Lines as nxlog writes them, a night of a fictional hospital's noise."""
    random = Random(5)  # noqa: S311 — noise needs no secret
    start = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    sysmon = "Microsoft-Windows-Sysmon/Operational"
    lines = []
    for _ in range(count):
        code = random.choice((3, 7, 10, 13, 4624))
        event = {
            "EventID": code,
            "Channel": "Security" if code == 4624 else sysmon,
            "EventTime": (start + timedelta(seconds=random.randrange(20_000))).strftime("%Y-%m-%d %H:%M:%S"),
            "Hostname": f"PC{random.randrange(12)}.valmont.example",
            "Image": random.choice(("C:\\dpi.exe", "C:\\pacs.exe", "C:\\hl7.exe")),
            "ImageLoaded": f"C:\\library-{random.randrange(30)}.dll",
            "TargetObject": "HKLM\\Software\\Valmont",
            "Details": "1",
            "Message": "x" * 2000,
        }
        lines.append(orjson.dumps(event))
    return b"\n".join(lines) + b"\n"
