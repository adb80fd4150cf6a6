"""The prerequisites and objectives of a file, each with its verdict of this moment and what its rule accepts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.proofs.access import proofs_are_open
from rempart.hub.funding.rules.base import Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.repeated import RepeatedAttestations

DONE = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE, Outcome.TO_REVIEW})
"""What asks nothing more of the applicant: the last is for an instructor to read."""


@dataclass(frozen=True, slots=True)
class Item:
    """One prerequisite or objective of a file. `is_open`: proofs may come now."""

    requirement: Requirement
    prerequisite: bool
    verdict: RuleVerdict
    is_open: bool

    @property
    def code(self) -> str:
        """Its code in the call."""
        return self.requirement.code

    @property
    def is_done(self) -> bool:
        """Whether nothing more is asked of the applicant."""
        return self.verdict.outcome in DONE

    @property
    def engines(self) -> list[str]:
        """The engines whose attestations its rule accepts."""
        return sorted({engine for rule in every_rule(self.requirement.rule) if (engine := _named(rule, "engine"))})

    @property
    def services(self) -> list[str]:
        """The State services whose typed-in results its rule accepts."""
        return sorted({name for rule in every_rule(self.requirement.rule) if (name := _named(rule, "service"))})

    @property
    def takes_documents(self) -> bool:
        """Whether a document may be deposited: always, but where only measures count."""
        only_measures = bool(self.engines or self.services) and not tuple(self.requirement.rule.documents())
        return not only_measures or self.requirement.unknown is not None

    @property
    def repeated(self) -> RepeatedAttestations | None:
        """The rule of repeated audits, when there is one."""
        rules = every_rule(self.requirement.rule)
        return next((rule for rule in rules if isinstance(rule, RepeatedAttestations)), None)


def every_rule(rule: Rule) -> Iterator[Rule]:
    """Yield a rule and all those inside it."""
    yield rule
    for part in rule.parts():
        yield from every_rule(part)
    inner = getattr(rule, "rule", None)
    if isinstance(inner, Rule):
        yield from every_rule(inner)


def _named(rule: Rule, field: str) -> str | None:
    value = getattr(rule, field, None)
    return value if isinstance(value, str) else None


def items(file: Application, at: datetime, *, declared_at: datetime | None = None) -> list[Item]:
    """Return the prerequisites, then the objectives, judged now, or as if declared at `declared_at`."""
    verdicts = instruction.preview(file, at=at, declared_at=declared_at)
    definition = file.version.definition
    return [
        Item(requirement, prerequisite, verdicts[requirement.code], proofs_are_open(file, prerequisite=prerequisite))
        for prerequisite, requirements in ((True, definition.prerequisites), (False, definition.objectives))
        for requirement in requirements
    ]


def item(file: Application, code: str, at: datetime) -> Item:
    """Return one of them.

    Raises:
        KeyError: the call asks nothing of that code.

    """
    return {one.code: one for one in items(file, at)}[code]
