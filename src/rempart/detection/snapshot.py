"""The Snapshot of a posture: the ledger of the last days and what is declared, saved as one sealed file.

It stays in the hospital: it holds the names of machines. The attestation holds its digest and figures.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import polars as pl

from rempart import __version__
from rempart.detection.inventory import Inventory
from rempart.detection.ledger import EDGES
from rempart.measurement import sealed
from rempart.measurement.errors import InputError
from rempart.measurement.sealed import Schema, SealedManifest
from rempart.measurement.text import Text

FORMAT = 1
DAYS = 60
"""Days of the ledger that a snapshot takes."""

Row = tuple[object, ...]

TABLE_SCHEMAS: dict[str, Schema] = {
    # what came, by day (UTC) and source
    "days": {
        "day": pl.Date(),
        "source": pl.String(),
        "events": pl.Int64(),
        "undated": pl.Int64(),
        "hours": pl.UInt32(),  # bit h: something came of the hour h
        "delays": pl.Int64(),  # events received live, whose delay is known
        "delay_sum": pl.Float64(),  # seconds
        "ahead": pl.Int64(),  # of them, those whose clock is ahead of ours
    },
    # how many events came within so many seconds of their moment (upper edge, null: later than all edges)
    "delays": {"day": pl.Date(), "source": pl.String(), "within": pl.Int64(), "events": pl.Int64()},
    "codes": {"day": pl.Date(), "source": pl.String(), "code": pl.String(), "events": pl.Int64()},
    "heard": {"day": pl.Date(), "source": pl.String(), "host": pl.String()},
    # figures on the detection itself, by day: rules, roster, answers, store
    "facts": {"day": pl.Date(), "fact": pl.String(), "value": pl.Float64()},
    "machines": {"name": pl.String(), "kind": pl.String()},
    "absent": {"family": pl.String(), "reason": pl.String()},
    "sources": {"family": pl.String(), "source": pl.String()},
    "gaps": {"topic": pl.String(), "fr": pl.String(), "en": pl.String()},
}


class Manifest(SealedManifest):
    """What a saved snapshot says of itself."""

    format: int = FORMAT
    tool: str
    source: str = "ledger"
    taken_at: datetime
    count: int | None = None  # machines declared without their names
    counts: dict[str, int]


@dataclass(frozen=True)
class Snapshot:
    """The detection of a hospital over some weeks."""

    manifest: Manifest
    days: pl.DataFrame
    delays: pl.DataFrame
    codes: pl.DataFrame
    heard: pl.DataFrame
    facts: pl.DataFrame
    machines: pl.DataFrame
    absent: pl.DataFrame
    sources: pl.DataFrame
    gaps: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables by name, in the order they are saved."""
        return {name: getattr(self, name) for name in TABLE_SCHEMAS}

    @property
    def digest(self) -> str:
        """The SHA-256 over the manifest; empty until the snapshot was saved or opened."""
        return self.manifest.digest


_NO_INVENTORY = Text(
    fr="aucun inventaire des machines n'a été donné (--inventory)",
    en="no inventory of machines was given (--inventory)",
)
_QUERIES = {
    "days": "SELECT day, source, events, undated, hours, delays, delay_sum, ahead FROM ledger_days WHERE day >= ?",
    "codes": "SELECT day, source, code, events FROM ledger_codes WHERE day >= ?",
    "heard": "SELECT day, source, host FROM ledger_hosts WHERE day >= ?",
    "facts": "SELECT day, fact, value FROM ledger_facts WHERE day >= ?",
}


