"""The same work on Apache Spark: splits by `mapInArrow`, correlations by `applyInArrow` on shuffled groups.

Files are named as the machines of the cluster see them: a shared file system, or the same folder on each. A task that
is done twice, because its machine died or was slow, gives the same rows under the same split number, and they are taken
once.
"""

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pyarrow as pa

from rempart.detection.correlation import in_order
from rempart.detection.engines import bootstrap
from rempart.detection.engines.package import package
from rempart.detection.engines.parts import BUCKET, PART, parts_of, put_together, shared_out
from rempart.detection.engines.travel import correlated_schema, packed_work, received, sent_schema
from rempart.detection.engines.work import Work
from rempart.detection.findings import Findings, LeftOut
from rempart.detection.matched import CORRELATED
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

Session = Any
"""A `pyspark.sql.SparkSession`, `Frame` a DataFrame: their library is an extra."""
Frame = Any

ROOM = "rempart.detection.engines.travel"
LOOPBACK = ("local", "spark://127.", "spark://localhost")
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
    "spark.log.level": "ERROR",
}
"""What the engine asks of Spark; what is given to `session` goes before."""
BUCKETS_A_CORE = 2
"""Tasks made of the groups of one correlation, for each core: enough that none waits for a slow one."""


@contextmanager
def session(master: str, settings: Mapping[str, str] | None = None) -> Iterator[Session]:
    """Open a session on a cluster, and leave nothing behind.

    Args:
        master: `spark://host:port`, `local[2]`, `yarn`...
        settings: Spark's own settings, by name.

    Raises:
        InputError: pyspark or Java is not installed, or the cluster does not answer.

    """
    spark_session = _pyspark()
    logging.getLogger("py4j").setLevel(logging.WARNING)
    builder = spark_session.builder.master(master).appName("rempart")
    nearby = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    chosen = SETTINGS | (nearby if master.startswith(LOOPBACK) else {}) | dict(settings or {})
    if master.startswith(LOOPBACK):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nothing of it on the network
    for name, value in chosen.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise _unreachable(master, error) from error
    # Spark itself would take the first python3 of the path of its machines.
    spark.sparkContext.pythonExec = os.environ.get("PYSPARK_PYTHON", sys.executable)
    try:
        yield spark
    finally:
        _stop(spark)


def _pyspark() -> Any:  # noqa: ANN401 — the class SparkSession
    try:
        sql: Any = import_module("pyspark.sql")  # an extra: only those who use Spark have it
    except ImportError as error:
        raise InputError(
            Text(fr="pyspark n'est pas installé", en="pyspark is not installed"),
            advice=Text(
                fr="Installez l'option : pip install 'rempart[spark]'",
                en="Install the extra: pip install 'rempart[spark]'",
            ),
        ) from error
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        raise InputError(
            Text(fr="Java est introuvable : Spark en a besoin", en="Java cannot be found: Spark needs it"),
            advice=Text(
                fr="Installez Java 17 (Debian : openjdk-17-jre-headless) ou indiquez JAVA_HOME.",
                en="Install Java 17 (Debian: openjdk-17-jre-headless) or set JAVA_HOME.",
            ),
        )
    return sql.SparkSession


def _unreachable(master: str, error: Exception) -> InputError:
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return InputError(
        Text(fr=f"Spark ne répond pas : {first}", en=f"Spark does not answer: {first}"),
        master,
        Text(
            fr="Vérifiez l'adresse du maître et que ses machines peuvent joindre celle-ci.",
            en="Check the address of the master, and that its machines can reach this one.",
        ),
    )


def _stop(spark: Session) -> None:
    """Stop the session and the Java process that serves it, so that no socket stays open."""
    spark.stop()
    context = import_module("pyspark").SparkContext
    gateway = context._gateway  # noqa: SLF001 — pyspark has no public way to end its Java process
    if gateway is None:
        return
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=30)
    context._gateway = None  # noqa: SLF001 — same
    context._jvm = None  # noqa: SLF001 — same


def run(work: Work, master: str, settings: Mapping[str, str] | None = None) -> Findings:
    """Do the work on a Spark cluster.

    Raises:
        InputError: Spark cannot be used (`session`), or a task failed for good.

    """
    with session(master, settings) as spark:
        return run_in(spark, work)


def run_in(spark: Session, work: Work) -> Findings:
    """Do the work in a session."""
    sent = spark.sparkContext.broadcast((package().archive, packed_work(work)))
    try:
        matched, census = received(work, matches_in(spark, work, sent).toArrow())
        matched = in_order(matched).combine_chunks()
        correlated, left_out = _correlated(spark, work, matched, sent)
    finally:
        sent.destroy()
    return Findings(work.compiled, matched, correlated, census, left_out)


def matches_in(spark: Session, work: Work, sent: Any) -> Frame:  # noqa: ANN401 — a Broadcast
    """Return the matches of all splits as a frame of Spark (`sent_schema`): one task a split."""
    count = len(work.splits)
    numbers = spark.range(0, count, 1, max(count, 1))
    return numbers.mapInArrow(_task(sent, "match_splits"), _as_spark(sent_schema(work)))


def _task(sent: Any, name: str) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:  # noqa: ANN401
    """Return a function that Spark can send by value: it makes Rempart importable there, then calls it by name."""
    call, digest = _by_value(), package().digest

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        archive, data = sent.value
        yield from call(archive, digest, f"{ROOM}:{name}", data, batches)

    return _local(task)


def _by_value() -> Callable[..., Any]:
    cloudpickle: Any = import_module("pyspark.cloudpickle")
    cloudpickle.register_pickle_by_value(bootstrap)
    return bootstrap.call


def _local(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as if it were nobody's, so that its module is not looked for where it arrives."""
    function.__module__ = "__main__"
    return function


def _as_spark(schema: pa.Schema) -> Any:  # noqa: ANN401 — a StructType
    return import_module("pyspark.sql.pandas.types").from_arrow_schema(schema)


def _correlated(
    spark: Session,
    work: Work,
    matched: pa.Table,
    sent: Any,  # noqa: ANN401 — a Broadcast
) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Correlate on the cluster: groups that must stay whole go to one task each."""
    parts = parts_of(work.compiled)
    if not parts:
        return CORRELATED.empty_table(), ()
    shared = shared_out(work, matched, max(1, spark.sparkContext.defaultParallelism * BUCKETS_A_CORE))
    if not shared.num_rows:
        return put_together(correlated_schema().empty_table(), work.compiled)
    call, digest = _by_value(), package().digest
    only = [part.correlations for part in parts]

    def task(key: tuple[Any, ...], table: pa.Table) -> pa.Table:
        archive, data = sent.value
        part: pa.Table = call(archive, digest, f"{ROOM}:correlate_part", data, only[key[0].as_py()], table)
        return part

    frame = spark.createDataFrame(shared).groupBy(PART, BUCKET)
    return put_together(frame.applyInArrow(_local(task), _as_spark(correlated_schema())).toArrow(), work.compiled)
