"""What decisions hold about a person: those they signed. An act names its author for good: their name stays on it."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import acts, keeps
from rempart.hub.funding.decisions.models import Decision


@keeps(_("décisions signées (votre nom y reste : un acte nomme son auteur)"))
def signed(user: User) -> list[dict[str, object]]:
    """Return the decisions a person signed."""
    said = {"dossier": "application__number", "décision": "number", "signataire": "signatory_name"}
    return acts(Decision.objects.filter(signatory=user), "issued_at", **said, qualité="signatory_role")
