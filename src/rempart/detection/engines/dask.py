"""The same work on Dask: one task a split, by `dask.distributed`.

Files are named as the machines of the cluster see them. A task whose machine died is done again elsewhere, and each
split is taken once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.correlation import in_order
from rempart.detection.engines import bootstrap
from rempart.detection.engines.package import package
from rempart.detection.engines.parts import BUCKET, PART, parts_of, put_together, shared_out
from rempart.detection.engines.travel import correlated_schema, packed_work, received, sent_schema
from rempart.detection.engines.work import Work
from rempart.detection.findings import Findings, LeftOut
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

Client = Any
"""A `distributed.Client`: its library is an extra, and tells no types."""

ROOM = "rempart.detection.engines.travel"
BUCKETS_A_WORKER = 4
WAIT_SECONDS = 30
RETRIES = 3
"""How often a task that fails is tried again; one whose machine dies does not count."""


@contextmanager
def client(address: str) -> Iterator[Client]:
    """Open a client of a scheduler (`tcp://host:port`), and close it.

    Raises:
        InputError: dask.distributed is not installed, or the scheduler does not answer.

    """
    try:
        distributed: Any = import_module("distributed")  # an extra: only those who use Dask have it
    except ImportError as error:
        raise InputError(
            Text(fr="dask.distributed n'est pas installé", en="dask.distributed is not installed"),
            advice=Text(
                fr="Installez l'option : pip install 'rempart[dask]'",
                en="Install the extra: pip install 'rempart[dask]'",
            ),
        ) from error
    try:
        opened = distributed.Client(address, timeout=WAIT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            Text(fr="le planificateur Dask ne répond pas", en="the Dask scheduler does not answer"),
            address,
            Text(fr="Vérifiez l'adresse : tcp://machine:port.", en="Check the address: tcp://host:port."),
        ) from error
    try:
        yield opened
    finally:
        opened.close()


def run(work: Work, address: str) -> Findings:
    """Do the work on a Dask cluster.

    Raises:
        InputError: Dask cannot be used (`client`).

    """
    with client(address) as opened:
        return run_in(opened, work)


def run_in(opened: Client, work: Work) -> Findings:
    """Do the work through a client."""
    data = packed_work(work)
    schema = sent_schema(work)
    calls: list[tuple[Any, ...]] = [("match_split", split.number) for split in work.splits]
    matched, census = received(work, pa.concat_tables([schema.empty_table(), *_done(opened, data, calls)]))
    matched = in_order(matched).combine_chunks()
    correlated, left_out = _correlated(opened, work, matched, data)
    return Findings(work.compiled, matched, correlated, census, left_out)


def _correlated(opened: Client, work: Work, matched: pa.Table, data: bytes) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Correlate on the cluster: groups that must stay whole go to one task each."""
    parts = parts_of(work.compiled)
    workers = len(opened.scheduler_info(n_workers=-1)["workers"])
    shared = shared_out(work, matched, max(1, workers * BUCKETS_A_WORKER)) if parts else None
    calls: list[tuple[Any, ...]] = []
    if shared is not None:
        for key in shared.select([PART, BUCKET]).group_by([PART, BUCKET]).aggregate([]).sort_by(PART).to_pylist():
            chosen = pc.and_(*(pc.equal(shared[name], key[name]) for name in (PART, BUCKET)))
            only = parts[key[PART]].correlations
            calls.append(("correlate_part", only, shared.filter(chosen)))
    sent = pa.concat_tables([correlated_schema().empty_table(), *_done(opened, data, calls)])
    return put_together(sent, work.compiled)


def _done(opened: Client, data: bytes, calls: list[tuple[Any, ...]]) -> Iterator[pa.Table]:
    """Call functions of ROOM, (name, arguments...), and yield what they return, in the order they were given.

    The engine and the work are the result of a first task: each machine gets them once from another, and they are made
    again when the machine that holds them dies (what is scattered would be lost).
    """
    cloudpickle: Any = import_module("cloudpickle")  # comes with the extra
    cloudpickle.register_pickle_by_value(bootstrap)
    archive, digest = package()
    call = bootstrap.call

    def ship() -> tuple[bytes, bytes]:
        return archive, data

    def task(shipped: tuple[bytes, bytes], name: str, *arguments: Any) -> Any:  # noqa: ANN401 — as the function says
        return call(shipped[0], digest, f"{ROOM}:{name}", shipped[1], *arguments)

    for function in (ship, task):
        function.__module__ = "__main__"  # so that its module is not looked for where it arrives
    shipped = opened.submit(ship, pure=False, retries=RETRIES)
    futures = [opened.submit(task, shipped, *arguments, pure=False, retries=RETRIES) for arguments in calls]
    for future in futures:
        yield future.result()
        future.release()
