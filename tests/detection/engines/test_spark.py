"""On a real standalone cluster, with a worker killed in the middle."""

import sys
import threading
import time
from dataclasses import replace

import pyarrow as pa
import pytest

from rempart.detection.correlation import by_moment, in_order
from rempart.detection.correlation.stream import Window
from rempart.detection.engines import spark as engine
from rempart.detection.engines import streaming, threads
from rempart.detection.engines.work import Split
from rempart.detection.findings import Findings
from rempart.measurement.errors import InputError
from tests.detection.engines import standin
from tests.detection.engines.same import assert_same

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning:socket"),
]


def test_a_cluster_finds_what_threads_do_even_when_a_worker_is_killed_in_the_middle(
    spark, spark_cluster, work, expected
):
    """One test, for the cluster and the first job take most of the time."""
    assert expected.matched.num_rows > 2_000
    assert expected.correlated.num_rows > 10
    alone = replace(work, compiled=replace(work.compiled, correlations=()), splits=work.splits[:1])
    without_correlation = engine.run_in(spark, alone)  # no second pass
    assert without_correlation.correlated.num_rows == 0
    assert without_correlation.left_out == ()
    slow = replace(work, read=standin.read_slowly)
    found: list[Findings] = []
    running = threading.Thread(target=lambda: found.append(engine.run_in(spark, slow)))
    running.start()
    tracker = spark.sparkContext.statusTracker()
    _until(lambda: _both_work(tracker))
    spark_cluster.kill("worker-2")
    _until(lambda: _hosts(spark) == 1)
    assert running.is_alive()  # work was left to do when the worker had gone
    running.join()
    assert_same(found[0], expected)
    spark_cluster.start_workers("worker-2")


def _both_work(tracker) -> bool:
    stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
    return any(stage.numCompletedTasks >= 2 and stage.numActiveTasks >= 2 for stage in stages if stage)


def _hosts(spark) -> int:
    """How many executors the driver knows, itself left out."""
    return spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1


def _until(holds) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def landing(tmp_path, sample):
    """A folder where the sample lands in pieces of 4 000 lines, in order of time of the lines as they are."""
    folder = tmp_path / "landing"
    folder.mkdir()
    lines = sample.read_bytes().splitlines(keepends=True)

    def land(number):
        temporary = folder / f".piece-{number}"
        temporary.write_bytes(b"".join(lines[number * 4000 : (number + 1) * 4000]))
        temporary.rename(folder / f"piece-{number}.jsonl")

    return folder, land


def test_a_stream_of_files_finds_each_match_once_even_when_a_batch_is_done_again(spark, work, tmp_path, landing):
    folder, land = landing
    options = streaming.Options(tmp_path / "out", tolerance=standin.ALL_TIME, files=1, once=True)
    land(0)
    land(1)
    streaming.watch_folder(spark, work, folder, options).awaitTermination()
    # A crash after the results of a batch and before Spark wrote that it was done: Spark will do it again.
    commits = sorted((tmp_path / "out" / "checkpoint" / "commits").glob("[0-9]*"))
    commits[-1].unlink()
    (commits[-1].parent / f".{commits[-1].name}.crc").unlink(missing_ok=True)
    land(2)
    streaming.watch_folder(spark, work, folder, options).awaitTermination()
    batches = list(streaming.results(tmp_path / "out"))
    assert [batch.number for batch in batches] == [0, 1, 2]
    matched = in_order(pa.concat_tables([batch.matched for batch in batches]))
    files = tuple(Split(number, (str(file),)) for number, file in enumerate(sorted(folder.glob("*.jsonl"))))
    whole = threads.run(replace(work, splits=files))
    assert matched.equals(whole.matched)
    last = Window.load((tmp_path / "out" / "batch-2" / "state").read_bytes(), work.compiled).finish()
    closed = [batch.raised.closed for batch in batches] + [last.closed]
    assert by_moment(pa.concat_tables(closed)).drop_columns("rows").equals(whole.correlated.drop_columns("rows"))


def test_kafka_without_its_connector_names_the_package_to_add(spark):
    with pytest.raises(InputError, match=r"org\.apache\.spark:spark-sql-kafka-0-10_2\.13:"):
        streaming.kafka(spark, "127.0.0.1:9092", "logs")


def test_without_pyspark_the_extra_to_install_is_named(work, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(InputError, match=r"rempart\[spark\]"):
        engine.run(work, "local[2]")


def test_without_java_it_says_so(work, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputError, match="Java"):
        engine.run(work, "local[2]")
