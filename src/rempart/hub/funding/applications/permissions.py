"""Which roles a person holds on a file. Nobody instructs the file of their own establishment."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.permissions import applicant_roles
from rempart.hub.accounts.roles import Role
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications.models import Application

ACTING = frozenset({Role.EDITOR, Role.SIGNATORY})
INSTRUCTING = frozenset({Role.ARS_INSTRUCTOR, Role.ARS_LEAD, Role.ANS_VERIFIER, Role.ANS_PAYER})


def roles_on(user: Person, application: Application) -> frozenset[Role]:
    """Return the roles a person holds on a file: the applicant's, else the region's and the nation's."""
    scope = Scope.of(user)
    if application.legal_entity_id in scope.entities or application.ght_id in scope.ghts:
        return applicant_roles(user, application)
    return scope.regions.get(application.region_id, frozenset()) | scope.national


def refuse_unless(user: Person, application: Application, allowed: frozenset[Role]) -> None:
    """Let through who holds one of the allowed roles on a file.

    Raises:
        Refusal: `not_allowed`.

    """
    if not roles_on(user, application) & allowed:
        raise Refusal(
            _("Vous n’avez pas le rôle qui permet cette action sur ce dossier."),
            "not_allowed",
            _("Demandez à l’administrateur de votre établissement ou de votre agence."),
        )


def is_agent(user: Person, application: Application) -> bool:
    """Return whether a person instructs a file, for the region or the nation."""
    return bool(roles_on(user, application) & INSTRUCTING)