def take(ledger: Path, inventory: Inventory | None, at: datetime) -> Snapshot:
    """Return the snapshot of a ledger at a moment: its last `DAYS` days, and what is declared.

    Args:
        ledger: a ledger, or the state of a watch (its file or its folder).
        inventory: what the hospital declares, None when it declares nothing.
        at: the moment of the measurement.

    Raises:
        InputError: no ledger there.

    """
    file = ledger / "state.sqlite" if ledger.is_dir() else ledger
    since = (at - timedelta(days=DAYS)).date().isoformat()
    rows, counts = _read(file, since)
    frames = {name: _frame(name, found) for name, found in rows.items()}
    frames["delays"] = _frame("delays", counts)
    declared = inventory or Inventory()
    frames["machines"] = _frame("machines", [(each.name, each.kind.value) for each in declared.machines])
    frames["absent"] = _frame("absent", [(family.value, why) for family, why in declared.absent.items()])
    frames["sources"] = _frame(
        "sources", [(family.value, source) for family, names in declared.sources.items() for source in names]
    )
    blind = inventory is None or not (inventory.machines or inventory.count)
    frames["gaps"] = _frame("gaps", [("inventory", _NO_INVENTORY.fr, _NO_INVENTORY.en)] if blind else [])
    manifest = Manifest(
        tool=f"rempart {__version__}",
        taken_at=at,
        count=declared.count or (len(declared.machines) or None),
        counts=_counts(frames),
    )
    return Snapshot(manifest=manifest, **{name: frames[name] for name in TABLE_SCHEMAS})


def _read(file: Path, since: str) -> tuple[dict[str, list[Row]], list[Row]]:
    """Return the rows of each table of the ledger, and the counts of delays, without changing anything in it."""
    if not file.is_file():
        raise InputError(
            Text(fr="aucun registre ici", en="no ledger here"),
            where=str(file),
            advice=Text(
                fr="Donnez le dossier d'état de la veille, ou le fichier écrit par « run --ledger ».",
                en="Give the state folder of the watch, or the file that run --ledger wrote.",
            ),
        )
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
        try:
            rows = {name: connection.execute(query, (since,)).fetchall() for name, query in _QUERIES.items()}
            counted = connection.execute(
                "SELECT day, source, delay_counts FROM ledger_days WHERE day >= ? AND delays > 0", (since,)
            ).fetchall()
        finally:
            connection.close()
        edges = (*EDGES, None)
        counts: list[Row] = [
            (day, source, edge, number)
            for day, source, text in counted
            for edge, number in zip(edges, orjson.loads(text), strict=True)
            if number
        ]
    except (sqlite3.Error, ValueError) as error:
        raise InputError(
            Text(fr=f"ce fichier n'est pas un registre ({error})", en=f"this file is no ledger ({error})"),
            where=str(file),
        ) from error
    return rows, counts


def _frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    schema = TABLE_SCHEMAS[name]
    text = {column: pl.String() if kind == pl.Date() else kind for column, kind in schema.items()}
    frame = pl.DataFrame(rows, schema=text, orient="row")
    dates = [column for column, kind in schema.items() if kind == pl.Date()]
    return frame.with_columns(pl.col(column).str.to_date() for column in dates).sort(pl.all())


def _counts(frames: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    return {
        "ledger_days": frames["days"]["day"].n_unique(),
        "events": int(frames["days"]["events"].sum()),
        "log_sources": frames["days"]["source"].n_unique(),
        "hosts": frames["heard"]["host"].n_unique(),
    }


def seal(snapshot: Snapshot) -> tuple[Snapshot, dict[str, bytes]]:
    """Return the snapshot with its tables' digests in the manifest, and the Parquet bytes of each table."""
    manifest, members = sealed.seal(snapshot.manifest, snapshot.tables(), {})
    return replace(snapshot, manifest=manifest), members


def save(snapshot: Snapshot, path: Path) -> Snapshot:
    """Write the snapshot to `path`, whole or not at all, and return it with its digest.

    Raises:
        InputError: the folder does not exist, cannot be written to, or is full.

    """
    kept, members = seal(snapshot)
    sealed.write(path, kept.manifest, members)
    return kept


def is_snapshot(path: Path) -> bool:
    """Tell whether a file is a saved snapshot of this engine, by its content."""
    return sealed.holds(path, "heard")


def open_snapshot(path: Path) -> Snapshot:
    """Read a saved snapshot, checking every table against its digest.

    Raises:
        AlteredError: a table is missing or no longer matches the manifest.
        InputError: not a snapshot, one written by a later format, or one that unpacks beyond measure.

    """
    manifest, frames = sealed.read(path, Manifest, FORMAT, TABLE_SCHEMAS)
    return Snapshot(manifest=manifest, **frames)
