"""Reverse reachability on a random graph: seconds to build and to search, and peak memory, by each way of computing."""

import argparse
import resource
import time

import numpy as np

from rempart.directory.graph import reach


def measure(name: str, source: np.ndarray, target: np.ndarray, nodes: int) -> None:
    """Print one line of figures."""
    start = time.perf_counter()
    rows = reach.Rows(target, source, nodes)
    built = time.perf_counter()
    found = reach.backward(rows, np.arange(300))
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    reached = int((found.hops >= 0).sum())
    print(f"{name:6} build {built - start:.2f} s, search {done - built:.2f} s, reached {reached:,}, peak {peak:,} MB")


def main() -> None:
    """Measure the ways asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("nodes", type=int, nargs="?", default=1_000_000)
    asked.add_argument("edges", type=int, nargs="?", default=20_000_000)
    asked.add_argument("ways", nargs="*", default=["scipy", "numba"])
    chosen = asked.parse_args()
    nodes, edges, ways = chosen.nodes, chosen.edges, chosen.ways
    random = np.random.default_rng(1)
    source = random.integers(0, nodes, edges, dtype=np.int32)
    target = random.integers(0, nodes, edges, dtype=np.int32)
    print(f"{nodes:,} nodes, {edges:,} edges, 300 targets")
    for way in ways:
        reach.WORTH_COMPILING = 1 << 62 if way == "scipy" else 0
        if way == "numba":
            if reach.accelerator() is None:
                print("numba is not installed")
                continue
            reach.backward(reach.Rows(source[:9], target[:9], nodes), np.arange(3))  # compiles, once and for all
        measure(way, source, target, nodes)


if __name__ == "__main__":
    main()
