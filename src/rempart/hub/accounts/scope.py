"""What a person may see and where they may act: computed in this one place, from the roles they hold now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Self

from django.contrib.auth.models import AnonymousUser

from rempart.hub.accounts.models import Membership, User
from rempart.hub.accounts.roles import Role
from rempart.hub.territory.models import GhtMembership, GhtRole

Person = User | AnonymousUser
_KEPT = "_scope_of_this_request"


@dataclass(frozen=True, slots=True)
class Scope:
    """The roles a person holds, by territory. An anonymous or idle person has an empty one.

    `own_ghts` are the groups they hold a role for, or whose support establishment they hold it for; `ghts` adds those
    their entities belong to. `supports` names the support establishments among `entities`.
    """

    national: frozenset[Role] = frozenset()
    regions: dict[str, frozenset[Role]] = field(default_factory=dict)
    entities: dict[str, frozenset[Role]] = field(default_factory=dict)
    own_ghts: dict[str, frozenset[Role]] = field(default_factory=dict)
    ghts: frozenset[str] = frozenset()
    supports: frozenset[str] = frozenset()

    @classmethod
    def of(cls, user: Person) -> Self:
        """Return the scope of `user`; it costs two queries, and is kept on the user for the time of a request."""
        if not isinstance(user, User) or not user.is_active:
            return cls()
        kept = user.__dict__.get(_KEPT)
        if not isinstance(kept, cls):
            kept = user.__dict__[_KEPT] = cls._read(user)
        return kept

    @classmethod
    def _read(cls, user: User) -> Self:
        held = Membership.objects.filter(user=user, ended_at=None)
        national: set[Role] = set()
        places: tuple[dict[str, set[Role]], ...] = ({}, {}, {})
        for role, *codes in held.values_list("role", "region_id", "legal_entity_id", "ght_id"):
            if not any(codes):
                national.add(Role(role))
            for roles, code in zip(places, codes, strict=True):
                if code:
                    roles.setdefault(code, set()).add(Role(role))
        regions, entities, own_ghts = places
        around, supports = set(own_ghts), set()
        for ght, entity, role in _groups_around(entities):
            around.add(ght)
            if role == GhtRole.SUPPORT:
                own_ghts.setdefault(ght, set()).update(entities[entity])
                supports.add(entity)
        return cls(
            frozenset(national),
            _frozen(regions),
            _frozen(entities),
            _frozen(own_ghts),
            frozenset(around),
            frozenset(supports),
        )

    @property
    def is_national(self) -> bool:
        """Whether the person sees the whole country."""
        return bool(self.national)

    @property
    def is_empty(self) -> bool:
        """Whether the person holds no role at all."""
        return not (self.national or self.regions or self.entities or self.own_ghts)

    @property
    def roles(self) -> frozenset[Role]:
        """All the roles the person holds, wherever."""
        places = (*self.regions.values(), *self.entities.values(), *self.own_ghts.values())
        return self.national.union(*places)


def _groups_around(entities: Collection[str]) -> Iterable[tuple[str, str, str]]:
    """Return (GHT, entity, the entity's role in it) for the entities given; no query when there is none."""
    if not entities:
        return ()
    members = GhtMembership.objects.filter(legal_entity__in=entities, left_on=None)
    return members.values_list("ght_id", "legal_entity_id", "role")


def _frozen(place: dict[str, set[Role]]) -> dict[str, frozenset[Role]]:
    return {code: frozenset(roles) for code, roles in place.items()}
