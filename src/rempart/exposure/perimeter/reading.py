"""Reading `perimeter.toml`, with the place of whatever is wrong in it."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from rempart.exposure.perimeter.model import Perimeter
from rempart.exposure.perimeter.words import WrongValueError
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

EXAMPLE = files(__package__).joinpath("example.toml").read_text(encoding="utf-8")
"""A commented perimeter to start from."""

_LIMIT = 1 << 22
_ADVICE = Text(
    fr="« rempart exposure perimeter init » écrit un exemple commenté.",
    en="`rempart exposure perimeter init` writes a commented example.",
)
_TEXTS = {
    "missing": Text(fr="ce champ manque", en="this field is missing"),
    "extra_forbidden": Text(fr="champ inconnu", en="unknown field"),
    "string_too_short": Text(fr="ce champ est vide", en="this field is empty"),
    "greater_than": Text(fr="nombre trop petit", en="number too small"),
    "greater_than_equal": Text(fr="nombre trop petit", en="number too small"),
    "less_than_equal": Text(fr="nombre trop grand", en="number too large"),
    "date_from_datetime_parsing": Text(fr="date attendue : AAAA-MM-JJ", en="expected a date: YYYY-MM-DD"),
    "date_parsing": Text(fr="date attendue : AAAA-MM-JJ", en="expected a date: YYYY-MM-DD"),
    "time_parsing": Text(fr='heure attendue : "HH:MM"', en='expected a time: "HH:MM"'),
}


def load_perimeter(path: Path) -> Perimeter:
    """Read a file.

    Raises:
        InputError: no such file, no TOML, or a value that cannot be meant; place and line are named.

    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LIMIT + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise InputError(
            Text(fr="fichier du périmètre introuvable", en="perimeter file not found"), str(path), _ADVICE
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(Text(fr="ce n'est pas un texte UTF-8", en="not a text in UTF-8"), str(path)) from error
    if len(content) > _LIMIT:
        raise InputError(Text(fr="fichier trop grand (4 Mio au plus)", en="file too large (4 MiB at most)"), str(path))
    return read_perimeter(text, str(path))


def read_perimeter(text: str, where: str) -> Perimeter:
    """Return the perimeter a text holds; `where` names its file.

    Raises:
        InputError: see `load_perimeter`.

    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Text(fr=f"TOML illisible : {error}", en=f"unreadable TOML: {error}"), where, _ADVICE
        ) from error
    try:
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        return Perimeter(**{key: value for key, value in tables.items() if key != "digest"}, digest=digest)
    except ValidationError as error:
        first = error.errors()[0]
        place = [part for part in first["loc"] if isinstance(part, int) or re.fullmatch(r"[a-z_]+", part)]
        line = line_of(text, place)
        shown = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        raise InputError(
            Text(fr=f"{shown or 'fichier'} : {_said(first).fr}", en=f"{shown or 'file'}: {_said(first).en}"),
            f"{where}, ligne {line}" if line else where,
            _ADVICE,
        ) from error


def _said(error: object) -> Text:
    """Return in both languages what pydantic says of a value."""
    known = error if isinstance(error, dict) else {}
    cause = known.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return cause.text
    message = str(known.get("msg", ""))
    return _TEXTS.get(str(known.get("type")), Text(fr=f"valeur refusée ({message})", en=message))


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """Return the line (from 1) of a key such as `("names", 2, "weight")`: its own, else its table's; None if unseen."""
    table = str(place[0]) if place else ""
    rank = next((part for part in place if isinstance(part, int)), 0)
    headings = [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if re.match(rf"\s*(\[\[?\s*{re.escape(table)}[\s.\]]|{re.escape(table)}\s*=)", line)
    ]
    if not table or rank >= len(headings):
        return None
    start = headings[rank]
    key = str(place[-1])
    for number, line in enumerate(text.splitlines()[start:], start + 1):
        if line.lstrip().startswith("["):
            break
        if re.match(rf"\s*{re.escape(key)}\s*[=.]", line):
            return number
    return start
