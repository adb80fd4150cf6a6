"""The published figures that the replay reproduces."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict

from rempart.hub.funding.calls.definition import ApplicantKind


class KindFigures(BaseModel):
    """The figures of one kind of applicant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    eligible: int
    applications: int
    declared_percent: int


class Figures(BaseModel):
    """The figures of the whole call; amounts are in cents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    envelope: int
    committed: int
    validated_at_closing: int
    retained: int
    objectives_met: int
    kinds: dict[ApplicantKind, KindFigures]

    @classmethod
    @cache
    def published(cls) -> Self:
        """Return the figures of `figures.toml`."""
        return cls.model_validate(tomllib.loads(files(__package__).joinpath("figures.toml").read_text("utf-8")))

    @property
    def applications(self) -> int:
        """How many applied."""
        return sum(kind.applications for kind in self.kinds.values())
