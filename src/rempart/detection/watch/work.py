"""One block, whole or not at all: read, match, correlate, then write all that follows from it in one transaction."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from structlog import get_logger

from rempart.detection.alerts.alert import Alert, Reference
from rempart.detection.census import Census
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import FILE, OFFSET, Block, Reading
from rempart.detection.ledger import Tally
from rempart.detection.watch.cases import Tellers, join
from rempart.detection.watch.decoding import Decoder
from rempart.detection.watch.logs import where
from rempart.detection.watch.metrics import Figures
from rempart.detection.watch.sifting import Sifted, Sifter
from rempart.detection.watch.state import transaction
from rempart.detection.watch.tail import Chunk, Tail
from rempart.detection.watch.tools import Event, Tools
from rempart.measurement.errors import RempartError

_EVTX = b"ElfFile\0"
_log = get_logger("rempart.detection.watch")


class Work:
    """What is done of a block.

    Args:
        connection: the state.
        tools: the pieces of the engine.
        tail: the files.
        sifter: the rules and what correlations need.
        tellers: who is told.
        figures: the metrics.

    """

    def __init__(  # noqa: PLR0913, PLR0917 — the pieces a block goes through
        self,
        connection: sqlite3.Connection,
        tools: Tools,
        tail: Tail,
        sifter: Sifter,
        tellers: Tellers,
        figures: Figures,
    ) -> None:
        self.sifter = sifter
        self._connection = connection
        self._tools = tools
        self._tail = tail
        self._tellers = tellers
        self._figures = figures

    def process(self, chunks: Sequence[Chunk], now: datetime) -> None:
        """Process chunks of files; one that breaks a reader is told, counted, and passed over alone."""
        try:
            self._process(chunks, now)
        except (sqlite3.Error, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 — a reader's defect must not stop the watch: told, counted
            if len(chunks) > 1:
                for chunk in chunks:
                    self.process([chunk], now)
                return
            place = f"{chunks[0].file.label}:{chunks[0].file.position}"
            _log.error("block passed over", place=place, why=where(error))
            self._figures.flaws.inc()
            with transaction(self._connection):
                self._tail.advance(self._connection, chunks[0])

    def _process(self, chunks: Sequence[Chunk], now: datetime) -> None:
        census, tally = Census(), Tally()
        wanted = Wanted(self._tools.reading(self.sifter.compiled))
        read: list[Chunk] = []
        blocks = self._counted(self._blocks(chunks, wanted, census, read), tally, now)
        sifted = self.sifter.sift(blocks, now, Whole(self._tools, read, self._tail))
        with transaction(self._connection):
            for chunk in read:
                self._tail.advance(self._connection, chunk)
            raised = [alert for alert in sifted.alerts if self._raise(alert, now)]
            self.sifter.write(self._connection, sifted)
            tally.write(self._connection)
        self.sifter.accept(sifted)
        self._tell(census, raised, sifted, now)

    def _raise(self, alert: Alert, now: datetime) -> bool:
        """Write an alert and what follows from it; False when it was raised already."""
        if self._connection.execute("SELECT 1 FROM alerts WHERE id = ?", (alert.id,)).fetchone():
            return False
        incident = join(self._connection, alert, self._tellers, now)
        line = self._tools.line(alert, incident, now)
        self._connection.execute(
            "INSERT INTO alerts (id, incident, raised, line) VALUES (?, ?, ?, ?)",
            (alert.id, incident, now.timestamp(), line),
        )
        return True

    def _blocks(self, chunks: Sequence[Chunk], wanted: Wanted, census: Census, read: list[Chunk]) -> Iterator[Block]:
        """Yield the events of all chunks; `read` receives the chunks as they are to be noted."""
        lines = [chunk for chunk in chunks if chunk.content is not None]
        read.extend(lines)
        yield from Decoder(wanted, census, self._tools.declarations).blocks(lines)
        for chunk in chunks:
            if chunk.content is None:
                top = chunk.file.record
                for block in self._tools.read(chunk.file.path, wanted.reading, census):
                    if not block.batch.num_rows:
                        continue
                    top = max(top, pc.max(block.batch.column(OFFSET)).as_py())
                    yield _labelled(_unseen(block, chunk), chunk)
                read.append(chunk._replace(record=top))

    def _counted(self, blocks: Iterable[Block], tally: Tally, now: datetime) -> Iterator[Block]:
        for block in blocks:
            tally.count(block, now, live=True)
            self._figures.events.labels(block.event_class.source).inc(block.batch.num_rows)
            yield block

    def _tell(self, census: Census, raised: list[Alert], sifted: Sifted, now: datetime) -> None:
        for alert in raised:
            self._figures.alerts.labels(alert.about.level).inc()
            _log.warning("alert", alert=alert.id, rule=alert.about.id, severity=alert.about.level)
        if census.flawed:
            self._figures.flaws.inc(census.flawed)
            first = census.flaws[0].place if census.flaws else ""
            _log.warning("records not understood", count=census.flawed, first=first)
        if sifted.evicted:
            self._figures.evictions.inc(sifted.evicted)
            _log.warning("matches evicted before their time", count=sifted.evicted)
        if sifted.late:
            self._figures.late.inc(sifted.late)
            _log.warning("matches too late for correlations", count=sifted.late)
        self._figures.kept.set(self.sifter.kept.num_rows)
        self._figures.checkpoint.set(now.timestamp())


class Whole:
    """Sees a whole event again: in the chunk that has just been read, else in its file, where it stands now."""

    def __init__(self, tools: Tools, chunks: list[Chunk], tail: Tail) -> None:
        self._tools = tools
        self._chunks = chunks
        self._tail = tail
        self._decoder = Decoder(Wanted(Reading({}, every_field=True)), Census(), tools.declarations)

    def __call__(self, reference: Reference) -> Event | None:
        """Return every field of an event, None when it cannot be read: its alert stands without it."""
        for chunk in self._chunks:
            if chunk.file.label == reference.file and chunk.file.position <= reference.offset < chunk.end:
                return self._decoder.event(chunk, reference)
        label, inside, member = reference.file.partition("!")
        path = next((str(each.path) for each in self._tail.followed.values() if each.label == label), label)
        try:
            return self._tools.fetch(replace(reference, file=path + inside + member)) or None
        except (RempartError, OSError, ValueError):
            return None


def _unseen(block: Block, chunk: Chunk) -> Block:
    """Leave out the records of an EVTX file that were read when it was shorter."""
    if chunk.file.record < 0 or not chunk.file.head.startswith(_EVTX):
        return block
    return Block(
        block.event_class, block.batch.filter(pc.greater(block.batch.column(OFFSET), pa.scalar(chunk.file.record)))
    )


def _labelled(block: Block, chunk: Chunk) -> Block:
    """Name the events of a file read whole by its label, as those of any other."""
    path, label = str(chunk.file.path), chunk.file.label
    if path == label:
        return block
    names = block.batch.column(FILE)
    renamed = pa.array([label + str(name).removeprefix(path) for name in names.dictionary.to_pylist()], pa.string())
    column = pa.DictionaryArray.from_arrays(names.indices, renamed)
    return Block(block.event_class, block.batch.set_column(block.batch.schema.get_field_index(FILE), FILE, column))


def forget_alerts(connection: sqlite3.Connection, raised_before: float) -> None:
    """Remove from the state the alerts raised before a moment that the file of alerts holds."""
    row = connection.execute("SELECT number FROM outputs").fetchone()
    connection.execute(
        "DELETE FROM alerts WHERE raised < ? AND number <= ?", (raised_before, row["number"] if row else 0)
    )
