"""A night at the fictional hospital of Valmont: ordinary life, odd things that are innocent, and an intruder."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random

from rempart.detection.demo.background_care import Care
from rempart.detection.demo.background_windows import Windows
from rempart.detection.demo.logbook import PARIS, Logbook
from rempart.detection.demo.story import Step, odd, play
from rempart.measurement.text import Text

START = datetime(2026, 11, 23, 20, 0, tzinfo=PARIS).astimezone(UTC)
"""When it begins: eight in the evening, hospital's time."""
HOURS = 12
EACH = 95
"""How many rounds of ordinary events each Windows machine writes."""


@dataclass(frozen=True)
class Night:
    """What was written.

    Attributes:
        logs: the files of logs.
        sources: what the hospital declares of them.
        filters: what the hospital knows to be innocent, as Sigma filters.
        steps: what the intruder did, with the rules that must see it.
        odd: what looks odd and is innocent, in both languages, by the rules that may speak of it.
        events: how many lines there are.
        first, last: from when to when.

    """

    folder: Path
    logs: tuple[Path, ...]
    sources: Path
    filters: Path
    steps: tuple[Step, ...]
    odd: Mapping[str, Text]
    events: int
    first: datetime
    last: datetime


def write(folder: Path, *, seed: int = 20261123) -> Night:
    """Write the logs of the night in `folder`; the same seed writes the same bytes."""
    random = Random(seed)  # noqa: S311 — a night that can be told again, no secret
    book = Logbook()
    Windows(book, random).write(START, HOURS, EACH)
    Care(book, random, START, HOURS).write()
    innocent = odd(book, START)
    steps = play(book, START)
    folder.mkdir(parents=True, exist_ok=True)
    logs = book.write(folder / "journaux")
    return Night(
        folder=folder,
        logs=logs,
        sources=_copied("sources.toml", folder),
        filters=_copied("filtres.yml", folder),
        steps=steps,
        odd=innocent,
        events=len(book),
        first=START,
        last=START + timedelta(hours=HOURS),
    )


def _copied(name: str, folder: Path) -> Path:
    target = folder / name
    with files(__package__).joinpath(name).open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
    return target
