"""Who and what there is in the fictional hospital."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Cast(BaseModel):
    """The people, machines and names of the fictional hospital, as in `cast.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    domain: str
    suffix: str
    nurses: tuple[str, ...]
    doctors: tuple[str, ...]
    clerks: tuple[str, ...]
    services: tuple[str, ...]
    units: tuple[str, ...]
    sites: tuple[str, ...]
    workstations: Mapping[str, str]
    servers: Mapping[str, str]
    modalities: Mapping[str, str]

    @property
    def carers(self) -> tuple[str, ...]:
        """Those who open patient records at night."""
        return self.nurses + self.doctors

    def full(self, machine: str) -> str:
        """Return the whole name of a machine."""
        return f"{machine}.{self.suffix}"


@cache
def cast() -> Cast:
    """Return the cast of the fictional hospital."""
    return Cast.model_validate(tomllib.loads(files(__package__).joinpath("cast.toml").read_text(encoding="utf-8")))
