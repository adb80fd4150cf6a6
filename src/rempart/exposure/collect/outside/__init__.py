"""Findings of others, imported as they are: our CSV template (SILENE...), nmap XML, nuclei and testssl JSON."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rempart.exposure.collect.outside import nmap, nuclei, template, testssl
from rempart.exposure.collect.outside.rows import Rows
from rempart.exposure.snapshot import Snapshot, table
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

LARGEST = 1 << 28
"""Bytes of one imported file."""


@dataclass(frozen=True)
class Importer:
    """A form of file: how it is known by its content, and how it is read."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes, str], Rows]


IMPORTERS = (
    Importer("nmap", nmap.recognises, nmap.read),
    Importer("testssl", testssl.recognises, testssl.read),
    Importer("nuclei", nuclei.recognises, nuclei.read),
    Importer("template", template.recognises, template.read),
)


def with_outside(snapshot: Snapshot, paths: list[Path]) -> Snapshot:
    """Return the snapshot with the findings of `paths` beside its own; its digest is to be taken anew.

    Raises:
        InputError: a file that cannot be read, or whose form is not known.

    """
    findings, flaws = [snapshot.outside], [snapshot.flaws]
    for path in paths:
        rows = read_outside(path)
        findings.append(table("outside", rows.findings))
        flaws.append(table("flaws", rows.flaws))
    both = {"outside": pl.concat(findings), "flaws": pl.concat(flaws)}
    counts = snapshot.manifest.counts | {name: frame.height for name, frame in both.items()}
    manifest = snapshot.manifest.model_copy(update={"tables": {}, "counts": counts})
    return replace(snapshot, manifest=manifest, **both)


def read_outside(path: Path) -> Rows:
    """Return the findings of one file and the records of it that could not be understood.

    Raises:
        InputError: the file cannot be read, is too large, or its form is not known.

    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(Text(fr="fichier trop volumineux (256 Mio)", en="file too large (256 MiB)"), str(path))
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            Text(fr=f"fichier illisible ({error.strerror})", en=f"unreadable file ({error.strerror})"), str(path)
        ) from error
    for importer in IMPORTERS:
        if importer.recognises(content):
            return importer.read(content, str(path))
    raise InputError(
        Text(fr="forme de fichier inconnue", en="unknown form of file"),
        where=str(path),
        advice=Text(
            fr="Sont lus : le modèle CSV (rempart exposure template), le XML de nmap, le JSON de nuclei et de testssl.",
            en="Read here: the CSV template (rempart exposure template), nmap XML, nuclei JSON and testssl JSON.",
        ),
    )


__all__ = ["IMPORTERS", "read_outside", "with_outside"]
