"""A report: what was measured, when, from what, with which tool, and what it says."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rempart.measurement.acceptance import Acceptance
from rempart.measurement.annex import Annex
from rempart.measurement.control import Control
from rempart.measurement.errors import InputError
from rempart.measurement.path import ChokePoint, Path
from rempart.measurement.plan import Plan
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict


class Perimeter(BaseModel):
    """What was looked at: names for the people of the hospital, FINESS number for the proof."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    finess: str | None = None
    names: tuple[str, ...]


class Source(BaseModel):
    """Where the facts come from: kind of source, the moment they were taken, digest of the snapshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    taken_at: datetime
    digest: str
    counts: dict[str, int] = {}


class Tool(BaseModel):
    """Which engine judged, with which catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    version: str
    catalogue_version: str
    catalogue_digest: str


class Level(BaseModel):
    """The level reached. `at_most` is true when a point that could not be evaluated might lower it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int = Field(ge=1, le=5)
    at_most: bool = False


class Gap(BaseModel):
    """Something the source could not show, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    domain: str | None = None
    reason: Text


class Term(BaseModel):
    """A word of the engine's trade and what it means, for the glossary bubbles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    meaning: Text


class Flaw(BaseModel):
    """A record or a value of the source that could not be understood, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str
    problem: str


class Report(BaseModel):
    """The whole result of an audit; one JSON schema, versioned. It stays in the hospital.

    `labels` gives the words for the engine's codes: its own name, its kinds of source and of nodes, the columns of its
    subjects, its measures and counts. `glossary` explains its jargon.
    `attackers` counts the accounts that can reach what must not be reached, None when the source could not show it;
    `annexes` are what the engine shows beside its verdicts.
    `paths` are the first of `paths_total`, `flaws` the first of `source.counts["flaws"]`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_id: Literal["urn:rempart:schema:report:1"] = "urn:rempart:schema:report:1"
    perimeter: Perimeter
    source: Source
    judged_at: datetime
    tool: Tool
    level: Level
    level_with_acceptances: Level
    gaps: tuple[Gap, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    controls: dict[str, Control]
    verdicts: tuple[Verdict, ...]
    acceptances: tuple[Acceptance, ...] = ()
    plan: Plan = Plan()
    attackers: int | None = None
    paths_total: int = 0
    paths: tuple[Path, ...] = ()
    choke_points: tuple[ChokePoint, ...] = ()
    annexes: tuple[Annex, ...] = ()
    labels: dict[str, Text] = {}
    glossary: tuple[Term, ...] = ()

    def counts(self) -> dict[Status, int]:
        """Return how many thresholds have each status; warnings and informations are left out."""
        scored = [verdict.status for verdict in self.verdicts if verdict.level is not None]
        return {status: scored.count(status) for status in Status}


def parse_report(content: bytes, where: str) -> Report:
    """Return the report that `content` (JSON) holds; `where` names its file.

    Raises:
        InputError: not a report of this version; the field is named.

    """
    try:
        return Report.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "JSON"
        raise InputError(
            Text(
                fr=f"ce fichier n'est pas un rapport Rempart (champ « {place} »)",
                en=f"this file is not a Rempart report (field {place})",
            ),
            where=where,
        ) from error
