"""When proofs may come, for what, and from whom: the checks that every writing service shares."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_act_for, can_act_on_part, can_instruct, can_verify
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import Requirement

PREREQUISITES_OPEN = frozenset({State.DRAFT, State.ARS_REVIEW_FIX})
OBJECTIVES_OPEN = frozenset({State.OPERATIONAL, State.ARS_CHECK_FIX, State.ANS_REVIEW_FIX})
REGION_JUDGES = frozenset({State.SUBMITTED, State.ARS_REVIEW, State.DECLARED, State.ARS_CHECK})
NATION_JUDGES = frozenset({State.ANS_REVIEW})


def requirement_of(application: Application, code: str) -> tuple[Requirement, bool]:
    """Return the requirement of that code in the file's version of the rules, and whether it is a prerequisite.

    Raises:
        Refusal: the call asks nothing of that code (`unknown_requirement`).

    """
    definition = application.version.definition
    try:
        found = definition.requirement(code)
    except KeyError as error:
        message = filled(_("Cet appel n’a pas d’objectif « %(code)s »."), code=code[:30])
        raise Refusal(message, "unknown_requirement") from error
    return found, found in definition.prerequisites


def proofs_are_open(application: Application, *, prerequisite: bool) -> bool:
    """Return whether proofs may come now: prerequisites before the file is submitted, objectives once it runs."""
    return application.state in (PREREQUISITES_OPEN if prerequisite else OBJECTIVES_OPEN)


def check_open(application: Application, code: str) -> Requirement:
    """Check that the file takes proofs for a requirement now, and return it.

    Raises:
        Refusal: unknown requirement, or a state in which proofs do not come (`proofs_closed`).

    """
    found, prerequisite = requirement_of(application, code)
    if not proofs_are_open(application, prerequisite=prerequisite):
        raise Refusal(
            filled(
                _("Ce dossier ne reçoit pas de preuve en ce moment : il est à l’état « %(state)s »."),
                state=State(application.state).label,
            ),
            "proofs_closed",
            _(
                "Les prérequis se prouvent dans le brouillon ; les objectifs, en phase opérationnelle ; "
                "les deux, quand un complément est demandé."
            ),
        )
    return found


def check_may_see(user: User, application: Application) -> None:
    """Check that `user` sees the file at all: what comes next would tell a stranger what it holds.

    Raises:
        Refusal: they do not (`not_allowed`).

    """
    if not Application.objects.visible_to(user).filter(pk=application.pk).exists():
        raise Refusal(_("Ce dossier n’est pas le vôtre."), "not_allowed")


def check_may_act(user: User, application: Application, entity: str | None = None) -> None:
    """Check that `user` may bring proofs to the file, or to the part of one entity (FINESS).

    Raises:
        Refusal: they may not (`not_allowed`).

    """
    allowed = can_act_on_part(user, application, entity) if entity else can_act_for(user, application)
    if not allowed:
        raise Refusal(
            _("Vous ne pouvez pas apporter de preuve pour cet établissement."),
            "not_allowed",
            _("Demandez ce droit à l’administrateur de l’établissement, ou une délégation pour le GHT."),
        )


def check_may_judge(user: User, application: Application) -> None:
    """Check that `user` may decide of a requirement now: the region's instructors, then the ANS's verifiers.

    Raises:
        Refusal: not their turn or not their file (`not_allowed`).

    """
    region = application.state in REGION_JUDGES and can_instruct(user, application)
    nation = application.state in NATION_JUDGES and can_verify(user, application)
    if not (region or nation):
        raise Refusal(_("Vous ne pouvez pas apprécier les preuves de ce dossier en ce moment."), "not_allowed")
