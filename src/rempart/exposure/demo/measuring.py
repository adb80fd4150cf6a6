"""Measure the fictional hospital with the real engine: the same scheduler, surveys and controls as any measurement."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rempart.exposure.collect.identify import identify
from rempart.exposure.collect.run import Plan, Run
from rempart.exposure.collect.scheduler import Clock, SystemClock
from rempart.exposure.collect.stages import silent
from rempart.exposure.demo.hospital import Hospital
from rempart.exposure.feeds.store import Store
from rempart.exposure.knowledge import with_knowledge
from rempart.exposure.snapshot import Snapshot, save

NAME = "Centre hospitalier de Valmont (fictif)"
_TRUST = "SSL_CERT_FILE"


class StoryClock(SystemClock):
    """The machine's clock, moved so that the story begins at `begins`."""

    def __init__(self, begins: datetime) -> None:
        self._shift: timedelta = begins - super().now()

    def now(self) -> datetime:
        """Return the moment of the story."""
        return super().now() + self._shift


def measure(
    hospital: Hospital,
    path: Path,
    *,
    store: Path | None = None,
    clock: Clock | None = None,
    tell: Callable[[str, int, int | None], None] = silent,
) -> Snapshot:
    """Measure a hospital that stands, write the snapshot to `path` and return it.

    Args:
        hospital: the hospital, its servers started.
        path: the file to write (.rempart).
        store: the folder of the loaded data sets; without it only the table of end of support that Rempart ships.
        clock: the time of the story (default: the machine's).
        tell: learns how far the measurement is.

    Raises:
        InputError: the file cannot be written.

    """
    with TemporaryDirectory(prefix="rempart-demo-") as folder, _trusting(hospital.authority):
        work = Path(folder)
        with Run(Plan(hospital.perimeter, work / "run", identify), clock=clock) as run:
            asyncio.run(run.measure(tell))
            snapshot = run.save(work / "run.rempart")
        return save(with_knowledge(snapshot, Store(store or work / "no-feeds")), path)


@contextmanager
def _trusting(authority: Path) -> Iterator[None]:
    """Have TLS believe the fictional authority only, as a browser believes its own."""
    before = os.environ.get(_TRUST)
    os.environ[_TRUST] = str(authority)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_TRUST]
        else:
            os.environ[_TRUST] = before
