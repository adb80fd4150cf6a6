"""What is read about people and roles: only of the territories the reader manages."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from rempart.hub.accounts.models import Delegation, Invitation, Membership, User
from rempart.hub.accounts.permissions import Territory, can_administer, can_give
from rempart.hub.accounts.roles import APPLICANT_ROLES, Role
from rempart.hub.accounts.scope import Scope
from rempart.hub.territory.models import Ght, GhtMembership, GhtRole, LegalEntity, Region

_PLACES = ("region", "legal_entity__department", "ght")


def managed_territories(user: User) -> list[Territory]:
    """Return the territories whose people `user` manages; for the platform's administrator, the country and regions."""
    if can_administer(user):
        return [None, *Region.objects.all()]
    scope = Scope.of(user)
    regions = [code for code, roles in scope.regions.items() if Role.ARS_LEAD in roles]
    entities, ghts = (
        [code for code, roles in place.items() if Role.ESTABLISHMENT_ADMIN in roles]
        for place in (scope.entities, scope.own_ghts)
    )
    return [
        *Region.objects.filter(pk__in=regions),
        *Ght.objects.filter(pk__in=ghts),
        *LegalEntity.objects.filter(pk__in=entities).select_related("department"),
    ]


def memberships_visible_to(user: User) -> QuerySet[Membership]:
    """Return the roles held that `user` may end."""
    return Membership.objects.filter(_managed_by(user), ended_at=None).select_related("user", "given_by", *_PLACES)


def invitations_visible_to(user: User) -> QuerySet[Invitation]:
    """Return the open invitations that `user` may send again or cancel."""
    waiting = Invitation.objects.filter(_managed_by(user), accepted_at=None, cancelled_at=None)
    return waiting.select_related("invited_by", *_PLACES)


def _managed_by(user: User) -> Q:
    """Return the rows of `Held` the person manages: the same rule as `permissions.can_give`, said to the database."""
    if can_administer(user):
        return Q()
    scope = Scope.of(user)
    leads = [code for code, roles in scope.regions.items() if Role.ARS_LEAD in roles]
    entities, ghts = (
        [code for code, roles in place.items() if Role.ESTABLISHMENT_ADMIN in roles]
        for place in (scope.entities, scope.own_ghts)
    )
    own = Q(legal_entity__in=entities) | Q(ght__in=ghts)
    instructors = Q(role=Role.ARS_INSTRUCTOR, region__in=leads)
    first_admins = Q(role=Role.ESTABLISHMENT_ADMIN) & (
        Q(legal_entity__department__region__in=leads) | Q(ght__region__in=leads)
    )
    return own | instructors | first_admins


def giveable_roles(user: User, territories: Iterable[Territory]) -> list[Role]:
    """Return the roles `user` may give on at least one of the territories, or, as a lead, to an applicant."""
    found = {role for territory in territories for role in Role if can_give(user, role, territory)}
    if can_administer(user):
        found |= APPLICANT_ROLES
    elif any(Role.ARS_LEAD in roles for roles in Scope.of(user).regions.values()):
        found.add(Role.ESTABLISHMENT_ADMIN)
    return [role for role in Role if role in found]


def applicant_by_code(code: str) -> LegalEntity | Ght | None:
    """Return the entity of this FINESS number, or the GHT of this code."""
    bare = code.replace(" ", "").upper()
    entity = LegalEntity.objects.select_related("department").filter(pk=bare).first()
    return entity or Ght.objects.filter(pk=bare).first()


def proposed_entities(finess: Iterable[str]) -> list[LegalEntity]:
    """Return the legal entities behind FINESS numbers of entities or sites: a proposal, never a right."""
    numbers = list(finess)
    found = LegalEntity.objects.filter(Q(pk__in=numbers) | Q(sites__in=numbers)).distinct()
    return list(found) if numbers else []


def parts(user: User) -> list[tuple[GhtMembership, Delegation | None]]:
    """Return the entities `user` may delegate the part of, with the delegation they gave."""
    scope = Scope.of(user)
    mine = [code for code, roles in scope.entities.items() if roles & {Role.ESTABLISHMENT_ADMIN, Role.SIGNATORY}]
    members = GhtMembership.objects.filter(legal_entity__in=mine, left_on=None, role=GhtRole.MEMBER)
    given = {one.legal_entity_id: one for one in Delegation.objects.filter(legal_entity__in=mine, ended_at=None)}
    return [(member, given.get(member.legal_entity_id)) for member in members.select_related("ght", "legal_entity")]


def parts_received(user: User) -> QuerySet[Delegation]:
    """Return the parts that members delegated to the groups `user` acts for."""
    received = Delegation.objects.filter(ght__in=list(Scope.of(user).own_ghts), ended_at=None)
    return received.select_related("ght", "legal_entity")
