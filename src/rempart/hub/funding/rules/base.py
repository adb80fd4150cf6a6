"""What every rule is: an explanation, a verdict with its reasons, and what is missing until when."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.words import joined
from rempart.measurement.text import Text

_STOP = re.compile(r"(?<=\.) ")


class Outcome(StrEnum):
    """Green, orange, red, or grey. Missing data is never a pass."""

    MET = "met"
    TO_REVIEW = "to_review"
    UNMET = "unmet"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"

    @property
    def rank(self) -> int:
        """How good it is: what fails and what is missing are worth the same; not applicable asks nothing."""
        return {Outcome.MET: 3, Outcome.NOT_APPLICABLE: 3, Outcome.TO_REVIEW: 2}.get(self, 1)


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule says.

    Args:
        outcome: the colour.
        reasons: why, in order, one short sentence each.
        missing: what the applicant must still bring, one short sentence each.
        until: the last day on which it can be brought or done; once met, the last day to declare that keeps it met.
        warning: something that is about to be missed.

    """

    outcome: Outcome
    reasons: tuple[Text, ...] = ()
    missing: tuple[Text, ...] = ()
    until: date | None = None
    warning: Text | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asks, ready to be a part of a longer sentence.

    Args:
        what: the thing itself, without a final stop.
        when: by which moment, when the rule says one.
        notes: whole sentences, said once however many parts say them.

    """

    what: Text
    when: Text | None = None
    notes: tuple[Text, ...] = ()

    def with_moment(self) -> Text:
        """Return the thing with its moment."""
        return self.what if self.when is None else joined((self.what, self.when))


class Rule(BaseModel, ABC):
    """A rule: its parameters come from the call's file; it never reads a clock nor a database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def explain(self) -> Text:
        """Return what the rule asks, in one or two plain sentences."""

    def asks(self) -> Asked:
        """Return what the rule asks as a part of a longer sentence: by default, its own explanation."""
        (first_fr, *rest_fr), (first_en, *rest_en) = (
            _STOP.split(text) for text in (self.explain().fr, self.explain().en)
        )
        notes = tuple(Text(fr=fr, en=en) for fr, en in zip(rest_fr, rest_en, strict=False))
        return Asked(Text(fr=_inside(first_fr), en=_inside(first_en)), notes=notes)

    @abstractmethod
    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Return the verdict on `evidence`."""

    def left_to_a_person(self) -> bool:
        """Return whether the rule can never be met before an instructor has decided."""
        return False

    def documents(self) -> Iterator[str]:
        """Yield the natures of documents the rule names."""
        yield from ()

    def parts(self) -> "Iterator[Rule]":
        """Yield the rules inside this one."""
        yield from ()


def read_by_a_person(evidence: Evidence, found: tuple[Text, ...], until: date | None = None) -> RuleVerdict:
    """Return the verdict on a proof that machines find in order and that a person must read: orange, then as decided.

    Args:
        evidence: what is known; its `judgement` is the instructor's.
        found: what the machine checked.
        until: the last day on which declaring keeps it in order.

    """
    decided = evidence.judgement
    if decided is None:
        wait = Text(fr="Un instructeur doit lire le document.", en="An instructor must read the document.")
        return RuleVerdict(Outcome.TO_REVIEW, (*found, wait), until=until)
    # The verdict is kept in sealed trails: it names nobody. Who decided is read on the judgement itself.
    by = Text(
        fr=f"Décidé par un instructeur. {decided.reason}".strip(),
        en=f"Decided by an instructor. {decided.reason}".strip(),
    )
    return RuleVerdict(Outcome.MET if decided.met else Outcome.UNMET, (*found, by), until=until)


def _inside(sentence: str) -> str:
    """Return a sentence as a part of another: no capital, no stop."""
    return sentence[:1].lower() + sentence[1:].removesuffix(".")
