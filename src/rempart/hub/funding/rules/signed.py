"""A document whose declared signatory is the one the call asks for."""

from collections.abc import Iterator
from typing import Literal

from rempart.hub.funding.rules.base import RuleVerdict, read_by_a_person
from rempart.hub.funding.rules.document import DatedDocument
from rempart.hub.funding.rules.evidence import Evidence, Piece
from rempart.measurement.text import Text


class SignedDocumentRule(DatedDocument):
    """A dated document, signed.

    Args:
        signatories: the accepted declared signatories, case ignored; empty: anyone, provided somebody signed.
        signatory_label: who must sign, in words.

    """

    kind: Literal["signed_document"] = "signed_document"
    signatories: tuple[str, ...] = ()
    signatory_label: Text = Text(fr="le représentant légal", en="the legal representative")

    def _about(self) -> Iterator[Text]:
        """Yield the dates, then who signs."""
        yield from super()._about()
        yield Text(fr=f"signé par {self.signatory_label.fr}", en=f"signed by {self.signatory_label.en}")

    def accept(self, evidence: Evidence, good: list[Piece]) -> RuleVerdict:
        """Missing without a signatory, to review when the signatory is another than expected."""
        who = self.signatory_label
        signed = [piece for piece in good if piece.signatory.strip()]
        if not signed:
            return self._missing(
                evidence, Text(fr=f"Indiquez qui a signé : {who.fr}.", en=f"Say who signed: {who.en}.")
            )
        accepted = {name.casefold() for name in self.signatories}
        expected = [piece for piece in signed if not accepted or piece.signatory.strip().casefold() in accepted]
        if expected:
            return super().accept(evidence, expected)
        doubt = Text(
            fr=f"Le signataire déclaré n’est pas celui attendu : un instructeur vérifie qu’il s’agit de {who.fr}.",
            en=f"The declared signatory is not the one expected: an instructor checks that this is {who.en}.",
        )
        return read_by_a_person(evidence, (doubt,))
