"""Who may do what, in one place. Each predicate takes a person and the file, the part or the place concerned.

A file is anything with `ght_id`, `legal_entity_id` and `region_id`. Seeing is another matter: querysets' `visible_to`.
"""

from collections.abc import Iterable
from typing import Protocol

from rempart.hub.accounts.models import Delegation
from rempart.hub.accounts.roles import APPLICANT_ROLES, Role
from rempart.hub.accounts.scope import Person, Scope
from rempart.hub.territory.models import Ght, LegalEntity, Region

Territory = Region | LegalEntity | Ght | None
"""Where a role is held; None is the whole country."""

ACTING = frozenset({Role.EDITOR, Role.SIGNATORY})
INSTRUCTING = frozenset({Role.ARS_INSTRUCTOR, Role.ARS_LEAD})


class FileLike(Protocol):
    """What a predicate needs to know of a file: its applicant and its region."""

    @property
    def ght_id(self) -> str | None:
        """The GHT's code, when a GHT applies."""

    @property
    def legal_entity_id(self) -> str | None:
        """The legal entity's FINESS, when an entity applies alone."""

    @property
    def region_id(self) -> str:
        """The code of the region that instructs it."""


def applicant_roles(user: Person, file: FileLike) -> frozenset[Role]:
    """Return the roles `user` holds for the file's applicant: on the entity, or on the GHT or its support."""
    scope = Scope.of(user)
    if file.ght_id:
        return scope.own_ghts.get(file.ght_id, frozenset())
    return scope.entities.get(file.legal_entity_id or "", frozenset())


def can_act_for(user: Person, file: FileLike) -> bool:
    """Return whether `user` may edit the file and deposit its proofs: the applicant's editors and signatories."""
    return bool(applicant_roles(user, file) & ACTING)


def can_sign_for(user: Person, file: FileLike) -> bool:
    """Return whether `user` may submit, declare and ask for payment: the applicant's signatories."""
    return Role.SIGNATORY in applicant_roles(user, file)


def can_act_on_part(user: Person, file: FileLike, entity: str) -> bool:
    """Return whether `user` may act on the part of one entity (FINESS) of the file.

    In a GHT's file: who acts for the entity itself; who acts for the GHT, when the entity is its support establishment
    or has delegated its part to it.
    """
    return entity in parts_open_to(user, file, [entity])


def parts_open_to(user: Person, file: FileLike, entities: Iterable[str]) -> set[str]:
    """Return those of the entities (FINESS) on whose part of the file `user` may act. One query at most."""
    asked = set(entities)
    if not file.ght_id:
        return asked & {file.legal_entity_id or ""} if can_act_for(user, file) else set()
    scope = Scope.of(user)
    held = {code for code, roles in scope.entities.items() if roles & ACTING} if file.ght_id in scope.ghts else set()
    if not can_act_for(user, file):
        return asked & held
    own = asked & (held | scope.supports)
    if own == asked:
        return own
    delegated = Delegation.objects.filter(ght=file.ght_id, legal_entity__in=asked - own, ended_at=None)
    return own | set(delegated.order_by().values_list("legal_entity", flat=True))


def can_instruct(user: Person, file: FileLike) -> bool:
    """Return whether `user` may instruct the file: its region's instructors and leads, unless they act for it."""
    held = Scope.of(user).regions.get(file.region_id, frozenset())
    return bool(held & INSTRUCTING) and not applicant_roles(user, file)


def can_lead(user: Person, file: FileLike) -> bool:
    """Return whether `user` may do what only an ARS lead does: decide, assign, reassign, accept a late file."""
    return can_instruct(user, file) and Role.ARS_LEAD in Scope.of(user).regions[file.region_id]


def can_verify(user: Person, file: FileLike) -> bool:
    """Return whether `user` may verify the objectives for the ANS, unless they act for the file."""
    return Role.ANS_VERIFIER in Scope.of(user).national and not applicant_roles(user, file)


def can_pay(user: Person, file: FileLike) -> bool:
    """Return whether `user` may record payments and recoveries, unless they act for the file."""
    return Role.ANS_PAYER in Scope.of(user).national and not applicant_roles(user, file)


def can_steer(user: Person) -> bool:
    """Return whether `user` reads the country's figures: every national role."""
    return Scope.of(user).is_national


def can_administer(user: Person) -> bool:
    """Return whether `user` administers the platform: people, calls, territory. It decides on no file."""
    return Role.ADMINISTRATOR in Scope.of(user).national


def is_read_only(user: Person) -> bool:
    """Return whether `user` only ever reads: the pilot, and whoever holds no role."""
    return Scope.of(user).roles <= {Role.DNS_PILOT}


def can_manage_people_of(user: Person, territory: Territory) -> bool:
    """Return whether `user` sees and manages who holds a role on `territory`."""
    return any(can_give(user, role, territory) for role in Role)


def can_give(user: Person, role: Role, territory: Territory) -> bool:
    """Return whether `user` may give `role` on `territory`, and take it back.

    An establishment's administrator gives the applicant's roles on their own entity or GHT; an ARS lead makes their
    agency's instructors and their region's first establishment administrators; the platform's administrator all.
    """
    if can_administer(user):
        return True
    scope = Scope.of(user)
    if isinstance(territory, Region):
        return role == Role.ARS_INSTRUCTOR and Role.ARS_LEAD in scope.regions.get(territory.pk, frozenset())
    if not isinstance(territory, LegalEntity | Ght) or role not in APPLICANT_ROLES:
        return False
    own = scope.entities if isinstance(territory, LegalEntity) else scope.own_ghts
    if Role.ESTABLISHMENT_ADMIN in own.get(territory.pk, frozenset()):
        return True
    return role == Role.ESTABLISHMENT_ADMIN and Role.ARS_LEAD in scope.regions.get(region_of(territory), frozenset())


def can_delegate(user: Person, entity: str) -> bool:
    """Return whether `user` may delegate the part of one entity to its GHT: the entity's administrator or signatory."""
    held = Scope.of(user).entities.get(entity, frozenset())
    return bool(held & {Role.ESTABLISHMENT_ADMIN, Role.SIGNATORY})


def region_of(applicant: LegalEntity | Ght) -> str:
    """Return the code of the region of an entity or a GHT."""
    return applicant.region_id if isinstance(applicant, Ght) else applicant.department.region_id


def giveable(user: Person, territories: Iterable[Territory]) -> list[tuple[Territory, Role]]:
    """Return what `user` may give on each of the territories, in order."""
    return [(territory, role) for territory in territories for role in Role if can_give(user, role, territory)]
