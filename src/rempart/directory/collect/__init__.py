"""Readers of directories: one module per source, each yields the same Snapshot. I/O lives here and nowhere else."""

from rempart.directory.collect.recognise import open_source
from rempart.directory.collect.source import Progress, Source, silent

__all__ = ["Progress", "Source", "open_source", "silent"]
