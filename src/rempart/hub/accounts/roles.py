"""The roles, and on what kind of territory each is held."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reach(StrEnum):
    """The kind of territory a role is held on."""

    APPLICANT = "applicant"
    REGION = "region"
    NATION = "nation"


class Role(models.TextChoices):
    """What a person does; the code of a national or regional role says for whom."""

    EDITOR = "editor", _("rédacteur du candidat")
    SIGNATORY = "signatory", _("signataire du candidat")
    ESTABLISHMENT_ADMIN = "establishment_admin", _("administrateur de l’établissement")
    ARS_INSTRUCTOR = "ars_instructor", _("instructeur ARS")
    ARS_LEAD = "ars_lead", _("responsable ARS")
    ANS_VERIFIER = "ans_verifier", _("vérificateur ANS")
    ANS_PAYER = "ans_payer", _("payeur ANS")
    DNS_PILOT = "dns_pilot", _("pilote DNS (lecture)")
    ADMINISTRATOR = "administrator", _("administrateur de la plateforme")


APPLICANT_ROLES = frozenset({Role.EDITOR, Role.SIGNATORY, Role.ESTABLISHMENT_ADMIN})
REGION_ROLES = frozenset({Role.ARS_INSTRUCTOR, Role.ARS_LEAD})
NATION_ROLES = frozenset({Role.ANS_VERIFIER, Role.ANS_PAYER, Role.DNS_PILOT, Role.ADMINISTRATOR})


def reach(role: Role) -> Reach:
    """Return the kind of territory `role` is held on."""
    if role in APPLICANT_ROLES:
        return Reach.APPLICANT
    return Reach.REGION if role in REGION_ROLES else Reach.NATION
