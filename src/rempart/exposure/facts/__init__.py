"""From observations to frames of facts: pure, one module a theme, registered by `@facts`.

A frame of facts about services has the endpoint's columns first (`address`, `port`, `transport`, `name`); one about
domain names has `subject` first. What an observation does not say is null, never a default.
"""

import importlib
import pkgutil
from collections.abc import Callable

import polars as pl

from rempart.exposure.snapshot import Snapshot

ENDPOINT = ("address", "port", "transport", "name")
"""The columns that say which service, asked by which name."""

Reading = Callable[[Snapshot], pl.DataFrame]
_READINGS: dict[str, Reading] = {}


def facts(name: str) -> Callable[[Reading], Reading]:
    """Register the function that reads the frame `name` from a snapshot."""

    def register(function: Reading) -> Reading:
        if name in _READINGS:
            raise ValueError(f"two functions read {name}")
        _READINGS[name] = function
        return function

    return register


def readings() -> dict[str, Reading]:
    """Return every reading by name, loading the modules of this room."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_READINGS)


def asked(snapshot: Snapshot, probe: str) -> pl.DataFrame:
    """Return the observations of one probe, in the order they were made."""
    return snapshot.observations.filter(pl.col("probe") == probe).sort("at", maintain_order=True)
