"""Recognising a file by what it holds, not by its name, and reading several as one."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from rempart.hub.territory.importing import daily, flat, survey
from rempart.hub.territory.importing.frames import Reading
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_HEAD = 4_000


def read(path: Path, as_of: str) -> Reading:
    """Return what a file says of the territory; `as_of` is the day when the file gives none.

    Raises:
        InputError: unreadable, or of no known form.

    """
    text = load(path)
    head = text[:_HEAD].lstrip()
    if head.startswith(flat.FIRST):
        return flat.read(text, path.name, as_of)
    if head.startswith("{"):
        return daily.read(text, path.name, as_of)
    if survey.recognises(head.split("\n", 1)[0].strip().split(";")):
        return survey.read(text, path.name, as_of)
    raise InputError(
        Text(fr="forme de fichier inconnue", en="unknown form of file"),
        str(path),
        Text(
            fr="Attendu : fichier FINESS à plat (première ligne « finess;etalab;… »), JSON quotidien, ou table SAE.",
            en="Expected: a flat FINESS file (first line “finess;etalab;…”), the daily JSON, or a SAE table.",
        ),
    )


def load(path: Path) -> str:
    """Return the text of a file: UTF-8, else ISO-8859-15, which FINESS wrote before.

    Raises:
        InputError: it cannot be read.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(Text(fr=f"fichier illisible : {why}", en=f"unreadable file: {why}"), str(path)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-15")


def together(readings: Sequence[Reading]) -> Reading:
    """Return several files as one: the latest tells the day."""
    return Reading(
        source=", ".join(reading.source for reading in readings),
        as_of=max(reading.as_of for reading in readings),
        entities=pl.concat([reading.entities for reading in readings]).unique(
            "finess", keep="first", maintain_order=True
        ),
        sites=pl.concat([reading.sites for reading in readings]).unique("finess", keep="first", maintain_order=True),
        ghts=pl.concat([reading.ghts for reading in readings]).unique("code", keep="first", maintain_order=True),
        members=pl.concat([reading.members for reading in readings]),
        flaws=pl.concat([reading.flaws for reading in readings]),
        complete=frozenset[str]().union(*(reading.complete for reading in readings)),
        fills=frozenset[str]().union(*(reading.fills for reading in readings)),
    )
