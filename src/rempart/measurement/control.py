"""A control: a question with an id, the levels it guards, the data it needs. Its texts are data."""

import hashlib
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text
from rempart.measurement.verdict import Measure, Status, Verdict, no_subjects


class Kind(StrEnum):
    """What a control weighs: only a vulnerability moves the level."""

    VULNERABILITY = "vulnerability"
    WARNING = "warning"
    INFORMATION = "information"


class Remedy(BaseModel):
    """How to fix, or how to go back: an explanation, and a command template filled for each subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str
    en: str
    command: str | None = None


class Control(BaseModel):
    """One catalogue entry.

    `levels` lists the thresholds (empty for a warning or an information). `needs` names what a source must have shown
    for the control to be judged (topics of the engine). `effort` is 1 (minutes), 2 (hours or days) or 3 (a project).
    `category` is the family the engine puts it in; `impact` (0 to 1) what a failure costs, if the engine ranks by it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    engine: str
    kind: Kind
    levels: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    effort: int = Field(ge=1, le=3)
    references: tuple[str, ...] = ()
    category: str | None = None
    impact: float | None = Field(default=None, ge=0, le=1)
    title: Text
    risk: Text
    rule: Text
    fix: Remedy
    undo: Remedy

    @model_validator(mode="after")
    def _levels_belong_to_vulnerabilities(self) -> Self:
        if (self.kind is Kind.VULNERABILITY) != bool(self.levels):
            raise ValueError("a vulnerability has levels, a warning or an information has none")
        if list(self.levels) != sorted(set(self.levels)) or not set(self.levels) <= {1, 2, 3, 4, 5}:
            raise ValueError("levels are distinct, increasing, between 1 and 5")
        return self

    @property
    def thresholds(self) -> tuple[int | None, ...]:
        """The levels to judge; a single None for a control that is never scored."""
        return self.levels or (None,)

    def judge(
        self,
        subjects: pl.DataFrame,
        *,
        level: int | None = None,
        failed: bool | None = None,
        measured: Mapping[str, Measure] | None = None,
    ) -> Verdict:
        """Return failed when there are subjects (or when `failed` says so), satisfied otherwise.

        `level` may be left out when the control has one threshold. A satisfied verdict keeps no subjects.
        """
        fails = subjects.height > 0 if failed is None else failed
        return Verdict(
            control=self.id,
            level=self._threshold(level),
            status=Status.FAILED if fails else Status.SATISFIED,
            measured=dict(measured or {}),
            subjects=subjects.sort("key", *[c for c in subjects.columns if c != "key"]) if fails else no_subjects(),
        )

    def not_evaluated(self, reason: Text, *, level: int | None = None) -> Verdict:
        """Return the verdict of a control that could not look, and why."""
        return Verdict(control=self.id, level=self._threshold(level), status=Status.NOT_EVALUATED, reason=reason)

    def not_applicable(self, reason: Text, *, level: int | None = None) -> Verdict:
        """Return the verdict of a control whose matter does not exist here, and why."""
        return Verdict(control=self.id, level=self._threshold(level), status=Status.NOT_APPLICABLE, reason=reason)

    def _threshold(self, level: int | None) -> int | None:
        if level is None and len(self.thresholds) == 1:
            return self.thresholds[0]
        if level not in self.thresholds:
            raise ValueError(f"{self.id} has no threshold at level {level}")
        return level


class Catalogue(BaseModel):
    """The controls of one engine, with a digest over every word of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    version: str
    digest: str
    controls: dict[str, Control]


def load_catalogue(engine: str, version: str, folder: Traversable | Path) -> Catalogue:
    """Read every `*.toml` of `folder`, one control a file.

    The file's name is the control's id. The digest is the SHA-256 over the sorted names and contents.

    Raises:
        InputError: a file that is not TOML, or not a control; the file is named.

    """
    digest = hashlib.sha256()
    controls: dict[str, Control] = {}
    entries = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name)
    for entry in entries:
        content = entry.read_bytes()
        digest.update(f"{entry.name}\0{len(content)}\0".encode() + content)
        try:
            fields = tomllib.loads(content.decode())
            control = Control(id=entry.name.removesuffix(".toml"), engine=engine, **fields)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, TypeError) as error:
            raise InputError(
                Text(fr=f"fiche de contrôle illisible ({error})", en=f"unreadable control entry ({error})"),
                where=entry.name,
            ) from error
        controls[control.id] = control
    return Catalogue(engine=engine, version=version, digest=f"sha256:{digest.hexdigest()}", controls=controls)
