"""What a hospital declares for its posture: how many machines it has, which they are, and what it does not have.

A TOML file; machines stand in it as a count, or in a CSV of columns `name` and `kind`. Names never leave the hospital.
"""

import csv
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

MOST_MACHINES = 1_000_000


class MachineKind(StrEnum):
    """What a machine is for: domain controllers are looked at one by one."""

    DOMAIN_CONTROLLER = "domain_controller"
    SERVER = "server"
    WORKSTATION = "workstation"
    NETWORK = "network"
    MEDICAL = "medical"


class Family(StrEnum):
    """A family of logs that the posture asks about."""

    DOMAIN_CONTROLLERS = "domain_controllers"
    PROCESSES = "processes"
    POWERSHELL = "powershell"
    FIREWALL = "firewall"
    VPN = "vpn"
    WEB = "web"
    BACKUPS = "backups"
    RECORDS = "records"


class Machine(BaseModel):
    """One machine, by the name it gives in its logs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=255)
    kind: MachineKind = MachineKind.WORKSTATION


class Inventory(BaseModel):
    """What is declared.

    Attributes:
        count: how many machines should be heard, when they are not listed.
        machines: those that should be heard.
        absent: families of logs whose machine does not exist here, and why ("no proxy: ...").
        sources: sources of the ledger that belong to a family, besides those Rempart knows ("linux/bareos": backups).

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int | None = Field(default=None, ge=1, le=MOST_MACHINES)
    machines: tuple[Machine, ...] = Field(default=(), max_length=MOST_MACHINES)
    absent: Mapping[Family, str] = {}
    sources: Mapping[Family, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.count is not None and self.machines:
            raise ValueError("give either a count of machines, or their list")
        names = [machine.name.lower() for machine in self.machines]
        if len(names) != len(set(names)):
            raise ValueError("a machine is listed twice")
        return self


def open_inventory(path: Path) -> Inventory:
    """Read an inventory: TOML (`machines = 850`, or `machines = "machines.csv"`), or the CSV itself.

    Raises:
        InputError: it cannot be read, or says what cannot be: the mistake is told with its place.

    """
    try:
        if path.suffix.lower() == ".csv":
            return Inventory(machines=_machines(path))
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        machines = fields.pop("machines", None)
        if isinstance(machines, str):
            return Inventory(machines=_machines(path.parent / machines), **fields)
        return Inventory(count=machines, **fields)
    except (ValidationError, TypeError) as error:
        where = f"{path}:{'.'.join(map(str, error.errors()[0]['loc']))}" if isinstance(error, ValidationError) else path
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InputError(
            Text(fr=f"inventaire incorrect ({what})", en=f"the inventory is wrong ({what})"), where=str(where)
        ) from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            Text(fr=f"inventaire illisible ({error})", en=f"cannot read the inventory ({error})"), where=str(path)
        ) from error


def _machines(path: Path) -> tuple[Machine, ...]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head = stream.readline()
        stream.seek(0)
        rows = csv.DictReader(stream, delimiter=";" if ";" in head else ",")
        if "name" not in (rows.fieldnames or ()):
            raise InputError(
                Text(fr="il faut une colonne « name » (et « kind »)", en="a column name is needed (and kind)"),
                where=f"{path}:1",
            )
        return tuple(
            Machine.model_validate(
                {"name": (row["name"] or "").strip(), "kind": (row.get("kind") or "workstation").strip()}
            )
            for row in rows
        )
