"""Spark Structured Streaming: files that land in a folder, or messages of Kafka, matched and correlated batch by batch.

Exactly once: Spark keeps in its checkpoint which files (or offsets) make a batch, so a batch that is done again after a
crash is the same one; its results are written under its number, whole or not at all, with the state of the correlations
after it, and a batch already written is not done again.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rempart.detection.correlation import in_order
from rempart.detection.correlation.stream import Raised, Window
from rempart.detection.engines.package import package
from rempart.detection.engines.spark import Frame, Session, matches_in
from rempart.detection.engines.travel import packed_work, received
from rempart.detection.engines.work import Split, Work
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

KAFKA_CLASS = "org.apache.spark.sql.kafka010.KafkaSourceProvider"
KAFKA_PACKAGE = "org.apache.spark:spark-sql-kafka-0-10_2.13"
FILES_A_BATCH = 100
RESULTS = ("matched", "opened", "closed", "raised")


@dataclass(frozen=True)
class Options:
    """How a stream is read.

    Attributes:
        folder: where the checkpoint, the state and the results are kept, seen by this machine.
        tolerance: how late an event may come and still be correlated.
        files: how many files make a batch at most.
        once: read what is there, then stop.

    """

    folder: Path
    tolerance: timedelta = timedelta(minutes=5)
    files: int = FILES_A_BATCH
    once: bool = False


@dataclass(frozen=True)
class Batch:
    """What one batch found.

    Attributes:
        number: of the batch, from 0; the same when it is done again.
        matched: its matches, in order.
        raised: what the correlations brought, with the matches of theirs.

    """

    number: int
    matched: pa.Table
    raised: Raised


def watch_folder(spark: Session, work: Work, folder: Path, options: Options) -> Any:  # noqa: ANN401 — a StreamingQuery
    """Match the files of a folder and those that will land in it; each must arrive whole, by a rename.

    Args:
        spark: a session (`spark.session`).
        work: the rules and the functions; its splits are not used.
        folder: as the machines of the cluster see it.
        options: how to read.

    Returns:
        The query, started; `results` reads what it found.

    """
    files = (
        spark.readStream.format("binaryFile")
        .schema("path string, modificationTime timestamp, length bigint, content binary")
        .option("maxFilesPerTrigger", options.files)
        .load(str(folder))
        .select("path")
    )
    return _started(files, options, lambda frame, number: do_files(spark, work, options, frame, number))


def do_files(spark: Session, work: Work, options: Options, frame: Frame, number: int) -> None:
    """Do one batch: match its files on the cluster, correlate, and write what was found under its number."""
    if (options.folder / f"batch-{number}").is_dir():
        return
    paths = sorted(row["path"].removeprefix("file:").replace("///", "/") for row in frame.collect())
    part = replace(work, splits=tuple(Split(place, (path,)) for place, path in enumerate(paths)))
    sent = spark.sparkContext.broadcast((package().archive, packed_work(part)))
    try:
        matched, _ = received(part, matches_in(spark, part, sent).toArrow())
    finally:
        sent.destroy()
    window = _window(work, options, number)
    matched = in_order(matched).combine_chunks()
    _write(options.folder / f"batch-{number}", Batch(number, matched, window.feed(matched)), window)


def _window(work: Work, options: Options, number: int) -> Window:
    """Return the state of the correlations after the batch before."""
    before = options.folder / f"batch-{number - 1}" / "state"
    if before.exists():
        return Window.load(before.read_bytes(), work.compiled)
    return Window(work.compiled, tolerance=options.tolerance)


def _write(folder: Path, batch: Batch, window: Window) -> None:
    """Write what a batch found: whole or not at all."""
    temporary = folder.with_suffix(".part")
    temporary.mkdir(parents=True, exist_ok=True)
    tables = (batch.matched, batch.raised.opened, batch.raised.closed, batch.raised.matched)
    for name, table in zip(RESULTS, tables, strict=True):
        pq.write_table(table, temporary / f"{name}.parquet")
    (temporary / "state").write_bytes(window.save())
    os.rename(temporary, folder)  # noqa: PTH104 — in one step
    old = folder.parent / f"batch-{batch.number - 2}" / "state"
    old.unlink(missing_ok=True)  # Spark never goes back further than the batch before


def results(folder: Path) -> Iterator[Batch]:
    """Yield what a stream found so far, batch by batch."""
    for found in sorted(folder.glob("batch-*"), key=lambda path: (len(path.name), path.name)):
        if found.suffix != ".part":
            matched, *raised = (pq.read_table(found / f"{name}.parquet") for name in RESULTS)
            yield Batch(int(found.name.removeprefix("batch-")), matched, Raised(*raised))


def _started(frame: Frame, options: Options, do: Callable[[Frame, int], None]) -> Any:  # noqa: ANN401
    options.folder.mkdir(parents=True, exist_ok=True)
    writer = frame.writeStream.foreachBatch(do).option("checkpointLocation", str(options.folder / "checkpoint"))
    return (writer.trigger(availableNow=True) if options.once else writer).start()


def kafka(spark: Session, servers: str, topic: str, settings: Mapping[str, str] | None = None) -> Frame:
    """Return the messages of a topic of Kafka as a stream: `value` as text, `topic`, `partition`, `offset`.

    Raises:
        InputError: the connector is not among the jars of Spark.

    """
    if not _has_class(spark, KAFKA_CLASS):
        coordinate = f"{KAFKA_PACKAGE}:{spark.version}"
        raise InputError(
            Text(fr="Spark n'a pas son connecteur Kafka", en="Spark does not have its Kafka connector"),
            f"kafka://{servers}/{topic}",
            Text(
                fr=f"Ajoutez le paquet Maven {coordinate} (réglage spark.jars.packages ou spark.jars).",
                en=f"Add the Maven package {coordinate} (setting spark.jars.packages or spark.jars).",
            ),
        )
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", servers).option("subscribe", topic)
    for name, value in (settings or {}).items():
        reader = reader.option(name, value)
    return reader.load().selectExpr("CAST(value AS STRING) AS value", "topic", "partition", "offset")


def _has_class(spark: Session, name: str) -> bool:
    failed = import_module("py4j.protocol").Py4JJavaError
    try:
        java = spark.sparkContext._jvm  # noqa: SLF001 — the only way to ask Java
        loader = java.Thread.currentThread().getContextClassLoader()
        java.java.lang.Class.forName(name, False, loader)  # noqa: FBT003 — Java has no names
    except failed:
        return False
    return True


def watch_kafka(spark: Session, work: Work, messages: Frame, options: Options, spool: Path) -> Any:  # noqa: ANN401 — a StreamingQuery
    """Match messages of Kafka, one event each: every batch is spooled as one file of lines a partition, then matched.

    Args:
        spark: a session.
        work: the rules and the functions.
        messages: `kafka(...)`.
        options: how to read.
        spool: a folder that the machines of the cluster share; files are named by batch, topic and partition, so that
            an alert leads back to its message.

    """

    def do(frame: Frame, number: int) -> None:
        target = spool / f"batch-{number}"
        lines = frame.orderBy("topic", "partition", "offset").select("value", "topic", "partition")
        lines.write.mode("overwrite").partitionBy("topic", "partition").text(str(target))
        paths = [(str(path),) for path in sorted(target.rglob("part-*"))]
        do_files(spark, work, options, spark.createDataFrame(paths, "path string"), number)

    return _started(messages, options, do)
