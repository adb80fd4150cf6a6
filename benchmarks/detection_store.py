"""How small a store is, and how fast it is searched: against the JSON it was made from, in the same run.

    python benchmarks/detection_store.py LOGS.jsonl --rules FOLDER [--store FOLDER]

All rules look at the store and at the JSON, and must find the same before any figure is printed. One core: threads are
held to one, and figures are of processor time as well, which a busy machine does not change.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from rempart.detection import kernel
from rempart.detection.census import Census
from rempart.detection.collect.read import Options
from rempart.detection.collect.read import read as read_logs
from rempart.detection.correlation import in_order
from rempart.detection.events import Block
from rempart.detection.rules.cache import cached, default_folder
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.reading import reading
from rempart.detection.store.adding import add
from rempart.detection.store.manifest import manifests
from rempart.detection.store.reading import read
from rempart.detection.store.text import hunted

RUNS = 3


def matches(blocks: Iterable[Block], compiled: Compiled) -> pa.Table:
    """Return what the rules find, in order."""
    tables = [kernel.match(block, compiled) for block in blocks]
    return in_order(pa.concat_tables(tables)).combine_chunks()


def timed(name: str, events: int, blocks: Iterable[Block], compiled: Compiled) -> tuple[pa.Table, float]:
    """Return the matches and the processor time, printed."""
    wall, own = time.perf_counter(), time.process_time()
    found = matches(blocks, compiled)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    print(f"{name}: {wall:.1f} s, {own:.1f} s of processor, {events / own:,.0f} events/s of one core")
    return found, own


def filled(log: Path, folder: Path) -> int:
    """Add the logs to the store, print what it weighs, and return its events."""
    start = time.perf_counter()
    added = add([log], folder)
    parts = [part for one in manifests(folder) for part in one.parts]
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    rows = sum(part.rows for part in parts)
    if added.events:
        print(f"added {added.events} events in {time.perf_counter() - start:.1f} s")
    ratio = log.stat().st_size / size
    print(f"{rows} events, {len(parts)} files, {size:,} bytes all told: {ratio:.0f} times less than the JSON")
    return rows


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--rules", type=Path, required=True, help="Sigma rules")
    parser.add_argument("--store", type=Path, help="kept there; else made anew and thrown away")
    arguments = parser.parse_args()
    pa.set_cpu_count(1)
    compiled = cached([arguments.rules], default_folder())
    wanted = reading(compiled)
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.store or Path(scratch)
        events = filled(arguments.log, folder)
        matches(read(folder, hunted(compiled), Census()), compiled)  # compiles what is compiled once
        runs = [timed("store", events, read(folder, hunted(compiled), Census()), compiled) for _ in range(RUNS)]
        logs = read_logs([arguments.log], wanted, Census(), options=Options(threads=1))
        from_logs, slow = timed("JSON", events, logs, compiled)
    fast = sorted(own for _, own in runs)[RUNS // 2]
    print(f"{from_logs.num_rows} matches; the store is searched {slow / fast:.1f} times faster than the JSON")
    columns = ["rule", "offset", "time", "host", "user"]
    if not runs[0][0].select(columns).equals(from_logs.select(columns)):
        sys.exit("the store and the JSON do not give the same matches")


if __name__ == "__main__":
    main()
