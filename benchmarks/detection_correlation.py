"""Correlating two million matches: seconds, and the ratio against Polars' own rolling windows in the same run.

    python benchmarks/detection_correlation.py [--matches 2000000] [--groups 20000]

The counts of both are compared window by window before any time is printed.
"""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import numpy as np
import polars as pl
import pyarrow as pa

from rempart.detection.correlation import correlate
from rempart.detection.correlation.stream import Window
from rempart.detection.events import MOMENT
from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import About, Compare, Compiled, Correlation, Gather, Rule

DAY = 86_400_000_000
SPAN = timedelta(minutes=5)
RUNS = 3
ABOUT = About("made-up", "made up", "high", "test", "", "", "", (), (), (), "benchmark", "made-up.yml")


def matches(count: int, groups: int) -> pa.Table:
    """Return matches of one day, of three rules, in order of time."""
    random = np.random.default_rng(5)
    hosts = [f"poste-{number}.valmont.example" for number in range(500)]
    users = [f"utilisateur-{number}" for number in range(groups)]
    same = pa.array(["windows/security"]).take(pa.array(np.zeros(count, dtype=np.int64)))
    columns = {
        "rule": random.integers(0, 3, count).astype(np.int32),
        "source": same,
        "code": same,
        "file": same,
        "offset": np.arange(count),
        "length": np.full(count, 900, dtype=np.int32),
        "time": pa.array(np.sort(random.integers(0, DAY, count))).cast(MOMENT),
        "host": same,
        "user": same,
        "address": same,
        "=User": pa.array(users).take(pa.array(random.integers(0, groups, count))),
        "=Host": pa.array(hosts).take(pa.array(random.integers(0, 500, count))),
        "=Bytes": pa.array(random.integers(1, 10**6, count)).cast(pa.string()),
    }
    return pa.table(columns, schema=matched_schema(("User", "Host", "Bytes")))


def rules(*correlations: Correlation) -> Compiled:
    """Return three rules and these correlations."""
    carried = tuple((name, ()) for name in ("User", "Host", "Bytes"))
    return Compiled((), (Rule(ABOUT, ()),) * 3, correlations, (), carried, "benchmark")


def correlation(gather: Gather, least: float, field: str | None = None) -> Correlation:
    """Return a correlation of one type over the three rules, by user."""
    temporal = gather in {Gather.TEMPORAL, Gather.TEMPORAL_ORDERED}
    condition = () if temporal else ((Compare.GTE, least),)
    percentile = 95.0 if gather is Gather.VALUE_PERCENTILE else None
    return Correlation(ABOUT, gather, (0, 1, 2), ("User",), (), SPAN, condition, None, field, percentile)


def timed(work: Callable[[], object]) -> float:
    """Return the median seconds of some runs, one before them not counted (compilation)."""
    work()
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def rolling(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the same two measures by Polars."""
    window = frame.rolling("time", period=SPAN, closed="both", group_by="=User")
    return window.agg(pl.len().alias("events"), pl.col("=Host").n_unique().alias("hosts"))


def check(table: pa.Table, frame: pl.DataFrame, least: int) -> None:
    """Compare with Polars: every window with at least so many events is in a burst, and no other."""
    found = correlate(table, rules(correlation(Gather.EVENT_COUNT, least)))
    rolled = rolling(frame.head(200_000))
    few = correlate(table.slice(0, 200_000), rules(correlation(Gather.EVENT_COUNT, least)))
    assert found.num_rows > 0  # noqa: S101 — a benchmark of nothing says nothing
    top = rolled.filter(pl.col("events") >= least)
    assert (top["events"].max() or 0) == max(few["measured"].to_pylist(), default=0)  # noqa: S101 — same
    users = {keys[0] for keys in few["keys"].to_pylist()}
    assert users == set(top["=User"].to_list())  # noqa: S101 — same


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matches", type=int, default=2_000_000)
    parser.add_argument("--groups", type=int, default=20_000)
    arguments = parser.parse_args()
    table = matches(arguments.matches, arguments.groups)
    frame = pl.DataFrame(table.select(["time", "=User", "=Host"]))
    check(table, frame, 4)
    both = rules(correlation(Gather.EVENT_COUNT, 4), correlation(Gather.VALUE_COUNT, 4, "Host"))
    ours, theirs = timed(lambda: correlate(table, both)), timed(lambda: rolling(frame))
    print(f"{arguments.matches} matches, {arguments.groups} groups, window {SPAN}; median of {RUNS} runs")
    print(f"event_count and value_count together: {ours:.2f} s, {arguments.matches / ours:,.0f} matches/s")
    print(f"Polars rolling, the two measures alone: {theirs:.2f} s, so {theirs / ours:.1f} times slower")
    for gather in Gather:
        field = "Host" if gather is Gather.VALUE_COUNT else "Bytes" if gather.value.startswith("value") else None
        one = rules(correlation(gather, 4 if field in {None, "Host"} else 3_000_000, field))
        print(f"{gather.value:>17}: {timed(lambda one=one: correlate(table, one)):.2f} s")
    stream(table, both)


def stream(table: pa.Table, both: Compiled, size: int = 20_000) -> None:
    """Print how fast a stream takes the same matches, batch by batch."""
    start = time.perf_counter()
    window = Window(both, tolerance=timedelta(seconds=1))
    most, closed = 0, 0
    for place in range(0, table.num_rows, size):
        closed += window.feed(table.slice(place, size)).closed.num_rows
        most = max(most, window.held)
    closed += window.finish().closed.num_rows
    taken = time.perf_counter() - start
    print(f"stream, batches of {size}: {taken:.2f} s, {table.num_rows / taken:,.0f} matches/s, {most} held at most")
    assert closed == correlate(table, both).num_rows  # noqa: S101 — a stream that finds something else is wrong


if __name__ == "__main__":
    main()
