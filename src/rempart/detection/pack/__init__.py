"""The hospital rule pack: Sigma rules of our own, in French, with the events that prove them. Data, and its reading."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

_HERE = Path(__file__).parent


def folder() -> Path:
    """Return the folder of the rules, to be loaded like any other pack."""
    return _HERE / "rules"


def rules() -> tuple[Path, ...]:
    """Return the rule files, sorted. A file holds one rule, or a correlation after the rules it gathers."""
    return tuple(sorted(folder().rglob("*.yml")))


def example() -> str:
    """Return a commented file of what a hospital says of itself, to start from."""
    return (_HERE / "placeholders.toml").read_text(encoding="utf-8")


def placeholders() -> Mapping[str, tuple[str, ...]]:
    """Return the values of the placeholders of the pack, for the fictional hospital; a real one gives its own."""
    told = tomllib.loads(example())
    return {name: tuple(values) for name, values in told.items()}


def identifier(stem: str) -> str:
    """Return the identifier of the rule a file is about: the last one in it.

    Raises:
        KeyError: no file of that name.

    """
    path = {path.stem: path for path in rules()}[stem]
    found: list[str] = re.findall(r"^id: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[-1]
