"""A document of an accepted nature, dated within a window whose ends are fixed or follow the file."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from rempart.hub.funding.rules.base import Asked, Outcome, Rule, RuleVerdict, read_by_a_person
from rempart.hub.funding.rules.evidence import Evidence, Piece
from rempart.hub.funding.rules.words import day_of, day_text, from_to, joined
from rempart.measurement.text import Text

Moment = Literal["submission", "declaration"]
_MOMENTS = {
    "submission": Text(fr="au dépôt du dossier", en="the submission of the file"),
    "declaration": Text(fr="à la déclaration d’atteinte", en="the declaration of achievement"),
}
_CHECK = Text(fr="le jour du contrôle", en="the day of the check")
READ = Text(fr="Un instructeur lit ce qui est déposé.", en="An instructor reads what is deposited.")


class DatedDocument(Rule):
    """What the rules about one document share: an accepted nature, an accepted date.

    Args:
        natures: the accepted natures, by code; empty: any.
        label: what people call it.
        after: first accepted day.
        before: last accepted day.
        since: the document belongs to the operational phase.
        until: the document is not later than the submission or the declaration.
        max_age_days: how old it may be, at most, at `until` (or now).
        read: an instructor must read it before the rule is met.

    """

    natures: tuple[str, ...] = ()
    label: Text = Text(fr="un document", en="a document")
    after: date | None = None
    before: date | None = None
    since: Literal["operational"] | None = None
    until: Moment | None = None
    max_age_days: int | None = Field(default=None, gt=0)
    read: bool = True

    def explain(self) -> Text:
        """Say which document, of which dates, by when, and whether a person reads it."""
        asked = self.asks()
        whole = asked.with_moment()
        said = Text(fr=f"À déposer : {whole.fr}.", en=f"To deposit: {whole.en}.")
        return joined((said, *asked.notes), " ", " ")

    def asks(self) -> Asked:
        """Return the document with its dates, the moment it may not be later than, and who reads it."""
        about = joined(tuple(self._about()))
        what = Text(fr=f"{self.label.fr}, document {about.fr}", en=f"{self.label.en}, {about.en}")
        what = what if about.fr else self.label
        moment = _MOMENTS[self.until] if self.until else None
        when = Text(fr=f"au plus tard {moment.fr}", en=f"no later than {moment.en}") if moment else None
        return Asked(what, when, (READ,) if self.read else ())

    def _about(self) -> Iterator[Text]:
        """Yield what is asked of the document itself."""
        if self.after or self.before:
            span = from_to(self.after, self.before)
            yield Text(fr=f"daté {span.fr}", en=f"dated {span.en}")
        if self.since:
            yield Text(fr="daté de la phase opérationnelle", en="dated within the operational phase")
        if self.max_age_days:
            days, moment = self.max_age_days, _MOMENTS[self.until] if self.until else _CHECK
            yield Text(fr=f"vieux de {days} jours au plus {moment.fr}", en=f"at most {days} days old on {moment.en}")

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing without the document or its date, unmet when dated outside the window, else read or met."""
        pieces = [piece for piece in evidence.pieces if not self.natures or piece.nature in self.natures]
        if self.since and evidence.operational_from is None:
            return self._missing(evidence, self._phase_unknown())
        usable = [piece for piece in pieces if piece.openable]
        if not usable:
            return self._missing(evidence, *([self._being_checked()] if pieces else []))
        first, last = self.span(evidence)
        good = [piece for piece in usable if self._fits(piece, first, last)]
        if good:
            return self.accept(evidence, good)
        if all(piece.dated is None for piece in usable):
            return self._missing(evidence, Text(fr="La date du document manque.", en="The document’s date is missing."))
        return self._outside(evidence, usable, first, last)

    def span(self, evidence: Evidence) -> tuple[date | None, date]:
        """Return the first and last accepted days; a document dated later than today proves nothing yet."""
        today = day_of(evidence.at)
        moment = {"submission": evidence.submitted_at, "declaration": evidence.declared_at}.get(self.until or "")
        reference = day_of(moment) if moment else today
        last = min(day for day in (reference, today, self.before) if day) if self.until or self.before else today
        firsts = [day for day in (self.after, evidence.operational_from if self.since else None) if day]
        if self.max_age_days:
            firsts.append(reference - timedelta(days=self.max_age_days))
        return max(firsts, default=None), last

    def accept(self, evidence: Evidence, good: list[Piece]) -> RuleVerdict:
        """Return the verdict once documents with the right nature and date are there."""
        dated = [piece.dated for piece in good if piece.dated]
        found = [Text(fr=f"Déposé : {self.label.fr}.", en=f"Deposited: {self.label.en}.")]
        if dated and self._asks_a_date():
            day = day_text(max(dated))
            found = [Text(fr=f"Daté du {day.fr} : dans la période.", en=f"Dated {day.en}: within the period.")]
        if self.read:
            return read_by_a_person(evidence, tuple(found))
        return RuleVerdict(Outcome.MET, tuple(found))

    def left_to_a_person(self) -> bool:
        """Say whether a person reads it."""
        return self.read

    def documents(self) -> Iterator[str]:
        """Yield the accepted natures."""
        yield from self.natures

    def _asks_a_date(self) -> bool:
        return bool(self.after or self.before or self.since or self.until or self.max_age_days)

    def _fits(self, piece: Piece, first: date | None, last: date) -> bool:
        if not self._asks_a_date():
            return True
        return piece.dated is not None and piece.dated <= last and (first is None or first <= piece.dated)

    def _missing(self, evidence: Evidence, *reasons: Text) -> RuleVerdict:
        needed = Text(fr=f"À déposer : {self.label.fr}.", en=f"To deposit: {self.label.en}.")
        return RuleVerdict(Outcome.MISSING, reasons, (needed,), self._deadline(evidence))

    def _outside(self, evidence: Evidence, pieces: list[Piece], first: date | None, last: date) -> RuleVerdict:
        span = from_to(first, last)
        reasons = []
        for piece in pieces:
            if piece.dated is not None:
                day = day_text(piece.dated)
                reasons.append(
                    Text(
                        fr=f"Daté du {day.fr}, hors de la période acceptée ({span.fr}).",
                        en=f"Dated {day.en}, outside the accepted period ({span.en}).",
                    )
                )
        needed = Text(
            fr=f"À déposer : {self.label.fr}, daté {span.fr}.", en=f"To deposit: {self.label.en}, dated {span.en}."
        )
        return RuleVerdict(Outcome.UNMET, tuple(reasons), (needed,), self._deadline(evidence))

    def _deadline(self, evidence: Evidence) -> date | None:
        desk = evidence.submit_by if self.until == "submission" else evidence.declare_by
        return min((day for day in (desk, self.before) if day), default=None)

    @staticmethod
    def _being_checked() -> Text:
        return Text(
            fr="Le document n’est pas encore contrôlé par l’antivirus.",
            en="The antivirus has not checked the document yet.",
        )

    @staticmethod
    def _phase_unknown() -> Text:
        return Text(
            fr="Le début de la phase opérationnelle n’est pas connu.",
            en="The start of the operational phase is not known.",
        )


class DocumentRule(DatedDocument):
    """A document, dated within a window."""

    kind: Literal["document"] = "document"


class OperationalPhaseRule(DatedDocument):
    """A test or a document of the operational phase: from its start to the declaration, both days included."""

    kind: Literal["within_operational_phase"] = "within_operational_phase"
    since: Literal["operational"] | None = "operational"
    until: Moment | None = "declaration"
