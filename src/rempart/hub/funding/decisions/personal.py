"""What decisions hold about a person: those they signed. An act names its author for good: their name stays on it."""

from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.services.personal import iso, keeps
from rempart.hub.funding.decisions.models import Decision


@keeps(_("décisions signées (votre nom y reste : un acte nomme son auteur)"))
def signed(user: User) -> list[dict[str, object]]:
    """Return the decisions a person signed."""
    rows = Decision.objects.filter(signatory=user).order_by("issued_at", "id")
    return [
        {"dossier": number, "décision": reference, "signataire": name, "qualité": role, "le": iso(at)}
        for number, reference, name, role, at in rows.values_list(
            "application__number", "number", "signatory_name", "signatory_role", "issued_at"
        )
    ]
