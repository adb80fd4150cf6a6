"""What every reader of a directory is: a name, a way to recognise its input, a way to read it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rempart.directory.snapshot import Snapshot

Progress = Callable[[int, int | None], None]
"""Told how much was done and how much there is (None when unknown), in the reader's own unit: bytes or objects."""


def silent(done: int, total: int | None) -> None:
    """Show nothing: the default progress."""


class Source(Protocol):
    """A module of this folder that reads one kind of file or folder."""

    NAME: str

    def recognises(self, path: Path) -> bool:
        """Tell, by content and never by name, whether `path` is of this kind. Never raises for a readable path."""
        ...

    def read(self, path: Path, progress: Progress) -> Snapshot:
        """Read `path` whole; raise InputError when it is broken."""
        ...
