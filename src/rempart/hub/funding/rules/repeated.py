"""Two audits (or more) at the level, 45 to 60 days apart: the level is held, not touched once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from rempart.hub.funding.rules.attestation import reference_day
from rempart.hub.funding.rules.base import Outcome, Rule, RuleVerdict, read_by_a_person
from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.words import day_of, day_text, joined
from rempart.measurement.text import Text

Reading = Literal["adjacent", "any_pair"]


@dataclass(frozen=True, slots=True)
class Audit:
    """One day on which the level was measured. `sure`: by an attestation; else typed in by hand, with its document."""

    day: date
    at_level: bool
    sure: bool


class RepeatedAttestations(Rule):
    """Audits spaced by a set gap, enough of them at the level, the last one included.

    Args:
        engine: our engine whose attestations count.
        service: the State service whose typed-in results count, with their document.
        level: the level asked; none: no public text gives it, and an instructor judges the level.
        min_days: the smallest accepted gap between two successive audits, included.
        max_days: the largest, included.
        successive: what "successive" means. `adjacent`: an audit in between breaks the pair. `any_pair`: it is ignored.
        audits: how many audits make the proof.
        at_level: how many of them must be at the level; none: all.
        warn_at_day: how many days after an audit the next one is announced.
        accepted: the call trusts typed-in results without an instructor.

    """

    kind: Literal["repeated_attestations"] = "repeated_attestations"
    engine: str | None = None
    service: str | None = None
    label: Text = Text(fr="l’audit", en="the audit")
    level: int | None = Field(default=None, ge=1)
    min_days: int = Field(default=45, ge=1)
    max_days: int = Field(default=60, ge=1)
    successive: Reading = "any_pair"
    audits: int = Field(default=2, ge=2, le=12)
    at_level: int | None = Field(default=None, ge=1)
    warn_at_day: int = Field(default=40, ge=0)
    accepted: bool = False

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if not (self.engine or self.service):
            raise ValueError("engine or service")
        if self.max_days < self.min_days:
            raise ValueError("max_days >= min_days")
        if self.at_level is not None and self.at_level > self.audits:
            raise ValueError("at_level <= audits")
        return self

    @property
    def needed(self) -> int:
        """How many audits of the proof must be at the level."""
        return self.at_level or self.audits

    def explain(self) -> Text:
        """Say how many audits, how far apart, and what may stand in between."""
        between = {
            "adjacent": Text(fr="Un audit fait entre-temps rompt la paire.", en="An audit in between breaks the pair."),
            "any_pair": Text(fr="Un audit fait entre-temps ne compte pas.", en="An audit in between is ignored."),
        }[self.successive]
        level = Text(fr="", en="")
        if self.level is not None:
            level = Text(
                fr=f", dont {self.needed} au niveau {self.level} ou plus (le dernier compris)",
                en=f", {self.needed} of them at level {self.level} or more (the last one included)",
            )
        return Text(
            fr=f"Faites {self.audits} fois {self.label.fr}, à {self.min_days} jours d’écart au moins "
            f"et {self.max_days} au plus{level.fr}. {between.fr}",
            en=f"Take {self.label.en} {self.audits} times, at least {self.min_days} and at most {self.max_days} days "
            f"apart{level.en}. {between.en}",
        )

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing before the first audits, to go on while a next window is open, unmet when all windows have closed."""
        known = self.audits_of(evidence)
        chain = self.proof(self.audits_of(replace(evidence, outside=())))
        if chain and self.level is not None:
            return RuleVerdict(Outcome.MET, (self._told(chain),))
        chain = chain or self.proof(known)
        if chain:
            if self.accepted and self.level is not None and evidence.judgement is None:
                return RuleVerdict(Outcome.MET, (self._told(chain),))
            return read_by_a_person(evidence, (self._told(chain),))
        return self._going_on(evidence, known)

    def left_to_a_person(self) -> bool:
        """Say whether no level is known, or only typed-in results count."""
        return self.level is None or (self.engine is None and not self.accepted)

    def audits_of(self, evidence: Evidence) -> list[Audit]:
        """Return the audits that count, one a day, oldest first; the best of a day speaks for it."""
        last = min(reference_day(evidence), day_of(evidence.at))
        found = [
            Audit(day_of(one.taken_at), self._reached(one.level) and not one.at_most, sure=True)
            for one in evidence.measures
            if one.engine == self.engine and one.taken_at <= evidence.at
        ]
        found += [
            Audit(one.taken_on, self._reached(one.level), sure=False)
            for one in evidence.outside
            if one.service == self.service and one.has_document
        ]
        found.sort(key=lambda audit: (audit.day, audit.at_level, audit.sure))
        return list({audit.day: audit for audit in found if audit.day <= last}.values())

    def proof(self, audits: list[Audit]) -> list[Audit]:
        """Return the latest chain of audits that satisfies the rule, empty when none does.

        `best[end][length]` is the chain of that length ending there with the most audits at the level.
        """
        best: list[dict[int, list[Audit]]] = []
        for place, audit in enumerate(audits):
            chains = {1: [audit]}
            for earlier in self._before(audits, place):
                for length, chain in best[earlier].items():
                    longer = [*chain, audit]
                    if length < self.audits and _at_level(longer) > _at_level(chains.get(length + 1, [])):
                        chains[length + 1] = longer
                    elif length < self.audits:
                        chains.setdefault(length + 1, longer)
            best.append(chains)
        for chains in reversed(best):
            chain = chains.get(self.audits, [])
            if chain and chain[-1].at_level and _at_level(chain) >= self.needed:
                return chain
        return []

    def next_windows(self, audits: list[Audit], today: date) -> list[tuple[date, date]]:
        """Return the spans of days in which a next audit would go on from one already done, soonest end first."""
        anchors = audits if self.needed < self.audits else [audit for audit in audits if audit.at_level]
        if self.successive == "adjacent":
            anchors = [audit for audit in anchors if audit is audits[-1]]
        spans = [(one.day + timedelta(days=self.min_days), one.day + timedelta(days=self.max_days)) for one in anchors]
        return sorted({span for span in spans if span[1] >= today}, key=lambda span: (span[1], span[0]))

    def _reached(self, level: int) -> bool:
        return self.level is None or level >= self.level

    def _before(self, audits: list[Audit], place: int) -> Iterator[int]:
        """Yield the places of the audits that may come just before this one in a chain."""
        first = 0 if self.successive == "any_pair" else place - 1
        for earlier in range(max(first, 0), place):
            if self.min_days <= (audits[place].day - audits[earlier].day).days <= self.max_days:
                yield earlier

    def _told(self, chain: list[Audit]) -> Text:
        days = joined(tuple(day_text(audit.day) for audit in chain))
        gaps = ", ".join(str((b.day - a.day).days) for a, b in pairwise(chain))
        return Text(
            fr=f"Audits du {days.fr} : {gaps} jours d’écart.",
            en=f"Audits of {days.en}: {gaps} days apart.",
        )

    def _going_on(self, evidence: Evidence, audits: list[Audit]) -> RuleVerdict:
        if not audits:
            return RuleVerdict(Outcome.MISSING, (), (self.explain(),), evidence.declare_by)
        today = day_of(evidence.at)
        windows = [] if evidence.declared_at and reference_day(evidence) <= today else self.next_windows(audits, today)
        limit = evidence.declare_by
        in_time = [(first, last) for first, last in windows if limit is None or first <= limit]
        reasons = self._why(audits)
        if not in_time:
            late = Text(
                fr="Aucun audit déjà fait ne peut plus être suivi à temps : il faut recommencer.",
                en="No audit done so far can be followed in time any more: start again.",
            )
            return RuleVerdict(Outcome.UNMET, (*reasons, late), (self.explain(),), limit)
        first, last = in_time[0][0], min(in_time[0][1], limit or in_time[0][1])
        span = Text(
            fr=f"Mesurez à nouveau entre le {day_text(first).fr} et le {day_text(last).fr}.",
            en=f"Measure again between {day_text(first).en} and {day_text(last).en}.",
        )
        warned = today >= first - timedelta(days=self.min_days - self.warn_at_day)
        return RuleVerdict(Outcome.MISSING, reasons, (span,), last, span if warned else None)

    def _why(self, audits: list[Audit]) -> tuple[Text, ...]:
        last = audits[-1]
        said = day_text(last.day)
        if not last.at_level:
            return (
                Text(
                    fr=f"Audit du {said.fr} : le niveau {self.level} n’est pas prouvé.",
                    en=f"Audit of {said.en}: level {self.level} is not proven.",
                ),
            )
        if len(audits) == 1:
            return (Text(fr=f"Un premier audit, du {said.fr}.", en=f"A first audit, of {said.en}."),)
        gap = (last.day - audits[-2].day).days
        asked = f"{self.min_days}–{self.max_days}"
        return (
            Text(
                fr=f"Dernier audit du {said.fr}, {gap} jours après le précédent ; {asked} demandés.",
                en=f"Last audit of {said.en}, {gap} days after the one before; {asked} asked.",
            ),
        )


def _at_level(chain: list[Audit]) -> int:
    return sum(audit.at_level for audit in chain)
