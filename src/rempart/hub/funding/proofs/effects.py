"""What proofs forbid and cause when a file moves, hung on the table of transitions."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications import guards
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.services.version import after_move
from rempart.hub.funding.proofs import instruction
from rempart.hub.funding.rules.base import Outcome

UNDECIDED = frozenset({Outcome.MISSING, Outcome.UNMET, Outcome.TO_REVIEW})
JUDGED_AGAIN = ("submit", "resubmit", "declare", "cancel_declaration")


@guards.register("submit")
def prerequisites_have_proofs(move: Move) -> None:
    """A file is not submitted without a proof of each prerequisite, unless its call says otherwise."""
    if not move.application.version.definition.prerequisites_later:
        _refuse_missing(move, prerequisites=True)


@guards.register("declare")
def objectives_have_proofs(move: Move) -> None:
    """Objectives are not declared reached while a proof is missing."""
    _refuse_missing(move, prerequisites=False)


@guards.register("validate")
def prerequisites_are_decided(move: Move) -> None:
    """An application is validated once each prerequisite is met, by a rule or by a named person."""
    if not move.application.version.definition.prerequisites_later:
        _refuse_undecided(move, prerequisites=True)


@guards.register("validate_objectives")
def objectives_are_decided(move: Move) -> None:
    """Objectives are validated once each is met, by a rule or by a named person."""
    _refuse_undecided(move, prerequisites=False)


@guards.register(*JUDGED_AGAIN, phase="effect")
def the_day_counts(move: Move) -> None:
    """The day of a submission or a declaration changes what is fresh enough: judge anew."""
    instruction.assess(move.application, at=move.at)


@after_move
def other_rules_judge_again(application: Application, at: datetime) -> None:
    """The rules of another version give other verdicts, at once."""
    instruction.assess(application, at=at)


def _refuse_missing(move: Move, *, prerequisites: bool) -> None:
    codes = instruction.codes_with({Outcome.MISSING}, move.application, at=move.at, prerequisites=prerequisites)
    if codes:
        raise Refusal(
            filled(_("Il manque une preuve pour : %(codes)s."), codes=", ".join(codes)),
            "proofs_missing",
            _("Ouvrez chaque objectif cité : il dit ce qui manque et jusqu’à quand."),
        )


def _refuse_undecided(move: Move, *, prerequisites: bool) -> None:
    codes = instruction.codes_with(UNDECIDED, move.application, at=move.at, prerequisites=prerequisites)
    if codes:
        raise Refusal(
            filled(_("Ne sont pas atteints, ou attendent un avis : %(codes)s."), codes=", ".join(codes)),
            "proofs_undecided",
            _("Appréciez chaque objectif cité, ou demandez un complément."),
        )
