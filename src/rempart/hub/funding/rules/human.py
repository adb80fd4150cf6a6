"""The rule a person applies: no public text lets a machine decide."""

from typing import Literal

from rempart.hub.funding.rules.base import Outcome, Rule, RuleVerdict, read_by_a_person
from rempart.hub.funding.rules.evidence import Evidence
from rempart.measurement.text import Text


class HumanJudgement(Rule):
    """At least one document, then an instructor reads and decides."""

    kind: Literal["human"] = "human"

    def explain(self) -> Text:
        """Say that a person reads."""
        return Text(
            fr="Déposez un document qui montre que l’objectif est atteint ; un instructeur le lit et décide.",
            en="Deposit a document that shows the objective is reached; an instructor reads it and decides.",
        )

    def judge(self, evidence: Evidence) -> RuleVerdict:
        """Missing without a document, to review until a person decided, then as decided."""
        if evidence.judgement is None and not any(piece.openable for piece in evidence.pieces):
            return RuleVerdict(
                Outcome.MISSING,
                missing=(Text(fr="Un document à déposer.", en="A document to deposit."),),
                until=evidence.declare_by,
            )
        return read_by_a_person(evidence, ())

    def left_to_a_person(self) -> bool:
        """Say that only a person decides."""
        return True
