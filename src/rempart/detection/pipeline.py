"""From logs to findings, by the engine that was asked: this machine, Spark or Dask. All give the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from rempart.detection.collect.read import Options
from rempart.detection.engines import dask, spark, threads
from rempart.detection.engines.reading import here, on_cluster
from rempart.detection.events import Block
from rempart.detection.findings import Findings
from rempart.detection.ledger import Tally
from rempart.detection.rules.form import Compiled
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

THREADS = "threads"
_SPARK, _DASK = ("spark://", "local", "yarn", "k8s://"), ("tcp://", "tls://", "dask")
_STDIN_AWAY = Text(
    fr="l'entrée standard ne se lit que sur cette machine", en="standard input is read on this machine only"
)
_UNCOUNTED = Text(
    fr="le registre des jours ne se tient que sur cette machine",
    en="the day-by-day ledger is kept on this machine only",
)


def detect(
    paths: Sequence[str],
    compiled: Compiled,
    options: Options,
    *,
    engine: str = THREADS,
    tally: Callable[[Block], None] | None = None,
) -> Findings:
    """Return what the rules find in some logs.

    Args:
        paths: files, folders, archives; `-` is standard input.
        compiled: the rules.
        options: how to read.
        engine: `threads`; `spark://host:port` or any master of Spark; `tcp://host:port`, a scheduler of Dask.
        tally: counts each block that passes, on this machine only.

    Raises:
        InputError: a path does not exist, the engine is unknown, does not answer or is not installed.

    """
    if engine == THREADS:
        work = here([_path(path) for path in paths], compiled, options)
        return threads.run(replace(work, match=_counted(work.match, tally)) if tally else work, options.threads)
    if "-" in paths or tally is not None:
        raise InputError(_STDIN_AWAY if "-" in paths else _UNCOUNTED, where=f"--engine {engine}")
    work = on_cluster([Path(path) for path in paths], compiled, options.declarations)
    if engine.startswith(_SPARK):
        return spark.run(work, engine)
    if engine.startswith(_DASK):
        return dask.run(work, engine)
    raise InputError(
        Text(fr=f"moteur inconnu : {engine}", en=f"unknown engine: {engine}"),
        where="--engine",
        advice=Text(
            fr="threads, spark://machine:port, local[2] ou tcp://machine:port (Dask).",
            en="threads, spark://host:port, local[2] or tcp://host:port (Dask).",
        ),
    )


def _path(path: str) -> Path | Literal["-"]:
    return "-" if path == "-" else Path(path)


def _counted(
    match: Callable[[Block, Compiled], pa.Table], tally: Callable[[Block], None]
) -> Callable[[Block, Compiled], pa.Table]:
    def counted(block: Block, compiled: Compiled) -> pa.Table:
        tally(block)
        return match(block, compiled)

    return counted


def ledger_of(tally: Tally, at: datetime) -> Callable[[Block], None]:
    """Return what counts blocks in a tally; `at` stands for the day of events that say none."""
    return lambda block: tally.count(block, at)
