"""What every rule is: an explanation, a verdict with its reasons, and what is missing until when."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from rempart.hub.funding.rules.evidence import Evidence
from rempart.measurement.text import Text


class Outcome(StrEnum):
    """Green, orange, red, or grey. Missing data is never a pass."""

    MET = "met"
    TO_REVIEW = "to_review"
    UNMET = "unmet"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule says.

    Args:
        outcome: the colour.
        reasons: why, in order, one short sentence each.
        missing: what the applicant must still bring, one short sentence each.
        until: the last day on which it can be brought or done, when the rule knows one.
        warning: something that is about to be missed.

    """

    outcome: Outcome
    reasons: tuple[Text, ...] = ()
    missing: tuple[Text, ...] = ()
    until: date | None = None
    warning: Text | None = None


class Rule(BaseModel, ABC):
    """A rule: its parameters come from the call's file; it never reads a clock nor a database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def explain(self) -> Text:
        """Return what the rule asks, in one or two plain sentences."""

    @abstractmethod
    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Return the verdict on `evidence`."""
