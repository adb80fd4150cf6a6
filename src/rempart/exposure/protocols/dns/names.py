"""Which part of a name its owner registered: the public suffix list, inside the package `publicsuffixlist` (dated)."""

from functools import cache
from importlib.metadata import version

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def list_version() -> str:
    """Return the version of the list: its last number is its date."""
    return version("publicsuffixlist")


def registrable(name: str) -> str:
    """Return the domain someone registered for `name` to exist; the name itself when it is a public suffix."""
    return _suffixes().privatesuffix(name.lower().rstrip(".")) or name.lower().rstrip(".")


def parents(name: str) -> list[str]:
    """Return the name and those above it, the top-level one last."""
    labels = name.split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]
