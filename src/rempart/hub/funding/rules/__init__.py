"""The proof rules: small pure classes, from the evidence of a file to a verdict with its reasons. No database here."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from rempart.hub.funding.rules.attestation import AttestationRule
from rempart.hub.funding.rules.base import Outcome, Rule, RuleVerdict
from rempart.hub.funding.rules.combined import AllOf, GhtOnly, OneOf, gather, nothing_to_do
from rempart.hub.funding.rules.document import DocumentRule, OperationalPhaseRule
from rempart.hub.funding.rules.evidence import Evidence
from rempart.hub.funding.rules.human import HumanJudgement
from rempart.hub.funding.rules.outside import OutsideResultRule
from rempart.hub.funding.rules.repeated import RepeatedAttestations
from rempart.hub.funding.rules.share import ActivityShare
from rempart.hub.funding.rules.signed import SignedDocumentRule
from rempart.measurement.text import Text

AnyRule = Annotated[
    HumanJudgement
    | DocumentRule
    | SignedDocumentRule
    | OperationalPhaseRule
    | AttestationRule
    | RepeatedAttestations
    | OutsideResultRule
    | ActivityShare
    | OneOf
    | AllOf
    | GhtOnly,
    Field(discriminator="kind"),
]
"""Every rule a call's file may name, told apart by `kind`; wrappers hold rules in turn."""

for _wrapper in (OneOf, AllOf, GhtOnly, ActivityShare):
    _wrapper.model_rebuild(_types_namespace={"AnyRule": AnyRule})

__all__ = ["AnyRule", "Evidence", "Outcome", "Rule", "RuleVerdict", "gather", "judge_each", "nothing_to_do"]


def judge_each(rule: Rule, evidence: Evidence) -> RuleVerdict:
    """Return the verdict on a rule asked of each member: the worst, each reason preceded by the member's name."""
    members = evidence.members
    if len(members) <= 1:
        return rule.judge(evidence)
    return gather([_named(evidence.name(member), rule.judge(evidence.of(member))) for member in members])


def _named(name: str, verdict: RuleVerdict) -> RuleVerdict:
    def tell(texts: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(Text(fr=f"{name} : {text.fr}", en=f"{name}: {text.en}") for text in texts)

    warning = tell((verdict.warning,))[0] if verdict.warning else None
    return replace(verdict, reasons=tell(verdict.reasons), missing=tell(verdict.missing), warning=warning)
