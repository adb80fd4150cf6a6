"""From the work folder of a run to its snapshot: tables are streamed into Parquet, never whole in memory."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyarrow.parquet import ParquetWriter

from rempart import __version__
from rempart.exposure.collect.discovery import Discovery
from rempart.exposure.collect.question import Observation
from rempart.exposure.collect.scheduler import WorkJournal
from rempart.exposure.perimeter import Declaration, Perimeter, Scope
from rempart.exposure.snapshot import TABLE_SCHEMAS, Manifest, Snapshot, open_snapshot, table
from rempart.measurement import sealed

Row = dict[str, object]
_ROWS_AT_ONCE = 2_000
_SERVICES = """
SELECT address, port, 'tcp' AS transport, state, coalesce(protocol, '') AS protocol, coalesce(tls, '') AS tls
FROM ports LEFT JOIN (SELECT * FROM services WHERE transport = 'tcp') USING (address, port)
UNION ALL
SELECT address, port, transport, CASE protocol WHEN '' THEN 'filtered' ELSE 'open' END, protocol, tls
FROM services WHERE transport = 'udp' ORDER BY 1, 2, 3
"""
_LOAD = """
SELECT address, port, transport, sum(connections) AS connections, sum(bytes_sent) AS bytes_sent,
    sum(bytes_received) AS bytes_received FROM observations WHERE connections > 0 GROUP BY 1, 2, 3
UNION ALL SELECT address, 0, 'tcp', sum(tries), 0, 0 FROM ports GROUP BY address ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Told:
    """What the manifest says that the journal does not: the perimeter, and the moments the run began and ended."""

    perimeter: Perimeter
    began_at: datetime
    ended_at: datetime
    seed: int = 0
    kind: str = "audit"


def save_run(journal: WorkJournal, scope: Scope, discovery: Discovery, told: Told, path: Path) -> Snapshot:
    """Write the snapshot of a run to `path` and return it.

    Raises:
        InputError: the folder does not exist, cannot be written to, or is full.

    """
    with TemporaryDirectory(dir=journal.folder) as folder:
        tables: dict[str, Iterator[Row]] = {
            "observations": _observations(journal, discovery),
            "assets": _assets(journal, scope, discovery),
            "services": _selected(journal, _SERVICES),
            "load": _selected(journal, _LOAD),
            "outside": iter(()),
            "declarations": map(_declaration, told.perimeter.declarations),
            "gaps": _gaps(journal, discovery),
            "flaws": _selected(journal, "SELECT place, problem FROM flaws ORDER BY 1, 2"),
        }
        tables |= {name: iter(()) for name in TABLE_SCHEMAS if name not in tables}  # filled later (`knowledge.py`)
        counts, members = {}, {}
        for name, rows in tables.items():  # observations come first: discovery reads them as they pass
            members[name] = Path(folder) / f"{name}.parquet"
            counts[name] = _stream(name, rows, members[name])
        members = {name: members[name] for name in TABLE_SCHEMAS}
        counts = {name: counts[name] for name in ("observations", "flaws")} | _counted(journal)
        manifest = sealed.seal_files(_manifest(told, counts), members)
        sealed.write(path, manifest, members)
    return open_snapshot(path)


def _counted(journal: WorkJournal) -> dict[str, int]:
    """Return the figures that people are shown: what was looked at, and the load that it was."""
    queries = {
        "addresses_looked": "SELECT count(DISTINCT address) FROM ports",
        "ports_tried": "SELECT count(*) FROM ports",
        "open_ports": "SELECT count(*) FROM ports WHERE state = 'open'",
        "connections": "SELECT (SELECT coalesce(sum(tries), 0) FROM ports) + coalesce(sum(connections), 0) "
        "FROM observations WHERE transport = 'tcp'",
    }
    return {name: journal.base.execute(query).fetchone()[0] for name, query in queries.items()}


def _manifest(told: Told, counts: dict[str, int]) -> Manifest:
    mandate = told.perimeter.mandate
    return Manifest(
        tool=f"rempart {__version__}",
        source=told.kind,
        taken_at=told.ended_at,
        began_at=told.began_at,
        names=told.perimeter.declared,
        mandate=f"{mandate.by} ({mandate.on:%d/%m/%Y} - {mandate.until:%d/%m/%Y})",
        perimeter=told.perimeter.digest,
        seed=told.seed,
        counts=counts,
    )


def _stream(name: str, rows: Iterable[Row], path: Path) -> int:
    """Write rows to a Parquet file, some at a time; return how many there were."""
    rows = iter(rows)
    schema = table(name, []).to_arrow().schema
    count = 0
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while part := list(islice(rows, _ROWS_AT_ONCE)):
            writer.write_table(table(name, part).to_arrow().cast(schema))
            count += len(part)
    return count


def _observations(journal: WorkJournal, discovery: Discovery) -> Iterator[Row]:
    for each in journal.observations():
        discovery.learn(each)
        yield _row(each)


def _row(each: Observation) -> Row:
    end = each.endpoint
    return {
        "subject": each.subject,
        "address": end.address,
        "port": end.port,
        "transport": str(end.transport),
        "name": end.name,
        "probe": each.probe,
        "version": each.version,
        "question": each.question,
        "at": each.at,
        "seconds": each.seconds,
        "outcome": str(each.outcome),
        "sent": each.sent,
        "received": each.received,
        "detail": json.dumps(each.detail, sort_keys=True, ensure_ascii=False),
    }


def _assets(journal: WorkJournal, scope: Scope, discovery: Discovery) -> Iterator[Row]:
    """Yield the declared names with their addresses, then what answers in declared ranges, then what was found."""
    reached = {address: scope.names_of(address) for address in scope.addresses()}
    pairs = {(name, address) for address, names in reached.items() for name in names}
    pairs |= {(each.name, "") for each in scope.perimeter.names} - {(name, "") for name, _ in pairs}
    for name, address in sorted(pairs):
        declared = scope.declared(name)
        if declared is not None:
            yield _asset(name, address, "declared", declared.weight, declared.role)
    opened = journal.base.execute("SELECT DISTINCT address FROM ports WHERE state = 'open' ORDER BY 1")
    for (address,) in opened:
        ranges = scope.ranges_of(address)
        if address not in reached and ranges:
            yield _asset("", address, "declared", ranges[0].weight, ranges[0].role)
    yield from discovery.assets()


def _asset(name: str, address: str, origin: str, weight: float, role: str) -> Row:
    row: Row = {"name": name, "address": address, "distance": 0, "origin": origin, "source": ""}
    return row | {"weight": weight, "role": role}


def _declaration(each: Declaration) -> Row:
    known: Row = {"host": each.host.lower(), "port": each.port, "product": each.product, "version": each.version}
    return known | {"filtered": each.filtered, "author": each.by, "dated": each.on}


def _gaps(journal: WorkJournal, discovery: Discovery) -> Iterator[Row]:
    yield from _selected(journal, "SELECT topic, subject, fr, en FROM gaps ORDER BY 1, 2, 3")
    yield from discovery.gaps()


def _selected(journal: WorkJournal, query: str) -> Iterator[Row]:
    cursor = journal.base.execute(query)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        yield dict(zip(names, values, strict=True))
