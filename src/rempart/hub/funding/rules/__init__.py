"""The proof rules: small pure classes, from the evidence of a file to a verdict with its reasons. No database here."""

from typing import Annotated

from pydantic import Field

from rempart.hub.funding.rules.human import HumanJudgement

AnyRule = Annotated[HumanJudgement, Field(discriminator="kind")]
"""Every rule a call's file may name, told apart by `kind`."""

__all__ = ["AnyRule"]
