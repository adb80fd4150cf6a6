"""The fictional territory: real regions and départements, invented groups and establishments, the same at every run."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.hub.demo.figures import Figures
from rempart.hub.funding.calls.definition import ApplicantKind
from rempart.hub.territory.models import (
    Activity,
    Department,
    Ght,
    GhtMembership,
    GhtRole,
    LegalEntity,
    Site,
    Status,
)
from rempart.hub.territory.reference import load_reference

SEED = 1789
YEAR = 2022
SOURCE = "Chiffre inventé pour la démonstration"
_STATUS = {
    ApplicantKind.GHT: Status.PUBLIC,
    ApplicantKind.PUBLIC: Status.PUBLIC,
    ApplicantKind.NONPROFIT: Status.NONPROFIT,
    ApplicantKind.FORPROFIT: Status.FORPROFIT,
}
_ACTIVITY = {
    ApplicantKind.GHT: (4_000, 60_000),
    ApplicantKind.PUBLIC: (6_000, 40_000),
    ApplicantKind.NONPROFIT: (1_500, 22_000),
    ApplicantKind.FORPROFIT: (2_000, 30_000),
}
"""Lowest and highest combined activity of one entity, by kind: invented, to give each a plausible size."""


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))


@dataclass(slots=True)
class Territory:
    """What is invented, in lists that one bulk insert each saves."""

    ghts: list[Ght] = field(default_factory=list)
    entities: list[LegalEntity] = field(default_factory=list)
    memberships: list[GhtMembership] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)

    def save(self) -> None:
        """Insert everything, in an order the database accepts."""
        for rows in (self.ghts, self.entities, self.memberships, self.sites, self.activities):
            model: Any = type(rows[0])
            model.objects.bulk_create(rows, batch_size=2000)


class _Inventor:
    """Invents names and numbers that are never given twice."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 — an invented territory needs no secret
        self.territory = Territory()
        self._places = self._shuffled_places()
        self._departments = list(Department.objects.select_related("region").order_by("code"))
        self._last_number: dict[str, int] = {}

    def _shuffled_places(self) -> Iterator[str]:
        words = _words()
        places = [f"{start}{end}" for start in words["beginnings"] for end in words["endings"]]
        self.chance.shuffle(places)
        for suffix in dict.fromkeys(words["suffixes"]):
            yield from (f"{place}{suffix}" for place in places)

    def department(self) -> Department:
        return self.chance.choice(self._departments)

    def finess(self, department: Department) -> str:
        """Return a number of a range that FINESS does not give: département, then 99, then a rank."""
        prefix = department.code if len(department.code) == 2 else department.code[:2]  # noqa: PLR2004 — FINESS writes two
        rank = self._last_number[prefix] = self._last_number.get(prefix, 0) + 1
        return f"{prefix}99{rank:05d}"

    def entity(
        self, kind: ApplicantKind, department: Department, name: str | None = None, combined: int | None = None
    ) -> LegalEntity:
        """Invent an entity with its site and its activity."""
        status = _STATUS[kind]
        name = name or self.chance.choice(_words()["forms"][status.value]).format(place=next(self._places))
        entity = LegalEntity(finess=self.finess(department), name=name, department=department, status=status)
        site = Site(finess=self.finess(department), name=name, department=department, legal_entity=entity)
        activity = Decimal(combined or self.chance.randint(*_ACTIVITY[kind]))
        self.territory.entities.append(entity)
        self.territory.sites.append(site)
        self.territory.activities += [
            Activity(legal_entity=entity, year=YEAR, combined=activity, source=SOURCE),
            Activity(site=site, year=YEAR, combined=activity, source=SOURCE),
        ]
        return entity

    def ght(self, rank: int) -> None:
        """Invent a group of three to nine entities of one region."""
        department = self.department()
        name = _words()["forms"]["ght"].format(place=next(self._places))
        ght = Ght(code=f"F{rank:04d}", name=name, region=department.region)
        around = [other for other in self._departments if other.region_id == department.region_id]
        members = [
            self.entity(ApplicantKind.GHT, department if not place else self.chance.choice(around))
            for place in range(self.chance.randint(3, 9))
        ]
        self._gather(ght, members)

    def valmont(self) -> None:
        """The group of the demonstration hospital, whose directory is really measured."""
        words = _words()["valmont"]
        department = Department.objects.select_related("region").get(code=words["department"])
        ght = Ght(code=words["ght"]["code"], name=words["ght"]["name"], region=department.region)
        structures = [words["support"], *words["members"]]
        self._gather(ght, [self.entity(ApplicantKind.GHT, department, **structure) for structure in structures])

    def _gather(self, ght: Ght, members: list[LegalEntity]) -> None:
        self.territory.ghts.append(ght)
        self.territory.memberships += [
            GhtMembership(ght=ght, legal_entity=member, role=GhtRole.SUPPORT if not place else GhtRole.MEMBER)
            for place, member in enumerate(members)
        ]


def invent() -> Territory:
    """Return the fictional territory, not saved: exactly as many eligible applicants of each kind as published."""
    inventor = _Inventor()
    kinds = Figures.published().kinds
    inventor.valmont()
    for rank in range(2, kinds[ApplicantKind.GHT].eligible + 1):
        inventor.ght(rank)
    for kind in (ApplicantKind.PUBLIC, ApplicantKind.NONPROFIT, ApplicantKind.FORPROFIT):
        for _ in range(kinds[kind].eligible):
            inventor.entity(kind, inventor.department())
    return inventor.territory


def load() -> None:
    """Load the real regions and départements, then the invented establishments."""
    load_reference()
    invent().save()
