"""One file that holds the whole hub: database, deposited files, keys; never half-written, checked before it is used.

A tar of `database.dump` (pg_dump, custom format), `files/...`, `keys/...` and, last, `manifest.json` with the SHA-256
of each. The database is dumped first: files are only ever added, so that each file a row names is in the backup.
"""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from rempart import __version__
from rempart.hub.operations import postgres
from rempart.measurement.errors import AlteredError, InputError
from rempart.measurement.text import Text

FORMAT = "rempart-hub-backup/1"
DUMP, MANIFEST = "database.dump", "manifest.json"
KEYS = "*-key*"
"""The keys of a hub stand at the top of its data folder: `secret-key`, `receipt-key`..."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. `files` is None when they are kept elsewhere (S3) and not in it."""

    at: str
    members: int
    files: int | None
    keys: int


def back_up(path: Path, *, at: datetime, with_keys: bool = True) -> Contents:
    """Write the backup; the file appears whole, readable by its owner only, or not at all.

    Raises:
        InputError: something is there already.
        PostgresError: the database could not be dumped.

    """
    if path.exists():
        raise InputError(
            Text(fr="ce fichier existe déjà : il n'est pas écrasé", en="this file exists: it is not overwritten"),
            where=str(path),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".rempart-backup-") as folder:
        dump, partial = Path(folder) / DUMP, Path(folder) / "backup.tar"
        postgres.run("pg_dump", "--format=custom", "--no-owner", "--no-acl", "--file", str(dump))
        kept = isinstance(default_storage, FileSystemStorage)
        files = dict(_below(_files_folder(), "files")) if kept else {}
        keys = dict(_keys()) if with_keys else {}
        digests = _write(partial, {DUMP: dump, **files, **keys}, {"at": at.isoformat(), "files": kept})
        os.link(partial, path)  # fails rather than overwrite what appeared in between
    return Contents(at.isoformat(), len(digests), len(files) if kept else None, len(keys))


def restore(path: Path, *, replace: bool) -> Contents:
    """Put back a backup; nothing is touched before all of it was checked, and the database changes whole or not at all.

    Raises:
        AlteredError: a member is not what the manifest says.
        InputError: not a backup, or the hub is not empty and `replace` is false.

    """
    with tempfile.TemporaryDirectory(dir=_data_folder(), prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(path, folder)
        if not replace and (_has_tables() or any(_below(_files_folder(), ""))):
            raise InputError(
                Text(fr="ce hub n'est pas vide", en="this hub is not empty"),
                advice=Text(
                    fr="ajoutez --replace pour remplacer tout ce qu'il contient",
                    en="add --replace to replace all that it holds",
                ),
            )
        _restore_database(folder)
        if manifest["files"]:
            _replace_files(folder / "files")
        keys = list((folder / "keys").glob("*"))
        for key in keys:
            _put_key(key)
    names = manifest["members"]
    files = sum(member.startswith("files/") for member in names) if manifest["files"] else None
    return Contents(manifest["at"], len(names), files, len(keys))


def _write(path: Path, members: dict[str, Path], about: dict[str, object]) -> dict[str, str]:
    """Write the tar; the manifest comes last, with the digest of each member as it was written."""
    digests: dict[str, str] = {}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
        for name, source in members.items():
            with source.open("rb") as content:
                info = tarfile.TarInfo(name)
                info.size, info.mode = os.fstat(content.fileno()).st_size, 0o600
                reader = _Digesting(content)
                tar.addfile(info, reader)
                digests[name] = reader.digest.hexdigest()
        manifest = {"format": FORMAT, "version": __version__, **about, "members": digests}
        with tempfile.TemporaryFile(dir=path.parent) as content:
            content.write(json.dumps(manifest, indent=1, sort_keys=True).encode())
            info = tarfile.TarInfo(MANIFEST)
            info.size = content.tell()
            content.seek(0)
            tar.addfile(info, content)
        tar.close()
        raw.flush()
        os.fsync(raw.fileno())
    return digests


class _Digesting:
    """A reader that digests what goes through."""

    def __init__(self, source: object) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and digest."""
        chunk: bytes = self.source.read(size)  # type: ignore[attr-defined]
        self.digest.update(chunk)
        return chunk


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into `folder` and compare each member with the manifest."""
    with _opened(path) as tar:
        tar.extractall(folder, filter="data")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        members = manifest["members"]
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _not_a_backup(path) from error
    if not known:
        raise _not_a_backup(path)
    found = dict(_below(folder, ""))
    found.pop(MANIFEST)
    for name in sorted(members.keys() | found.keys()):
        if name not in found or _sha256(found[name]) != members.get(name):
            raise AlteredError(
                Text(fr=f"« {name} » n'est pas ce que dit le manifeste", en=f"{name} is not what the manifest says"),
                where=str(path),
            )
    return dict(manifest)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except (OSError, tarfile.TarError) as error:
        raise _not_a_backup(path) from error


def _not_a_backup(path: Path) -> InputError:
    return InputError(
        Text(fr="ce n'est pas une sauvegarde entière d'un hub", en="this is no whole backup of a hub"), where=str(path)
    )


def _restore_database(folder: Path) -> None:
    """Replace the database in one transaction: the old one stays until the new one is whole."""
    script = folder / "restore.sql"
    with script.open("wb") as out:
        out.write(b"SET lock_timeout = '15s';\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n")
    body = folder / "body.sql"
    postgres.run("pg_restore", "--no-owner", "--no-acl", "--file", str(body), str(folder / DUMP))
    with script.open("ab") as out, body.open("rb") as content:
        shutil.copyfileobj(content, out, CHUNK)
    connection.close()
    postgres.run(
        "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--file", str(script)
    )


def _replace_files(restored: Path) -> None:
    """Put the restored files in the place of those there are."""
    target = _files_folder()
    restored.mkdir(exist_ok=True)
    old = restored.with_name("old-files")
    if target.exists():
        target.rename(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    restored.rename(target)


def _put_key(source: Path) -> None:
    target = _data_folder() / source.name
    source.chmod(0o600)
    source.replace(target)


def _has_tables() -> bool:
    with connection.cursor() as cursor:
        return bool(connection.introspection.table_names(cursor))


def _keys() -> Iterator[tuple[str, Path]]:
    for path in sorted(_data_folder().glob(KEYS)):
        if path.is_file():
            yield f"keys/{path.name}", path


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    """Yield every file below a folder, by its name in the tar."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield (f"{prefix}/{name}" if prefix else name), path


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _data_folder() -> Path:
    return Path(settings.DATA_FOLDER)


def _files_folder() -> Path:
    return (
        Path(default_storage.location) if isinstance(default_storage, FileSystemStorage) else _data_folder() / "files"
    )
