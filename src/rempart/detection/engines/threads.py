"""The default: threads of one process. Reading and matching release the GIL; few blocks wait at a time."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.engines.work import Work, found
from rempart.detection.events import Block
from rempart.detection.findings import Findings

WAITING = 2
"""Blocks that wait for each thread: enough to keep it busy, few enough to keep memory flat."""


def run(work: Work, threads: int | None = None) -> Findings:
    """Match all the work on this machine, and correlate.

    Args:
        work: what to do; its splits are read one after the other.
        threads: how many blocks are matched at once; as many as there are cores by default.

    """
    census = Census()
    blocks = (block for split in work.splits for block in work.read(split, work.compiled, census))
    return found(work, matched(blocks, work, threads), census)


def matched(blocks: Iterable[Block], work: Work, threads: int | None = None) -> Iterator[pa.Table]:
    """Yield the matches of each block, in the order of the blocks, those without any left out."""
    count = threads or os.cpu_count() or 1
    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="match") as pool:
        for block in blocks:
            if len(waiting) >= count * WAITING:
                yield from _some(waiting.popleft())
            waiting.append(pool.submit(work.match, block, work.compiled))
        while waiting:
            yield from _some(waiting.popleft())


def _some(future: "Future[pa.Table]") -> Iterator[pa.Table]:
    table = future.result()
    if table.num_rows:
        yield table
