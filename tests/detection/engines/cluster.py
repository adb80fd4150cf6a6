"""A real Spark cluster for tests: a standalone master and two workers on loopback, thrown away after.

Needs a Java 17 (Debian's `openjdk-17-jre-headless`).
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

import rempart

ROOT = Path(__file__).parents[3]
SOURCE = Path(rempart.__file__).parents[1]
START_SECONDS = 60
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Short-lived machines need no second compiler."""
SETTINGS = {
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.executor.memory": "700m",
    "spark.executor.cores": "1",
    "spark.executorEnv.PYTHONPATH": f"{ROOT}:{SOURCE}",  # the tests' own reader is imported there
    "spark.executorEnv.NUMBA_NUM_THREADS": "1",
    "spark.sql.shuffle.partitions": "4",
}


@dataclass
class Cluster:
    """Where the master is, and the process of each worker."""

    folder: Path
    master: str = ""
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start_master(self) -> None:
        address = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        log = self._start("master", "org.apache.spark.deploy.master.Master", *address)
        self.master = _said(log, r"Starting Spark master at (spark://\S+)")

    def start_workers(self, *names: str) -> None:
        for log in [self._start_worker(name) for name in names]:
            _said(log, r"(Successfully registered)")

    def _start_worker(self, name: str) -> Path:
        sizes = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0")
        work = ("--work-dir", str(self.folder / name), self.master)
        return self._start(name, "org.apache.spark.deploy.worker.Worker", *sizes, *work)

    def _start(self, name: str, *arguments: str) -> Path:
        log = self.folder / f"{name}.log"
        command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), *arguments]
        environment = os.environ | {
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": JAVA,
        }
        with log.open("wb") as output:
            self.processes[name] = subprocess.Popen(
                command, stdout=output, stderr=output, env=environment, start_new_session=True
            )
        return log

    def kill(self, name: str) -> None:
        """End a worker without a word, as a power cut would: the worker and all it started."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)


def _said(log: Path, pattern: str) -> str:
    """Wait until a process says something, and return it."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if (found := re.search(pattern, log.read_text(errors="replace"))) is not None:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"{log.name} never said {pattern}: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    running = Cluster(folder)
    try:
        running.start_master()
        running.start_workers("worker-1", "worker-2")
        yield running
    finally:
        running.stop()
