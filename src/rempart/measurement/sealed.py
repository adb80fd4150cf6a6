"""Tables saved as one file that nothing can change unseen: what every engine's snapshot is made of.

The file is a zip (stored, not compressed: Parquet already is) of `manifest.json` and one Parquet file a table. Its
digest is taken over the manifest, which holds the SHA-256 of every table.
"""

import hashlib
import io
import json
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pyarrow.lib import ArrowException
from pyarrow.parquet import ParquetFile
from pydantic import BaseModel, ConfigDict

from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text

Schema = Mapping[str, pl.DataType]

SUFFIX = ".rempart"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAX_MANIFEST = 1 << 24
_MAX_TABLE = 1 << 34
_MAX_ROWS = 50_000_000
"""Rows of one table: fifty times the largest forest an engine aims at."""
_MAX_UNPACKED = 1 << 36
"""Bytes of one table in memory: 64 GiB, more than any snapshot of that size; a file that asks for more is a trap."""
_BEYOND = Text(
    fr="instantané qui se déploie au-delà de toute mesure (bombe de décompression ?)",
    en="snapshot that unpacks beyond measure (a decompression bomb?)",
)
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, OverflowError, ValueError)
"""What reading a damaged zip or manifest may raise (pydantic's and Unicode's errors are ValueErrors)."""


class SealedManifest(BaseModel):
    """What every manifest says: the format it follows, and the digest of each table (empty until it is sealed)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    tables: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """`sha256:<hex>` over the canonical JSON; empty until the tables were sealed."""
        if not self.tables:
            return ""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


ManifestT = TypeVar("ManifestT", bound=SealedManifest)


def conform(schema: Schema, frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with exactly the columns of `schema`: missing ones null, unknown ones dropped."""
    return frame.select(
        pl.col(column).cast(dtype) if column in frame.columns else pl.lit(None, dtype=dtype).alias(column)
        for column, dtype in schema.items()
    )


def seal(
    manifest: ManifestT, tables: Mapping[str, pl.DataFrame], always: Mapping[str, frozenset[str]]
) -> tuple[ManifestT, dict[str, bytes]]:
    """Return the manifest with the tables' digests, and the Parquet bytes of each table.

    Columns that hold nothing are left out of the tables named in `always`, save those it names.
    """
    members: dict[str, bytes] = {}
    for name, frame in tables.items():
        buffer = io.BytesIO()
        held = always.get(name, frozenset(frame.columns))
        kept = [column for column in frame.columns if column in held or frame[column].null_count() < frame.height]
        frame.select(kept).write_parquet(buffer, compression="zstd", statistics=False)
        members[name] = buffer.getvalue()
    digests = {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in members.items()}
    return manifest.model_copy(update={"tables": digests}), members


def seal_files(manifest: ManifestT, tables: Mapping[str, Path]) -> ManifestT:
    """Return the manifest with the digests of tables that were written as Parquet files: those too large for memory."""
    digests = {}
    for name, file in tables.items():
        with file.open("rb") as stream:
            digests[name] = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    return manifest.model_copy(update={"tables": digests})


def write(path: Path, manifest: SealedManifest, members: Mapping[str, bytes | Path]) -> None:
    """Write a sealed manifest and its tables (bytes, or files that hold them) to `path`, whole or not at all.

    Raises:
        InputError: the folder does not exist, cannot be written to, or is full.

    """
    partial = path.with_name(path.name + ".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo("manifest.json", _ZIP_EPOCH), manifest.model_dump_json(indent=1))
            for name, content in members.items():
                with archive.open(zipfile.ZipInfo(f"{name}.parquet", _ZIP_EPOCH), "w", force_zip64=True) as member:
                    if isinstance(content, bytes):
                        member.write(content)
                    else:
                        with content.open("rb") as stream:
                            shutil.copyfileobj(stream, member)
        os.replace(partial, path)  # noqa: PTH105 — the atomic form, on the same file system
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(
            Text(fr=f"écriture impossible ({error.strerror})", en=f"cannot write ({error.strerror})"), where=str(path)
        ) from error


def holds(path: Path, table: str) -> bool:
    """Tell whether a file is a saved snapshot with this table, by its content."""
    try:
        if not path.is_file() or not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return {"manifest.json", f"{table}.parquet"} <= set(archive.namelist())
    except _DAMAGE:
        return False


def read(
    path: Path, manifest: type[ManifestT], newest: int, schemas: Mapping[str, Schema]
) -> tuple[ManifestT, dict[str, pl.DataFrame]]:
    """Read a saved file, checking every table of `schemas` against its digest.

    Raises:
        AlteredError: a table is missing or no longer matches the manifest.
        InputError: no such file, one written in a format later than `newest`, or one that unpacks beyond measure.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            told = manifest.model_validate_json(_member(archive, "manifest.json", _MAX_MANIFEST))
            if told.format > newest:
                raise InputError(
                    Text(
                        fr=f"instantané au format {told.format}, plus récent que ce Rempart (format {newest})",
                        en=f"snapshot in format {told.format}, later than this Rempart (format {newest})",
                    ),
                    where=str(path),
                    advice=Text(fr="Mettez Rempart à jour.", en="Update Rempart."),
                )
            return told, {name: _read_table(archive, told, name, schema, path) for name, schema in schemas.items()}
    except (*_DAMAGE, KeyError) as error:
        raise InputError(
            Text(fr=f"instantané illisible ({error})", en=f"unreadable snapshot ({error})"), where=str(path)
        ) from error


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Return the bytes of a member, which stands there as it is: a compressed one is no work of ours."""
    member = archive.getinfo(name)
    if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
        raise zipfile.BadZipFile(f"{name}: {member.file_size} bytes, compressed or beyond measure")
    return archive.read(member)


def _read_table(
    archive: zipfile.ZipFile, manifest: SealedManifest, name: str, schema: Schema, path: Path
) -> pl.DataFrame:
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
        return conform(schema, pl.read_parquet(io.BytesIO(content)))
    except (ArrowException, PolarsError, PanicException, OSError) as error:
        raise InputError(
            Text(fr=f"table « {name} » illisible ({error})", en=f"table {name} unreadable ({error})"), where=str(path)
        ) from error
