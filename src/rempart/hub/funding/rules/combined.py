"""Rules made of rules: one of several, all of several, and what is asked of a GHT only."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from rempart.hub.funding.rules.base import Asked, Outcome, Rule, RuleVerdict
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


def _parts(asked: Sequence[Asked]) -> tuple[tuple[Text, ...], Text | None]:
    """Return the parts, and the moment they share; parts of several moments each keep their own."""
    moments = {part.when for part in asked if part.when}
    if len(moments) > 1:
        return tuple(part.with_moment() for part in asked), None
    return tuple(part.what for part in asked), next(iter(moments), None)


def _notes(asked: Sequence[Asked]) -> tuple[Text, ...]:
    return _once(note for part in asked for note in part.notes)


def _sentences(fr: str, en: str, parts: Text, when: Text | None, notes: tuple[Text, ...]) -> Text:
    said = [Text(fr=f"{fr} : {parts.fr}.", en=f"{en}: {parts.en}.")]
    if when:
        said.append(Text(fr=f"À déposer {when.fr}.", en=f"To deposit {when.en}."))
    return joined((*said, *notes), " ", " ")


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
        """Say each rule in a numbered list, then once what holds for all."""
        asked = [rule.asks() for rule in self.rules]
        if len(asked) == 1:
            return self.rules[0].explain()
        parts, when = _parts(asked)
        numbered = [Text(fr=f"{rank}) {part.fr}", en=f"{rank}) {part.en}") for rank, part in enumerate(parts, 1)]
        return _sentences("Il faut", "What is asked", joined(tuple(numbered), " ; ", "; "), when, _notes(asked))

    def asks(self) -> Asked:
        """Return the rules, one with the other."""
        asked = [rule.asks() for rule in self.rules]
        parts, when = _parts(asked)
        return Asked(joined(parts, ", avec ", ", with "), when, _notes(asked))

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
        """Say each rule, as a choice, then once what holds for all."""
        asked = [rule.asks() for rule in self.rules]
        if len(asked) == 1:
            return self.rules[0].explain()
        parts, when = _parts(asked)
        return _sentences("Au choix", "One of these", joined(parts, " ; ou ", "; or "), when, _notes(asked))

    def asks(self) -> Asked:
        """Return the rules, as a choice."""
        asked = [rule.asks() for rule in self.rules]
        if len(asked) == 1:
            return asked[0]
        parts, when = _parts(asked)
        choice = joined(parts, ", ou ", ", or ")
        return Asked(Text(fr=f"au choix, {choice.fr}", en=f"one of these: {choice.en}"), when, _notes(asked))

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

    def asks(self) -> Asked:
        """Return the rule, and for whom."""
        asked = self.rule.asks()
        return Asked(
            Text(fr=f"pour un GHT, {asked.what.fr}", en=f"for a GHT, {asked.what.en}"), asked.when, asked.notes
        )

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
