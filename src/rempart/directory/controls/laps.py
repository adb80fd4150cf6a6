"""Informations: machines whose local administrator password LAPS renews, and those it does not. Never scored.

ANSSI publishes the names of these items, not their rules: the rules here are ours, and each catalogue entry says so.
"""

from collections.abc import Iterator

import polars as pl

from rempart.directory.controls import control
from rempart.directory.doubts import machines_unread, opaque, settle, unread
from rempart.directory.forest import ENABLED, Forest
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_LEGACY, _WINDOWS = "ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime"
_COVERED = pl.any_horizontal(pl.col(_LEGACY, _WINDOWS).is_not_null())


@control("info_laps")
def covered_machines(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the computers with a date at which LAPS, of old or of Windows, renews the password."""
    covered = forest.computers.filter(_COVERED)
    yield settle(
        entry,
        forest.subjects(covered, f"{_WINDOWS}, {_LEGACY}", pl.coalesce(_WINDOWS, _LEGACY)),
        machines_unread(forest),
        opaque(forest.computers),
        measured={"covered": covered.height, "computers": forest.computers.height},
    )


@control("info_laps_missing")
def uncovered_machines(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """List the enabled Windows computers without LAPS, domain controllers left out."""
    controllers = forest.domain_controllers["id"].to_list()
    windows = pl.col("operatingSystem").str.contains(r"(?i)windows").fill_null(value=True)
    machines = forest.computers.filter(windows, ~pl.col("id").is_in(controllers))
    enabled = machines.filter(ENABLED)
    bare = enabled.filter(~_COVERED)
    yield settle(
        entry,
        forest.subjects(bare, "operatingSystem"),
        machines_unread(forest),
        unread(machines, "userAccountControl"),
        measured={"uncovered": bare.height, "computers": enabled.height},
    )
