"""The 66 % rule: the members that satisfy a rule must weigh enough of the applicant's combined activity."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from rempart.hub.funding.rules.base import Asked, Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.combined import nothing_to_do
from rempart.hub.funding.rules.coverage import THRESHOLD, covered, smallest_sets
from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.words import joined, percent
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.hub.funding.rules import AnyRule

SETS_SHOWN = 3


class ActivityShare(Rule):
    """A rule asked of enough members: entities of a GHT, sites of an entity outside one.

    Args:
        threshold: the part of the combined activity to cover, from 0 to 1.
        rule: what each covered member must satisfy.

    """

    kind: Literal["activity_share"] = "activity_share"
    threshold: Decimal = Field(default=THRESHOLD, gt=0, le=1)
    rule: "AnyRule"

    def explain(self) -> Text:
        """Say the rule and the share."""
        return joined((self.rule.explain(), self._share()), " ", " ")

    def asks(self) -> Asked:
        """Return the rule, the share being said at the end."""
        asked = self.rule.asks()
        return Asked(asked.what, asked.when, (*asked.notes, self._share()))

    def _share(self) -> Text:
        least = percent(self.threshold)
        return Text(
            fr=f"Les membres couverts pèsent au moins {least.fr} de l’activité combinée.",
            en=f"The members covered weigh at least {least.en} of the combined activity.",
        )

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing when an activity is unknown or nothing is covered; else by the share that is covered."""
        members = evidence.members
        shares = {members[0]: Decimal(1)} if len(members) == 1 else evidence.shares
        unknown = [member for member in members if member not in shares]
        if unknown or not members:
            return self._unknown(evidence, unknown)
        verdicts = {member: self.rule.judge(evidence.of(member)) for member in members}
        if all(verdict.outcome is Outcome.NOT_APPLICABLE for verdict in verdicts.values()):
            return nothing_to_do()
        met = {member for member, verdict in verdicts.items() if verdict.outcome is Outcome.MET}
        near = met | {member for member, verdict in verdicts.items() if verdict.outcome is Outcome.TO_REVIEW}
        reasons = self._reasons(evidence, shares, met, near)
        if covered(shares, met) >= self.threshold:
            return RuleVerdict(Outcome.MET, reasons, until=self._until(verdicts, met))
        if covered(shares, near) >= self.threshold:
            return RuleVerdict(Outcome.TO_REVIEW, reasons, until=self._until(verdicts, near))
        failed = any(verdict.outcome is Outcome.UNMET for verdict in verdicts.values())
        own = [reason for member in members if member not in near for reason in verdicts[member].reasons]
        return RuleVerdict(
            Outcome.UNMET if near or failed else Outcome.MISSING,
            (*reasons, *dict.fromkeys(own)),
            self._missing(evidence, shares, near),
            evidence.declare_by,
            next((verdict.warning for verdict in verdicts.values() if verdict.warning), None),
        )

    def left_to_a_person(self) -> bool:
        """Say whether the rule is."""
        return self.rule.left_to_a_person()

    def documents(self) -> Iterator[str]:
        """Yield the natures the rule names."""
        yield from self.rule.documents()

    def parts(self) -> Iterator[Rule]:
        """Yield the rule inside."""
        yield self.rule

    def _until(self, verdicts: dict[str, RuleVerdict], kept: set[str]) -> date | None:
        return min((day for member in kept if (day := verdicts[member].until)), default=None)

    def _reasons(
        self, evidence: Evidence, shares: dict[str, Decimal], met: set[str], near: set[str]
    ) -> tuple[Text, ...]:
        least, total = percent(self.threshold), percent(covered(shares, near))
        reasons = [
            Text(
                fr=f"Activité couverte : {total.fr} ({least.fr} demandés).",
                en=f"Activity covered: {total.en} ({least.en} asked).",
            )
        ]
        for group, fr, en in ((met, "Couverts", "Covered"), (near - met, "À relire", "To review")):
            if group:
                names = [(evidence.name(member), percent(shares[member])) for member in sorted(group)]
                reasons.append(
                    Text(
                        fr=f"{fr} : " + ", ".join(f"{name} ({part.fr})" for name, part in names) + ".",
                        en=f"{en}: " + ", ".join(f"{name} ({part.en})" for name, part in names) + ".",
                    )
                )
        return tuple(reasons)

    def _missing(self, evidence: Evidence, shares: dict[str, Decimal], near: set[str]) -> tuple[Text, ...]:
        sets = smallest_sets(shares, near, self.threshold, SETS_SHOWN)
        if not sets:
            return (self.explain(),)
        fr, en = [], []
        for members in sets:
            total = percent(covered(shares, {*near, *members}))
            names = " + ".join(evidence.name(member) for member in members)
            fr.append(f"{names} (on atteint {total.fr})")
            en.append(f"{names} (reaching {total.en})")
        return (
            Text(
                fr="Pour atteindre le seuil, couvrez aussi : " + " ; ou ".join(fr) + ".",
                en="To reach the threshold, also cover: " + "; or ".join(en) + ".",
            ),
            self.rule.explain(),
        )

    def _unknown(self, evidence: Evidence, unknown: list[str]) -> RuleVerdict:
        names = ", ".join(evidence.name(member) for member in unknown)
        which = Text(fr=f" : {names}", en=f": {names}") if names else Text(fr="", en="")
        return RuleVerdict(
            Outcome.MISSING,
            (
                Text(
                    fr=f"L’activité combinée n’est pas connue{which.fr}.",
                    en=f"The combined activity is not known{which.en}.",
                ),
            ),
            (
                Text(
                    fr="L’activité combinée de l’année de référence, pour chaque membre.",
                    en="The combined activity of the reference year, for each member.",
                ),
            ),
            evidence.declare_by,
        )
