"""The same files and rules by threads, Spark (a standalone master, two workers) and Dask: events a second, and ratios.

    python benchmarks/detection_engines.py LOGS... --rules FOLDER [--without spark --without dask]

Every engine must find the same matches and correlations, or nothing is printed of it. A first run that is not counted
lets each engine load its compiled code.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rempart.detection.collect.read import Options
from rempart.detection.engines import dask, reading, spark, threads
from rempart.detection.findings import Findings
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from tests.detection.engines.cluster import SETTINGS, cluster

Run = Callable[[], Findings]


def on_threads(paths: list[Path], compiled: Compiled) -> Run:
    """Return a run of threads of this process."""
    return lambda: threads.run(reading.here(paths, compiled, Options(threads=2)))


@contextmanager
def on_spark(paths: list[Path], compiled: Compiled) -> Iterator[Run]:
    """Give a run on a standalone Spark cluster of two workers."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster(Path(folder)) as running,
        spark.session(running.master, SETTINGS | {"spark.driver.maxResultSize": "4g"}) as session,
    ):
        yield lambda: spark.run_in(session, reading.on_cluster(paths, compiled))


@contextmanager
def on_dask(paths: list[Path], compiled: Compiled) -> Iterator[Run]:
    """Give a run on two processes of Dask."""
    from distributed import LocalCluster  # noqa: PLC0415 — only when it is asked

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as running,
        dask.client(running.scheduler_address) as client,
    ):
        yield lambda: dask.run_in(client, reading.on_cluster(paths, compiled))


def timed(run: Run) -> tuple[Findings, float]:
    """Return what the second of two runs finds, and its seconds."""
    run()
    start = time.perf_counter()
    found = run()
    return found, time.perf_counter() - start


def told(name: str, found: Findings, seconds: float, first: tuple[Findings, float]) -> None:
    """Print one line, once it is known that the engine found the same."""
    expected, fastest = first
    same = found.matched.equals(expected.matched) and found.correlated.equals(expected.correlated)
    assert same, f"{name} found something else"  # noqa: S101 — figures of a wrong result are no figures
    events = sum(found.census.events.values())
    print(f"{name:>8}: {seconds:6.1f} s, {events / seconds:10,.0f} events/s, {seconds / fastest:4.1f} x threads")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="+", type=Path)
    parser.add_argument("--rules", required=True, type=Path, action="append")
    parser.add_argument("--without", choices=("spark", "dask"), action="append", default=[])
    arguments = parser.parse_args()
    compiled = load(arguments.rules)
    logs = [path.resolve() for path in arguments.logs]
    print(f"{len(compiled.rules)} rules, {len(compiled.correlations)} correlations")
    first = timed(on_threads(logs, compiled))
    told("threads", *first, first)
    for name, engine in (("spark", on_spark), ("dask", on_dask)):
        if name not in arguments.without:
            with engine(logs, compiled) as run:
                told(name, *timed(run), first)


if __name__ == "__main__":
    main()
