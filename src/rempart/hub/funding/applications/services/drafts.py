"""Opening a file: for whom, under which rules, in which region, with which number."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.permissions import can_act_for
from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application, NumberSeries
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.territory.models import Ght, GhtMembership, LegalEntity, Life, Region


@transaction.atomic
def open_draft(call: Call, applicant: Ght | LegalEntity, *, by: User, at: datetime) -> Application:
    """Open the file of an applicant for a call, as a draft that only the applicant sees.

    Raises:
        Refusal: `not_allowed`, `call_not_published`, `applicant_closed`, `member_of_ght` (an entity of a GHT does not
            apply alone), `kind_not_eligible`, `already_has_file`.

    """
    file = Application(call=call, **{"ght" if isinstance(applicant, Ght) else "legal_entity": applicant})
    if not can_act_for(by, file):
        raise Refusal(_("Vous n’avez pas le rôle qui permet d’ouvrir un dossier pour ce candidat."), "not_allowed")
    file.version = _published(call, at)
    require_eligible(applicant, file.version)
    number = _next_number(call)  # from here on, one file of the call is opened at a time
    others = Application.objects.filter(call=call, ght=file.ght_id, legal_entity=file.legal_entity_id)
    if others.exclude(state=State.WITHDRAWN).exists():
        raise Refusal(_("Ce candidat a déjà un dossier pour cet appel."), "already_has_file")
    file.number, file.kind, file.region = number, kind_of(applicant), region_of(applicant)
    file.created_by, file.contact_email = by, by.email
    file.created_at = file.state_since = file.touched_at = at
    file.save(force_insert=True)
    return file


def kind_of(applicant: Ght | LegalEntity) -> ApplicantKind:
    """Return the kind of an applicant, one of the four of every published figure."""
    return ApplicantKind.GHT if isinstance(applicant, Ght) else ApplicantKind(applicant.status)


def region_of(applicant: Ght | LegalEntity) -> Region:
    """Return the region that instructs an applicant's files: the GHT's own, or that of the entity's département."""
    return applicant.region if isinstance(applicant, Ght) else applicant.department.region


def require_eligible(applicant: Ght | LegalEntity, version: CallVersion) -> None:
    """Let through who may apply under a version of a call.

    Raises:
        Refusal: `applicant_closed`, `member_of_ght`, `kind_not_eligible`.

    """
    if applicant.life != Life.ACTIVE:
        raise Refusal(_("Ce candidat n’est plus en activité."), "applicant_closed")
    if isinstance(applicant, LegalEntity):
        group = GhtMembership.objects.select_related("ght").filter(legal_entity=applicant, left_on=None).first()
        if group is not None:
            raise Refusal(
                _("Un établissement membre d’un GHT ne candidate pas seul."),
                "member_of_ght",
                filled(_("Le dossier est celui de %(ght)s, porté par son établissement support."), ght=group.ght),
            )
    if kind_of(applicant) not in version.definition.kinds:
        raise Refusal(_("Cet appel n’est pas ouvert à ce type de candidat."), "kind_not_eligible")


def _published(call: Call, at: datetime) -> CallVersion:
    version = call.versions.filter(published_at__lte=at).order_by("-number").first()
    if version is None:
        raise Refusal(_("Cet appel n’est pas encore publié."), "call_not_published")
    return version


def _next_number(call: Call) -> str:
    """Return the next number of a call; a transaction that fails gives its number back, so that none is skipped."""
    NumberSeries.objects.get_or_create(call=call)
    series = NumberSeries.objects.select_for_update(of=("self",)).get(call=call)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    return f"{call.pk}-{series.last + 1:04d}"
