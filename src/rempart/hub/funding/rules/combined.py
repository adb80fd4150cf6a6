"""Rules made of rules: one of several, all of several, and what is asked of a GHT only."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from rempart.hub.funding.rules.base import Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.words import joined
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.hub.funding.rules import AnyRule

_WORST_FIRST = (Outcome.UNMET, Outcome.MISSING, Outcome.TO_REVIEW, Outcome.MET)
_BEST_FIRST = (Outcome.MET, Outcome.TO_REVIEW, Outcome.UNMET, Outcome.MISSING)
"""A choice that was tried and failed says more than one that was not tried."""


def nothing_to_do() -> RuleVerdict:
    """Return the verdict of a rule that asks nothing of this applicant."""
    return RuleVerdict(
        Outcome.NOT_APPLICABLE, (Text(fr="Ne concerne pas ce candidat.", en="Does not concern this applicant."),)
    )


def gather(verdicts: list[RuleVerdict]) -> RuleVerdict:
    """Return the verdict of several rules that must all hold: the worst, with what each lacks; the first deadline."""
    asked = [verdict for verdict in verdicts if verdict.outcome is not Outcome.NOT_APPLICABLE]
    if not asked:
        return nothing_to_do()
    outcome = next(one for one in _WORST_FIRST if any(verdict.outcome is one for verdict in asked))
    days = [verdict.until for verdict in asked if verdict.until]
    return RuleVerdict(
        outcome,
        _once(reason for verdict in asked for reason in verdict.reasons),
        _once(item for verdict in asked for item in verdict.missing),
        min(days, default=None),
        next((verdict.warning for verdict in asked if verdict.warning), None),
    )


def _once(texts: Iterator[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(texts))


class Several(Rule):
    """What the two share."""

    rules: "tuple[AnyRule, ...]" = Field(min_length=1)

    def documents(self) -> Iterator[str]:
        """Yield the natures each names."""
        for rule in self.rules:
            yield from rule.documents()

    def parts(self) -> Iterator[Rule]:
        """Yield the rules inside."""
        yield from self.rules


class AllOf(Several):
    """Every rule must hold."""

    kind: Literal["all_of"] = "all_of"

    def explain(self) -> Text:
        """Say each rule, one after the other."""
        return joined(tuple(rule.explain() for rule in self.rules), " ", " ")

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Return the worst of the verdicts, with what each lacks."""
        return gather([rule.judge(evidence) for rule in self.rules])

    def left_to_a_person(self) -> bool:
        """Say whether one of them is."""
        return any(rule.left_to_a_person() for rule in self.rules)


class OneOf(Several):
    """One rule is enough."""

    kind: Literal["one_of"] = "one_of"

    def explain(self) -> Text:
        """Say each rule, as a choice."""
        choice = joined(tuple(rule.explain() for rule in self.rules), " Ou : ", " Or: ")
        return Text(fr=f"Au choix : {choice.fr}", en=f"Your choice: {choice.en}")

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Return the best of the verdicts; when none passes, what each would need."""
        verdicts = [rule.judge(evidence) for rule in self.rules]
        asked = [verdict for verdict in verdicts if verdict.outcome is not Outcome.NOT_APPLICABLE]
        if not asked:
            return nothing_to_do()
        best = min(asked, key=lambda verdict: _BEST_FIRST.index(verdict.outcome))
        if best.outcome.rank > Outcome.MISSING.rank:
            return best
        days = [verdict.until for verdict in asked]
        needs = [joined(verdict.missing, " ", " ") for verdict in asked if verdict.missing]
        choice = joined(tuple(needs), " Ou : ", " Or: ")
        known = [day for day in days if day]
        return RuleVerdict(
            best.outcome,
            _once(reason for verdict in asked for reason in verdict.reasons),
            (choice,) if needs else (),
            max(known) if len(known) == len(days) else None,
            next((verdict.warning for verdict in asked if verdict.warning), None),
        )

    def left_to_a_person(self) -> bool:
        """Say whether all of them are."""
        return all(rule.left_to_a_person() for rule in self.rules)


class GhtOnly(Rule):
    """Asked of a GHT; not applicable to an applicant outside one."""

    kind: Literal["ght_only"] = "ght_only"
    rule: "AnyRule"

    def explain(self) -> Text:
        """Say the rule, and for whom."""
        inner = self.rule.explain()
        return Text(fr=f"Pour un GHT : {inner.fr}", en=f"For a GHT: {inner.en}")

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Not applicable outside a GHT, else as the rule says."""
        return self.rule.judge(evidence) if evidence.is_ght else nothing_to_do()

    def left_to_a_person(self) -> bool:
        """Say whether the rule is."""
        return self.rule.left_to_a_person()

    def documents(self) -> Iterator[str]:
        """Yield the natures the rule names."""
        yield from self.rule.documents()

    def parts(self) -> Iterator[Rule]:
        """Yield the rule inside."""
        yield self.rule
