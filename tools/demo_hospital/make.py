"""Make the demonstration snapshot: the fictional Centre hospitalier de Valmont, on a real domain controller.

Provisions a throw-away Samba domain, fills it with invented people, machines and faults, reads it over LDAP as any
directory is read, and saves the snapshot that Rempart ships. Needs what `tests/samba.py` needs.

    python -m tools.demo_hospital.make --at 2026-08-31 src/rempart/directory/demo/valmont.rempart
    python -m tools.demo_hospital.make --at 2026-11-23 --repaired src/rempart/directory/demo/valmont-repaired.rempart
"""

import argparse
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from rempart.directory.collect.ldap_live import Credentials, collect
from rempart.directory.snapshot import Snapshot, save
from tests.directory.samba.planting import Planting
from tests.samba import PASSWORD, running
from tools.demo_hospital.hospital import hospital
from tools.demo_hospital.places import VALMONT, Clock
from tools.demo_hospital.repairs import repairs
from tools.demo_hospital.weaknesses import weaknesses

_AGE = timedelta(days=2200)
"""How long before the demonstration the fictional domain was born."""


def make(at: datetime, *, repaired: bool = False) -> Snapshot:
    """Return the fictional hospital's snapshot, as if it had been taken at `at`: with its weaknesses, or repaired."""
    clock = Clock(at)
    with tempfile.TemporaryDirectory(prefix="samba-") as folder, running(Path(folder), VALMONT) as lab:
        Planting(lab, [*hospital(clock), *(repairs(clock) if repaired else weaknesses(clock))]).plant()
        snapshot = collect(lab.address, Credentials(lab.administrator, PASSWORD), ca_file=lab.ca_file)
    return _dated(snapshot, at)


def _dated(snapshot: Snapshot, at: datetime) -> Snapshot:
    """Give what the server dated from the making the age of the story: birth of the domain, last logon of today."""
    making = snapshot.manifest.taken_at - timedelta(hours=1)

    def story(column: str, moment: datetime) -> pl.Expr:
        return (
            pl.when(pl.col(column) >= making)
            .then(moment)
            .otherwise(pl.col(column))
            .cast(snapshot.objects[column].dtype)
            .alias(column)
        )

    objects = snapshot.objects.with_columns(
        story("whenCreated", at - _AGE),
        story("whenChanged", at - timedelta(days=1)),
        story("pwdLastSet", at - timedelta(days=90)),
        story("lastLogon", at - timedelta(hours=2)),
        story("lastLogonTimestamp", at - timedelta(days=2)),
    )
    return replace(snapshot, objects=objects, manifest=snapshot.manifest.model_copy(update={"taken_at": at}))


def main() -> None:
    """Read the command line and write the snapshot."""
    parser = argparse.ArgumentParser(description="Make the snapshot of the fictional Centre hospitalier de Valmont.")
    parser.add_argument("output", type=Path)
    parser.add_argument("--at", type=datetime.fromisoformat, required=True, help="day of the story, such as 2026-11-23")
    parser.add_argument("--repaired", action="store_true", help="the same hospital, once it followed its plan")
    arguments = parser.parse_args()
    at = arguments.at if arguments.at.tzinfo else arguments.at.replace(hour=8, tzinfo=UTC)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save(make(at, repaired=arguments.repaired), arguments.output)


if __name__ == "__main__":
    main()
