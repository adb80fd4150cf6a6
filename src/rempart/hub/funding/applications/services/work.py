"""Sorting the work: who is in charge of a file, who follows it, its labels, its region, the views a person keeps."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.accounts.roles import Role
from rempart.hub.common.errors import Refusal
from rempart.hub.funding.applications import notifications
from rempart.hub.funding.applications.models import Application, Colour, Label, SavedView
from rempart.hub.funding.applications.permissions import INSTRUCTING, is_agent, refuse_unless
from rempart.hub.funding.applications.services.history import note
from rempart.hub.funding.applications.services.moves import locked
from rempart.hub.funding.applications.states import FINAL, State
from rempart.hub.territory.models import Region

REASSIGNING = frozenset({Role.ARS_LEAD, Role.ANS_VERIFIER})
NATIONAL_TEAM = frozenset({Role.ANS_VERIFIER, Role.ANS_PAYER})
REGIONAL_TEAM = frozenset({Role.ARS_INSTRUCTOR, Role.ARS_LEAD})


@transaction.atomic
def assign(application: Application, person: User | None, *, by: User, at: datetime) -> None:
    """Put a person in charge of a file, or nobody. They must instruct it; they are told, unless they did it.

    Raises:
        Refusal: `not_allowed`, `not_an_instructor`.

    """
    file = locked(application.pk)
    refuse_unless(by, file, INSTRUCTING)
    if person is not None and not is_agent(person, file):
        raise Refusal(_("Cette personne n’instruit pas les dossiers de cette région."), "not_an_instructor")
    if file.assigned_to == person:
        return
    file.assigned_to = person
    file.touched_at = max(file.touched_at, at)
    file.save(update_fields=["assigned_to", "touched_at"])
    if person is not None and person != by:
        notifications.write(file, "assigned", {person.email: person.language})
    application.refresh_from_db()


def follow(application: Application, *, by: User, following: bool = True) -> None:
    """Follow a file, or stop: who follows is told what its person in charge is told.

    Raises:
        Refusal: `not_allowed`.

    """
    refuse_unless(by, application, INSTRUCTING | {Role.DNS_PILOT})
    if following:
        application.followers.add(by)
    else:
        application.followers.remove(by)


@transaction.atomic
def reassign(application: Application, region: Region, reason: str, *, by: User, at: datetime) -> None:
    """Give a file to another region, with a reason; its person in charge and the region's labels stay behind.

    Raises:
        Refusal: `not_allowed`, `reason_needed`, `same_region`, `wrong_state`.

    """
    file = locked(application.pk)
    refuse_unless(by, file, REASSIGNING)
    if not reason.strip():
        raise Refusal(_("Donnez le motif du changement de région."), "reason_needed")
    if file.region_id == region.pk:
        raise Refusal(_("Ce dossier est déjà dans cette région."), "same_region")
    if file.state in FINAL | {State.DRAFT}:
        raise Refusal(_("Un dossier à cet état ne change pas de région."), "wrong_state")
    file.labels.remove(*file.labels.filter(region=file.region_id))
    file.region = region
    if file.assigned_to is not None and not is_agent(file.assigned_to, file):
        file.assigned_to = None
    file.touched_at = max(file.touched_at, at)
    file.save(update_fields=["region", "assigned_to", "touched_at"])
    note(file, "reassign", by=by, at=at, reason=reason)
    notifications.write(file, "reassigned", notifications.applicant_addresses(file))
    application.refresh_from_db()


def make_label(name: str, colour: Colour, region: Region | None, *, by: User) -> Label:
    """Make a label for one's region's team, or for the nation's.

    Raises:
        Refusal: `not_allowed`, `name_needed`, `label_exists`.

    """
    team = NATIONAL_TEAM if region is None else REGIONAL_TEAM
    if not by.memberships.filter(role__in=team, region=region, ended_at=None).exists():
        raise Refusal(_("Vous ne pouvez pas créer d’étiquette pour cette équipe."), "not_allowed")
    if not name.strip():
        raise Refusal(_("Donnez un nom à l’étiquette."), "name_needed")
    label, made = Label.objects.get_or_create(region=region, name=name.strip(), defaults={"colour": colour})
    if not made:
        raise Refusal(_("Cette étiquette existe déjà."), "label_exists")
    return label


@transaction.atomic
def set_labels(application: Application, labels: Iterable[Label], *, by: User) -> None:
    """Put these labels on a file, among those one sees; the labels of other teams stay.

    Raises:
        Refusal: `not_allowed`.

    """
    refuse_unless(by, application, INSTRUCTING)
    mine = set(Label.objects.visible_to(by))
    wanted = set(labels)
    if wanted - mine:
        raise Refusal(_("Cette étiquette est celle d’une autre équipe."), "not_allowed")
    application.labels.remove(*(mine - wanted))
    application.labels.add(*wanted)


def save_view(name: str, filters: Mapping[str, object], columns: Iterable[str], sort: str, *, by: User) -> SavedView:
    """Keep a view of the list of files under a name; the same name replaces it.

    Raises:
        Refusal: `name_needed`.

    """
    if not name.strip():
        raise Refusal(_("Donnez un nom à la vue."), "name_needed")
    kept = {"filters": dict(filters), "columns": list(columns), "sort": sort}
    view, _made = SavedView.objects.update_or_create(owner=by, name=name.strip(), defaults=kept)
    return view
