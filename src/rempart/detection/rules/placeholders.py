"""What a hospital says of itself, in the place of the `%names%` of rules: a TOML or YAML file of lists of texts."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from rempart.detection.rules.packs import LARGEST_FILE
from rempart.detection.rules.refused import YAML_ERRORS
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


def values(told: Mapping[str, Sequence[str]] | Path | None) -> Mapping[str, tuple[str, ...]]:
    """Return the values by name.

    Args:
        told: values, or a file of them: a name and its list of texts, or one text alone.

    Raises:
        InputError: the file cannot be read, or is not that.

    """
    if told is None:
        return {}
    if isinstance(told, Path):
        return _read(told)
    return {name: tuple(texts) for name, texts in told.items()}


def _read(path: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_FILE:
            raise _misunderstood(path, f"> {LARGEST_FILE} bytes")
        found: Any = tomllib.loads(content.decode()) if path.suffix == ".toml" else yaml.safe_load(content)
    except OSError as error:
        what = Text(fr=f"lecture impossible ({error.strerror})", en=f"cannot read ({error.strerror})")
        raise InputError(what, where=str(path)) from error
    except (*YAML_ERRORS, tomllib.TOMLDecodeError) as error:
        raise _misunderstood(path, " ".join(str(error).split())[:200]) from error
    if not isinstance(found, dict):
        raise _misunderstood(path, type(found).__name__)
    return {str(name): _texts(path, str(name), one) for name, one in found.items()}


def _texts(path: Path, name: str, one: object) -> tuple[str, ...]:
    many = one if isinstance(one, list) else [one]
    if not all(isinstance(text, str | int | float) for text in many):
        raise _misunderstood(path, name)
    return tuple(str(text) for text in many)


def _misunderstood(path: Path, detail: str) -> InputError:
    return InputError(
        Text(fr=f"fichier de valeurs incompris ({detail})", en=f"file of values not understood ({detail})"),
        where=str(path),
        advice=Text(
            fr='Écrivez-le en TOML ou en YAML : un nom, et sa liste de textes (serveurs = ["SRV-*"]).',
            en='Write it in TOML or YAML: a name, and its list of texts (servers = ["SRV-*"]).',
        ),
    )
