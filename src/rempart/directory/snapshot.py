"""The Snapshot: the columnar tables every source yields, saved as one file.

A `.rempart` file is a zip (stored, not compressed: Parquet already is) of `manifest.json` and one Parquet file a table.
The snapshot's digest is taken over the manifest, which holds the SHA-256 of every table: no byte changes unseen.
"""

import hashlib
import io
import json
import os
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pyarrow.lib import ArrowException
from pyarrow.parquet import ParquetFile
from pydantic import BaseModel, ConfigDict

from rempart.directory.attributes import ATTRIBUTES
from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text

FORMAT = 1
SUFFIX = ".rempart"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAX_MANIFEST = 1 << 24
_MAX_TABLE = 1 << 34
_MAX_ROWS = 50_000_000
"""Rows of one table: fifty times the largest forest the engine aims at."""
_MAX_UNPACKED = 1 << 36
"""Bytes of one table in memory: 64 GiB, more than any forest of that size; a file that asks for more is a trap."""
_BEYOND = Text(
    fr="instantané qui se déploie au-delà de toute mesure (bombe de décompression ?)",
    en="snapshot that unpacks beyond measure (a decompression bomb?)",
)
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, OverflowError, ValueError)
"""What reading a damaged zip or manifest may raise (pydantic's and Unicode's errors are ValueErrors)."""

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


class Manifest(BaseModel):
    """What a saved snapshot says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    tool: str
    source: str
    taken_at: datetime
    domains: tuple[str, ...]
    counts: dict[str, int]
    tables: dict[str, str] = {}


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
        return manifest_digest(self.manifest) if self.manifest.tables else ""


def manifest_digest(manifest: Manifest) -> str:
    """Return `sha256:<hex>` over the canonical JSON of a manifest."""
    canonical = json.dumps(manifest.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def conform(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns of the table `name`: missing ones null, unknown ones dropped."""
    schema = TABLE_SCHEMAS[name]
    return frame.select(
        pl.col(column).cast(dtype) if column in frame.columns else pl.lit(None, dtype=dtype).alias(column)
        for column, dtype in schema.items()
    )


def seal(snapshot: Snapshot) -> tuple[Snapshot, dict[str, bytes]]:
    """Return the snapshot with its tables' digests in the manifest, and the Parquet bytes of each table."""
    members: dict[str, bytes] = {}
    for name, frame in snapshot.tables().items():
        buffer = io.BytesIO()
        always = CORE_SCHEMA if name == "objects" else frame.columns
        kept = [column for column in frame.columns if column in always or frame[column].null_count() < frame.height]
        frame.select(kept).write_parquet(buffer, compression="zstd", statistics=False)
        members[name] = buffer.getvalue()
    digests = {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in members.items()}
    return replace(snapshot, manifest=snapshot.manifest.model_copy(update={"tables": digests})), members


def save(snapshot: Snapshot, path: Path) -> Snapshot:
    """Write the snapshot to `path`, whole or not at all, and return it with its digest.

    Raises:
        InputError: the folder does not exist, cannot be written to, or is full.

    """
    sealed, members = seal(snapshot)
    partial = path.with_name(path.name + ".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo("manifest.json", _ZIP_EPOCH), sealed.manifest.model_dump_json(indent=1))
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(f"{name}.parquet", _ZIP_EPOCH), content)
        os.replace(partial, path)  # noqa: PTH105 — the atomic form, on the same file system
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), where=str(path)
        ) from error
    return sealed


def is_snapshot(path: Path) -> bool:
    """Tell whether a file is a saved snapshot, by its content."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return {"manifest.json", "objects.parquet"} <= set(archive.namelist())
    except _DAMAGE:
        return False


def open_snapshot(path: Path) -> Snapshot:
    """Read a saved snapshot, checking every table against its digest.

    Raises:
        AlteredError: a table is missing or no longer matches the manifest.
        InputError: not a snapshot, one written by a later format, or one that unpacks beyond measure.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = Manifest.model_validate_json(_member(archive, "manifest.json", _MAX_MANIFEST))
            if manifest.format > FORMAT:
                raise InputError(
                    Text(
                        fr=f"instantané au format {manifest.format}, plus récent que ce Rempart (format {FORMAT})",
                        en=f"snapshot in format {manifest.format}, later than this Rempart (format {FORMAT})",
                    ),
                    where=str(path),
                    advice=Text(fr="Mettez Rempart à jour.", en="Update Rempart."),
                )
            frames = {name: _read_table(archive, manifest, name, path) for name in TABLE_SCHEMAS}
    except (*_DAMAGE, KeyError) as error:
        raise InputError(
            Text(fr=f"instantané illisible ({error})", en=f"unreadable snapshot ({error})"), where=str(path)
        ) from error
    return Snapshot(manifest=manifest, **frames)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Return the bytes of a member, which stands there as it is: a compressed one is no work of ours."""
    member = archive.getinfo(name)
    if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
        raise zipfile.BadZipFile(f"{name}: {member.file_size} bytes, compressed or beyond measure")
    return archive.read(member)


def _read_table(archive: zipfile.ZipFile, manifest: Manifest, name: str, path: Path) -> pl.DataFrame:
    try:
        content = _member(archive, f"{name}.parquet", _MAX_TABLE)
        expected = manifest.tables[name]
    except (*_DAMAGE, KeyError) as error:
        raise AlteredError(
            Text(fr=f"table « {name} » absente ou abîmée", en=f"table {name} missing or damaged"), where=str(path)
        ) from error
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != expected:
        raise AlteredError(
            Text(
                fr=f"l'instantané a été modifié : la table « {name} » ne correspond plus à son empreinte",
                en=f"the snapshot was altered: table {name} no longer matches its digest",
            ),
            where=str(path),
        )
    try:
        described = ParquetFile(io.BytesIO(content)).metadata
        unpacked = sum(described.row_group(number).total_byte_size for number in range(described.num_row_groups))
        if described.num_rows > _MAX_ROWS or unpacked > _MAX_UNPACKED:
            raise InputError(_BEYOND, where=str(path))
        return conform(name, pl.read_parquet(io.BytesIO(content)))
    except (ArrowException, PolarsError, PanicException, OSError) as error:
        raise InputError(
            Text(fr=f"table « {name} » illisible ({error})", en=f"table {name} unreadable ({error})"), where=str(path)
        ) from error
