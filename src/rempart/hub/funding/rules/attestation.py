"""A verified measurement of an engine of ours, high enough and fresh enough on the day of the declaration."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from rempart.hub.funding.rules.base import Asked, Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.evidence import Evidence, Measure
from rempart.hub.funding.rules.words import day_of, day_text
from rempart.measurement.text import Text

SOON = 15
"""From how many days before its end a fresh measure is announced as about to expire."""


def reference_day(evidence: Evidence) -> date:
    """Return the day of the declaration, or today as long as nothing is declared nor simulated."""
    return day_of(evidence.declared_at or evidence.at)


class AttestationRule(Rule):
    """An attestation: its level is proven, not an upper bound, and it is not older than allowed.

    Args:
        engine: the engine that measured (`directory`, `exposure`...).
        level: the lowest accepted level.
        max_age_days: how old it may be on the day of the declaration; none: any age.
        since_operational: taken during the operational phase.

    """

    kind: Literal["attestation"] = "attestation"
    engine: str
    label: Text = Text(fr="la mesure", en="the measure")
    level: int = Field(ge=1, le=5)
    max_age_days: int | None = Field(default=None, gt=0)
    since_operational: bool = False

    def explain(self) -> Text:
        """Say which measure, its level and its age."""
        fr = f"Mesurez et déposez l’attestation : {self.label.fr}, niveau {self.level} ou plus"
        en = f"Measure and deposit the attestation: {self.label.en}, level {self.level} or more"
        if self.max_age_days:
            fr += f", prise au plus {self.max_age_days} jours avant la déclaration"
            en += f", taken at most {self.max_age_days} days before the declaration"
        return Text(fr=fr + ".", en=en + ".")

    def asks(self) -> Asked:
        """Return the attestation of the measure, with its level and its age."""
        fr = f"l’attestation de {self.label.fr}, niveau {self.level} ou plus"
        en = f"the attestation of {self.label.en}, level {self.level} or more"
        if self.max_age_days:
            fr += f", prise au plus {self.max_age_days} jours avant la déclaration"
            en += f", taken at most {self.max_age_days} days before the declaration"
        return Asked(Text(fr=fr, en=en))

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing without a measure, met by any that is high and fresh enough, else unmet with the reason of each."""
        measures = [measure for measure in evidence.measures if measure.engine == self.engine]
        if self.since_operational and evidence.operational_from is None:
            phase = "Le début de la phase opérationnelle n’est pas connu."
            return self._needed(
                evidence, Outcome.MISSING, Text(fr=phase, en="The operational phase’s start is not known.")
            )
        if not measures:
            return self._needed(evidence, Outcome.MISSING)
        measures.sort(key=lambda measure: (measure.taken_at, measure.level, measure.id))
        good = [measure for measure in measures if not self._faults(measure, evidence)]
        if good:
            return self._met(evidence, good[-1], measures[-1])
        reasons = [reason for measure in measures[-3:] for reason in self._faults(measure, evidence)]
        return self._needed(evidence, Outcome.UNMET, *reasons)

    def _faults(self, measure: Measure, evidence: Evidence) -> list[Text]:
        day, reference = day_of(measure.taken_at), reference_day(evidence)
        said, age = day_text(day), (reference - day).days
        faults = []
        if age < 0 or measure.taken_at > evidence.at:
            faults.append(
                Text(
                    fr=f"Mesure du {said.fr} : postérieure à la déclaration.",
                    en=f"Measure of {said.en}: later than the declaration.",
                )
            )
        elif self.max_age_days is not None and age > self.max_age_days:
            faults.append(
                Text(
                    fr=f"Mesure du {said.fr} : {age} jours avant la déclaration, {self.max_age_days} au plus.",
                    en=f"Measure of {said.en}: {age} days before the declaration, {self.max_age_days} at most.",
                )
            )
        if self.since_operational and evidence.operational_from and day < evidence.operational_from:
            faults.append(
                Text(
                    fr=f"Mesure du {said.fr} : avant la phase opérationnelle.",
                    en=f"Measure of {said.en}: before the operational phase.",
                )
            )
        if measure.level < self.level:
            faults.append(
                Text(
                    fr=f"Mesure du {said.fr} : niveau {measure.level}, {self.level} demandé.",
                    en=f"Measure of {said.en}: level {measure.level}, {self.level} asked.",
                )
            )
        elif measure.at_most:
            faults.append(
                Text(
                    fr=f"Mesure du {said.fr} : niveau {measure.level} au plus, des données manquent pour le prouver.",
                    en=f"Measure of {said.en}: level {measure.level} at most, data lack to prove it.",
                )
            )
        return faults

    def _met(self, evidence: Evidence, best: Measure, last: Measure) -> RuleVerdict:
        day = day_of(best.taken_at)
        said = day_text(day)
        reason = Text(
            fr=f"Mesure du {said.fr} : niveau {best.level}, {self.level} demandé.",
            en=f"Measure of {said.en}: level {best.level}, {self.level} asked.",
        )
        until, warning = None, None
        if self.max_age_days is not None and evidence.declared_at is None:
            until = day + timedelta(days=self.max_age_days)
            if (until - day_of(evidence.at)).days <= SOON:
                limit = day_text(until)
                warning = Text(
                    fr=f"Déclarez au plus tard le {limit.fr} : ensuite, cette mesure sera trop ancienne.",
                    en=f"Declare by {limit.en}: after that, this measure will be too old.",
                )
        if last is not best and last.level < self.level:
            warning = warning or Text(
                fr=f"Une mesure plus récente montre le niveau {last.level}.",
                en=f"A more recent measure shows level {last.level}.",
            )
        return RuleVerdict(Outcome.MET, (reason,), until=until, warning=warning)

    def _needed(self, evidence: Evidence, outcome: Outcome, *reasons: Text) -> RuleVerdict:
        return RuleVerdict(outcome, reasons, (self.explain(),), evidence.declare_by)
