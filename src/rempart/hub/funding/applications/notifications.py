"""Mails: what happened and a link, never the decision itself, its reason, an attachment or a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.conf import settings
from django.db.models import Q

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import Role
from rempart.hub.common import mail
from rempart.hub.funding.applications import windows
from rempart.hub.funding.applications.guards import Move
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.permissions import roles_on
from rempart.hub.territory.models import GhtRole

FOLDER = "applications/mail"
Addresses = dict[str, str]
"""Whom to write to: the language each reads, by address."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is written to about an action: the applicant's people, the agents who follow the file."""

    applicant: bool = True
    agents: bool = False


MAILS: dict[str, Told] = {
    "submit": Told(),
    "request_correction": Told(),
    "resubmit": Told(applicant=False, agents=True),
    "resume": Told(),
    "validate": Told(),
    "refuse": Told(),
    "reopen": Told(),
    "start_operations": Told(),
    "declare": Told(agents=True),
    "cancel_declaration": Told(applicant=False, agents=True),
    "return_to_ars": Told(applicant=False, agents=True),
    "validate_objectives": Told(agents=True),
    "refuse_objectives": Told(agents=True),
    "reopen_objectives": Told(),
    "request_payment": Told(),
    "return_payment": Told(),
    "pay": Told(),
    "claim_recovery": Told(),
    "drop_recovery": Told(),
    "close": Told(),
    "withdraw": Told(agents=True),
    "lapse": Told(agents=True),
    "reinstate_validated": Told(),
    "reinstate": Told(),
    "reinstate_payment": Told(),
}
"""The actions that write; the others are read on the pages. The template of an action bears its name."""


def tell(move: Move) -> None:
    """Queue the mails of a move, in its transaction. Nobody is told what they did themselves, but for receipts."""
    told = MAILS.get(move.transition.action)
    if told is None or (move.transition.action == "withdraw" and move.application.submitted_at is None):
        return
    people = applicant_addresses(move.application) if told.applicant else {}
    if told.agents:
        people |= agent_addresses(move.application, but=move.by)
    due = move.data.get("due_at") or move.data.get("until")
    write(move.application, move.transition.action, people, due=due)


def write(
    application: Application,
    template: str,
    people: Addresses,
    *,
    due: datetime | None = None,
    stops: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Queue one mail for each address, in the language of who reads there; `stops`: the link that stops it, if any."""
    context = {
        "number": application.number,
        "applicant": application.applicant.name,
        "call": application.call.title,
        "link": link(application),
        "due": windows.paris(due) if due else None,
    }
    for address, language in sorted(people.items()):
        stop = stops.get(address, "")
        mail.send(address, f"{FOLDER}/{template}", {**context, "stop": stop}, language=language, stop=stop)


def link(application: Application) -> str:
    """Return the address of a file: one for all audiences, so that a mail may be passed on."""
    return f"{settings.SITE_URL}/dossiers/{application.number}"


def applicant_addresses(application: Application) -> Addresses:
    """Return the addresses of those who act for the applicant now, and the contact the file names. One query."""
    group = application.ght_id
    place = Q(legal_entity=application.legal_entity_id) if group is None else _of_group(group)
    held = Membership.objects.filter(place, ended_at=None, role__in=[Role.EDITOR, Role.SIGNATORY], user__is_active=True)
    contact = {application.contact_email: "fr"} if application.contact_email else {}
    return contact | dict(held.values_list("user__email", "user__language"))


def agent_addresses(application: Application, *, but: User | None = None) -> Addresses:
    """Return the addresses of the person in charge and of the followers who may still see the file."""
    people: set[User] = set(application.followers.filter(is_active=True))
    if application.assigned_to is not None and application.assigned_to.is_active:
        people.add(application.assigned_to)
    return {person.email: person.language for person in people if person != but and roles_on(person, application)}


def _of_group(code: str) -> Q:
    support = Q(
        legal_entity__ght_memberships__ght=code,
        legal_entity__ght_memberships__role=GhtRole.SUPPORT,
        legal_entity__ght_memberships__left_on=None,
    )
    return Q(ght=code) | support
