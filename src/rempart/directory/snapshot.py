"""The Snapshot: the columnar tables every source yields, saved as one sealed file (`measurement.sealed`)."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from rempart.directory.attributes import ATTRIBUTES
from rempart.measurement import sealed
from rempart.measurement.sealed import SealedManifest

FORMAT = 1

CORE_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.UInt32(),  # row number: the node of the object in every graph
    "dn": pl.String(),
    "dn_key": pl.String(),  # comparable form of the DN (names.dn_key)
    "parent": pl.UInt32(),  # id of the parent, null at the top or when it was not collected
    "domain": pl.String(),  # DNS name of the domain the object lives in (forest root for configuration and schema)
    "partition": pl.String(),  # domain, configuration, schema, domaindns, forestdns
    "class": pl.String(),  # the most specific objectClass, lower case
    "sd": pl.UInt32(),  # row of `descriptors`, null when no descriptor could be read
}
TABLE_SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "objects": CORE_SCHEMA | {attribute.name: attribute.dtype for attribute in ATTRIBUTES.values()},
    "descriptors": {"sd": pl.UInt32(), "bytes": pl.Binary()},
    # rights a source resolved itself (SharpHound); empty for sources that give raw descriptors
    "grants": {"object": pl.UInt32(), "trustee": pl.String(), "right": pl.String(), "inherited": pl.Boolean()},
    # what the source could not show; domain is null when it concerns the whole forest
    "gaps": {"topic": pl.String(), "domain": pl.String(), "fr": pl.String(), "en": pl.String()},
    # records or values that could not be understood: counted and shown, never silently dropped
    "flaws": {"place": pl.String(), "problem": pl.String()},
}


class Manifest(SealedManifest):
    """What a saved snapshot says of itself."""

    format: int = FORMAT
    tool: str
    source: str
    taken_at: datetime
    domains: tuple[str, ...]
    counts: dict[str, int]


@dataclass(frozen=True)
class Snapshot:
    """A directory at one moment: tables of objects, descriptors, grants, gaps and flaws."""

    manifest: Manifest
    objects: pl.DataFrame
    descriptors: pl.DataFrame
    grants: pl.DataFrame
    gaps: pl.DataFrame
    flaws: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables by name, in the order they are saved."""
        return {name: getattr(self, name) for name in TABLE_SCHEMAS}

    @property
    def digest(self) -> str:
        """The SHA-256 over the manifest; empty until the snapshot was saved or opened."""
        return self.manifest.digest


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns of the table `name`: missing ones null, unknown ones dropped."""
    return sealed.conform(TABLE_SCHEMAS[name], frame)


def seal(snapshot: Snapshot) -> tuple[Snapshot, dict[str, bytes]]:
    """Return the snapshot with its tables' digests in the manifest, and the Parquet bytes of each table."""
    manifest, members = sealed.seal(snapshot.manifest, snapshot.tables(), {"objects": frozenset(CORE_SCHEMA)})
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
    """Tell whether a file is a saved snapshot, by its content."""
    return sealed.holds(path, "objects")


def open_snapshot(path: Path) -> Snapshot:
    """Read a saved snapshot, checking every table against its digest.

    Raises:
        AlteredError: a table is missing or no longer matches the manifest.
        InputError: not a snapshot, one written by a later format, or one that unpacks beyond measure.

    """
    manifest, frames = sealed.read(path, Manifest, FORMAT, TABLE_SCHEMAS)
    return Snapshot(manifest=manifest, **frames)
