"""What other rules of the call would say of a file's proofs, before it follows them."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime

from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.models import CallVersion
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.rules.base import Outcome, RuleVerdict
from rempart.measurement.text import Text


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A requirement, its outcome under the rules followed now and under the others. None: those rules ask it not."""

    code: str
    title: Text
    now: Outcome | None
    then: Outcome | None


def verdicts_under(application: Application, version: CallVersion, *, at: datetime) -> list[Verdicts]:
    """Return the requirements whose outcome would change, in the order of `version`, then those that would go.

    The proofs are those of this moment. Nothing is stored.
    """
    other = copy(application)
    other.version = version
    now = instruction.preview(application, at=at)
    then = instruction.preview(other, at=at)
    asked = {item.code: item for item in version.definition.requirements}
    gone = {item.code: item for item in application.version.definition.requirements if item.code not in asked}
    found = [
        Verdicts(code, item.title, _outcome(now.get(code)), _outcome(then.get(code)))
        for code, item in (asked | gone).items()
    ]
    return [one for one in found if one.now is not one.then]


def _outcome(verdict: RuleVerdict | None) -> Outcome | None:
    return verdict.outcome if verdict else None
