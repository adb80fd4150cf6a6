"""A result of a State service, typed in by hand: only its document makes it worth anything."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from rempart.hub.funding.rules.attestation import reference_day
from rempart.hub.funding.rules.base import Asked, Outcome, Rule, RuleVerdict, read_by_a_person
from rempart.hub.funding.rules.document import READ
from rempart.hub.funding.rules.evidence import Evidence, Outside
from rempart.hub.funding.rules.words import day_of, day_text
from rempart.measurement.text import Text


class OutsideResultRule(Rule):
    """A typed-in result with its document: to review, unless the call says that such results are accepted.

    Args:
        service: the service (`ads`, `silene`...).
        level: the lowest accepted level or score.
        max_age_days: how old it may be on the day of the declaration; none: any age.
        accepted: the call trusts the typed-in figure once its document is there.

    """

    kind: Literal["outside_result"] = "outside_result"
    service: str
    label: Text = Text(fr="le résultat du service de l’État", en="the State service’s result")
    level: int = Field(ge=1)
    max_age_days: int | None = Field(default=None, gt=0)
    accepted: bool = False

    def explain(self) -> Text:
        """Say which result, with its document, its level and its age."""
        fr = f"Saisissez {self.label.fr}, {self.level} ou plus, et déposez le document qui le montre"
        en = f"Type in {self.label.en}, {self.level} or more, and deposit the document that shows it"
        if self.max_age_days:
            fr += f" ; il date d’au plus {self.max_age_days} jours le jour de la déclaration"
            en += f"; it is at most {self.max_age_days} days old on the day of the declaration"
        read = (
            Text(fr="", en="") if self.accepted else Text(fr=" Un instructeur le lit.", en=" An instructor reads it.")
        )
        return Text(fr=fr + "." + read.fr, en=en + "." + read.en)

    def asks(self) -> Asked:
        """Return the result with its level, its document and its age."""
        fr = f"{self.label.fr}, {self.level} ou plus, saisi avec le document qui le montre"
        en = f"{self.label.en}, {self.level} or more, typed in with the document that shows it"
        if self.max_age_days:
            fr += f" et qui date d’au plus {self.max_age_days} jours à la déclaration"
            en += f" and is at most {self.max_age_days} days old at the declaration"
        return Asked(Text(fr=fr, en=en), notes=() if self.accepted else (READ,))

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing without a result or its document, unmet when low or old, else to review or met."""
        results = sorted(
            (result for result in evidence.outside if result.service == self.service),
            key=lambda result: (result.taken_on, result.level, result.id),
        )
        reference = min(reference_day(evidence), day_of(evidence.at))
        fits = [result for result in results if not self._faults(result, reference, reference_day(evidence))]
        documented = [result for result in fits if result.has_document]
        if documented:
            return self._found(evidence, documented[-1])
        if fits or not results:
            lacking = Text(
                fr="Le document qui montre ce résultat manque.", en="The document that shows this result is missing."
            )
            return RuleVerdict(Outcome.MISSING, (lacking,) if fits else (), (self.explain(),), evidence.declare_by)
        faults = tuple(
            fault for result in results[-3:] for fault in self._faults(result, reference, reference_day(evidence))
        )
        return RuleVerdict(Outcome.UNMET, faults, (self.explain(),), evidence.declare_by)

    def _found(self, evidence: Evidence, result: Outside) -> RuleVerdict:
        said = day_text(result.taken_on)
        found = Text(
            fr=f"Résultat saisi à la main : {result.level}, du {said.fr}, avec son document.",
            en=f"Result typed in by hand: {result.level}, of {said.en}, with its document.",
        )
        until = None
        if self.max_age_days is not None and evidence.declared_at is None:
            until = result.taken_on + timedelta(days=self.max_age_days)
        if self.accepted and evidence.judgement is None:
            return RuleVerdict(Outcome.MET, (found,), until=until)
        return read_by_a_person(evidence, (found,), until)

    def left_to_a_person(self) -> bool:
        """Say whether a person reads the document."""
        return not self.accepted

    def _faults(self, result: Outside, last: date, reference: date) -> list[Text]:
        said, age = day_text(result.taken_on), (reference - result.taken_on).days
        faults = []
        if result.taken_on > last:
            faults.append(
                Text(fr=f"Résultat du {said.fr} : postérieur à la déclaration.", en=f"Result of {said.en}: too late.")
            )
        elif self.max_age_days is not None and age > self.max_age_days:
            faults.append(
                Text(
                    fr=f"Résultat du {said.fr} : {age} jours avant la déclaration, {self.max_age_days} au plus.",
                    en=f"Result of {said.en}: {age} days before the declaration, {self.max_age_days} at most.",
                )
            )
        if result.level < self.level:
            faults.append(
                Text(
                    fr=f"Résultat du {said.fr} : {result.level}, {self.level} demandé.",
                    en=f"Result of {said.en}: {result.level}, {self.level} asked.",
                )
            )
        return faults
