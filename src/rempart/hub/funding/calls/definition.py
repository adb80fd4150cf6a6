"""A call's rules as data: the shape of its TOML file. `reading` reads it and says the place of each mistake."""

import hashlib
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rempart.hub.funding.rules import AnyRule, Evidence, Rule, RuleVerdict, judge_each, nothing_to_do
from rempart.measurement.text import Text

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.-]*$", max_length=30)]
NatureCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]
StageCode = Literal["application", "ars_review", "declaration", "ars_check", "ans_review", "payment"]


class Part(BaseModel):
    """A part of a definition: nothing unknown, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApplicantKind(StrEnum):
    """The four kinds of applicants of every published figure."""

    GHT = "ght"
    PUBLIC = "public"
    NONPROFIT = "nonprofit"
    FORPROFIT = "forprofit"


class ExtensionDefinition(Part):
    """A move of a desk that a public text tells: its new last day, why, and when it was decided (if told)."""

    closes_on: date
    reason: Text
    decided_on: date | None = None
    source: str = ""


class WindowDefinition(Part):
    """A desk as first published, then its moves, oldest first. None: no public text gives the date."""

    stage: StageCode
    opens_on: date | None = None
    closes_on: date | None = None
    extensions: tuple[ExtensionDefinition, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValueError("closes_on < opens_on")
        return self


class Nature(Part):
    """A nature of document that the call's rules accept: what people read when they deposit one."""

    code: NatureCode
    label: Text
    help: Text | None = None


class Requirement(Part):
    """A prerequisite or an objective: what must be true, and the rule its proofs must satisfy.

    Args:
        code: the official identifier where one is known.
        title: a few words.
        target: what must be true.
        rule: how its proofs are judged.
        proofs: the accepted proofs, in plain words.
        note: how to read it where hospitals read it in opposite ways.
        per_entity: asked of each member of a GHT.
        ght_only: asked of a GHT only.
        year: the year it is due, in a call whose objectives are yearly.
        unknown: no public text gives its proofs or threshold; a person then has the last word.
        source: where the rule is written.

    """

    code: Code
    title: Text
    target: Text
    rule: AnyRule
    proofs: tuple[Text, ...] = ()
    note: Text | None = None
    per_entity: bool = False
    ght_only: bool = False
    year: int | None = None
    unknown: Text | None = None
    source: str = ""

    @model_validator(mode="after")
    def _unknown_is_judged_by_a_person(self) -> Self:
        if self.unknown and not self.rule.left_to_a_person():
            raise ValueError("unknown: left_to_a_person")
        return self

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Return the verdict of the whole requirement: its rule, asked of whom it concerns."""
        if self.ght_only and not evidence.is_ght:
            return nothing_to_do()
        rule: Rule = self.rule
        return judge_each(rule, evidence) if self.per_entity and evidence.is_ght else rule.judge(evidence)


class CallDefinition(Part):
    """Everything a call says. Amounts are in cents, days are Paris days.

    `prerequisites_later` lets a file be submitted, and validated, before its prerequisites are proven. `lapse_after`
    names the desks whose closing makes a file lapse that did not come to them in time.
    """

    code: Code
    title: Text
    summary: Text
    legal_text: str
    legal_url: str = ""
    envelope_cents: int | None = Field(default=None, gt=0)
    kinds: tuple[ApplicantKind, ...] = Field(min_length=1)
    eligibility: Text
    activity_year: int | None = None
    operational_from: date | None = None
    cost_window_from: date | None = None
    windows: tuple[WindowDefinition, ...]
    natures: tuple[Nature, ...] = ()
    prerequisites: tuple[Requirement, ...] = ()
    prerequisites_later: bool = False
    objectives: tuple[Requirement, ...] = Field(min_length=1)
    lapse_after: tuple[Literal["declaration", "payment"], ...] = ()
    notes: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for name, codes in (
            ("code", [item.code for item in self.requirements]),
            ("windows.stage", [str(window.stage) for window in self.windows]),
            ("natures.code", [nature.code for nature in self.natures]),
        ):
            twice = sorted({code for code in codes if codes.count(code) > 1})
            if twice:
                raise ValueError(f"{name}: {', '.join(twice)}")
        declared = {nature.code for nature in self.natures}
        named = {code for item in self.requirements for code in item.rule.documents()}
        if named - declared:
            raise ValueError(f"natures: {', '.join(sorted(named - declared))}")
        return self

    @classmethod
    def parse(cls, content: str) -> Self:
        """Read a call's TOML file.

        Raises:
            DefinitionRefusal: not TOML, or fields that are wrong; the place of each is named.

        """
        from rempart.hub.funding.calls.reading import read  # noqa: PLC0415 — reading knows the shape, not the reverse

        return read(cls, content)

    @classmethod
    def cached(cls, digest: str, content: str) -> "CallDefinition":
        """Return the definition of a stored version, parsed once a process."""
        return _parsed(digest, content)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The prerequisites, then the objectives."""
        return (*self.prerequisites, *self.objectives)

    def requirement(self, code: str) -> Requirement:
        """Return the prerequisite or the objective of that code.

        Raises:
            KeyError: the call has none.

        """
        return {item.code: item for item in self.requirements}[code]

    def accepted(self, requirement: Requirement) -> Iterator[Nature]:
        """Yield the natures of documents a requirement accepts; all of the call's when its rule names none."""
        named = set(requirement.rule.documents())
        yield from (nature for nature in self.natures if not named or nature.code in named)


def digest_of(content: str) -> str:
    """Return the SHA-256 of a definition's text."""
    return hashlib.sha256(content.encode()).hexdigest()


@lru_cache(maxsize=64)
def _parsed(digest: str, content: str) -> CallDefinition:
    del digest  # the key of the cache
    return CallDefinition.parse(content)
