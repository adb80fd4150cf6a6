"""What the graph is built from. The forest hands it over; the graph knows no forest."""

from dataclasses import dataclass

import polars as pl

from rempart.directory.graph.descriptor import Descriptors


@dataclass(frozen=True)
class Ground:
    """The tables of the snapshot and what the forest already worked out.

    `labels` has one row an object: `id`, `key`, `name`. `memberships` has `group` and `member` (ids).
    `privileged` and `controllers` are ids of objects.
    """

    objects: pl.DataFrame
    descriptors: Descriptors
    grants: pl.DataFrame
    labels: pl.DataFrame
    memberships: pl.DataFrame
    privileged: frozenset[int]
    controllers: frozenset[int]
