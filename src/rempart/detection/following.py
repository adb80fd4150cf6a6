"""Logs that grow, matched as they come: alerts of each step, for a person who watches a terminal.

Nothing is kept between two runs: a watch that must lose nothing and repeat nothing is the daemon's (`watch`).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pyarrow as pa

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.raised import EACH, raise_alerts
from rempart.detection.census import Census
from rempart.detection.collect import evtx, formats, json
from rempart.detection.collect.blocks import Blocks
from rempart.detection.collect.containers import STDIN
from rempart.detection.collect.follow import Grown, follow, stdin
from rempart.detection.collect.kinds import HEAD_BYTES, Chunk, Format, Opened, Workshop
from rempart.detection.collect.plan import reader_of
from rempart.detection.collect.sources import Declarations
from rempart.detection.collect.wanted import Wanted
from rempart.detection.correlation import in_order
from rempart.detection.correlation.stream import Window
from rempart.detection.findings import Findings
from rempart.detection.kernel import match
from rempart.detection.matched import CORRELATED
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading

_ = (evtx, formats, json)  # importing them registers their formats


class Following:
    """The readers of the files that are followed, and what correlations keep of what they matched.

    Args:
        compiled: the rules.
        declarations: what the hospital says of its files.
        census: where all that is read, and what is not, is counted.

    """

    def __init__(self, compiled: Compiled, declarations: Declarations, census: Census) -> None:
        self._compiled, self._declarations, self._census = compiled, declarations, census
        self._wanted, self._workshop = Wanted(reading(compiled)), Workshop()
        self._readers: dict[str, Format] = {}
        self._window = Window(compiled)

    @property
    def late(self) -> int:
        """How many matches came after later ones, and could not be correlated: a burst is told without waiting."""
        return self._window.late

    def take(self, grown: Grown) -> list[Alert]:
        """Return the alerts that some more lines of a file raise."""
        if grown.fresh or grown.file not in self._readers:
            self._readers[grown.file] = self._reader(grown)
        reader, blocks = self._readers[grown.file], Blocks(self._wanted, self._census)
        pieces = [*reader.read(Chunk(grown.offset, grown.data, grown.last)), *(reader.finish() if grown.last else ())]
        pieces += self._workshop.drain()
        ready = [block for piece in pieces for block in blocks.add(piece)]
        tables = [match(block, self._compiled) for block in (*ready, *blocks.rest())]
        return self._alerts([table for table in tables if table.num_rows])

    def _reader(self, grown: Grown) -> Format:
        head = grown.data[:HEAD_BYTES]
        declared = self._declarations.of(grown.file, head, datetime.now(UTC))
        form = reader_of(head, grown.file, declared, self._census)
        return form(Opened(grown.file, head, self._wanted, self._census, self._workshop, declared))

    def _alerts(self, tables: list[pa.Table]) -> list[Alert]:
        if not tables:
            return []
        matched = in_order(pa.concat_tables(tables))
        alone = Findings(self._compiled, matched, CORRELATED.empty_table(), self._census)
        raised = self._window.feed(matched)
        together = Findings(self._compiled, raised.matched, raised.opened, self._census)
        bursts = [alert for alert in raise_alerts(together) if alert.keys or alert.measured is not None]
        return [*raise_alerts(alone, None, EACH), *bursts]


def alerts_of(paths: Sequence[str], following: Following, stop: Event) -> Iterator[Alert]:
    """Yield alerts as files grow, until told to stop; `-` is standard input, until it ends."""
    grown = stdin() if list(paths) == [STDIN] else follow([Path(path) for path in paths], stop)
    for more in grown:
        yield from following.take(more)
