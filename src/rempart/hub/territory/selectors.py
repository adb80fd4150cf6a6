"""Reading the territory."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from rempart.hub.territory.models import (
    Activity,
    Ght,
    GhtMembership,
    GhtRole,
    LegalEntity,
    Life,
    Site,
    Status,
)
from rempart.hub.territory.words import Words, query

GHT = "ght"
"""The kind of an applicant that is a group; an entity's kind is its status."""


@dataclass(frozen=True)
class Share:
    """A structure's part of a perimeter's combined activity; `combined` is None when no figure is known."""

    structure: LegalEntity | Site
    combined: Decimal | None
    share: float | None


def search_entities(text: str) -> QuerySet[LegalEntity]:
    """Return the open entities found by FINESS number, by name, or by the name or commune of one of their sites."""
    found = query(text)
    if found is None:
        return LegalEntity.objects.none()
    named = LegalEntity.objects.alias(words=Words("name")).filter(words=found).order_by()
    by_number = LegalEntity.objects.filter(finess__startswith=text.strip()).order_by()
    sites = search_sites(text).order_by()
    numbers = named.values("finess").union(by_number.values("finess"), sites.values("legal_entity"))
    return LegalEntity.objects.filter(finess__in=numbers, life=Life.ACTIVE).select_related("department__region")


def search_sites(text: str) -> QuerySet[Site]:
    """Return the open sites found by FINESS number, name or commune."""
    found = query(text)
    if found is None:
        return Site.objects.none()
    named = Q(words=found) | Q(finess__startswith=text.strip())
    sites = Site.objects.alias(words=Words("name", "commune_name"))
    return sites.filter(named, life=Life.ACTIVE).select_related("legal_entity", "department__region")


def members(ght: Ght) -> QuerySet[GhtMembership]:
    """Return who belongs to a group now, the support establishment first."""
    now = ght.memberships.filter(left_on=None).select_related("legal_entity__department")
    return now.order_by("-role", "legal_entity__name", "legal_entity__finess")


def support(ght: Ght) -> LegalEntity | None:
    """Return the support establishment of a group, if FINESS names one."""
    membership = ght.memberships.filter(left_on=None, role=GhtRole.SUPPORT).select_related("legal_entity").first()
    return membership.legal_entity if membership else None


def ght_of(entity: LegalEntity) -> Ght | None:
    """Return the group an entity belongs to now."""
    membership = entity.ght_memberships.filter(left_on=None).select_related("ght__region").first()
    return membership.ght if membership else None


def applicant_of(entity: LegalEntity) -> Ght | LegalEntity:
    """Return who applies for an entity: its group, else the entity itself."""
    return ght_of(entity) or entity


def kind(applicant: Ght | LegalEntity) -> str:
    """Return which of the four published kinds an applicant is: `ght`, `public`, `nonprofit` or `forprofit`."""
    return GHT if isinstance(applicant, Ght) else Status(applicant.status).value


def alone() -> QuerySet[LegalEntity]:
    """Return the open entities that belong to no group: each applies for itself."""
    grouped = GhtMembership.objects.filter(legal_entity=OuterRef("pk"), left_on=None)
    return LegalEntity.objects.filter(~Exists(grouped), life=Life.ACTIVE)


def shares(applicant: Ght | LegalEntity, year: int) -> list[Share]:
    """Return the parts of an applicant's combined activity of `year`: by entity of a group, by site of an entity.

    A structure whose figure is not known has neither figure nor share: it is never counted as zero. Shares are of the
    known total, between 0 and 1, greatest first. Two queries.
    """
    structures: list[LegalEntity] | list[Site]
    if isinstance(applicant, Ght):
        structures = [membership.legal_entity for membership in members(applicant)]
        rows = Activity.objects.filter(legal_entity__in=structures, year=year).values_list("legal_entity", "combined")
    else:
        structures = list(applicant.sites.filter(life=Life.ACTIVE))
        rows = Activity.objects.filter(site__in=structures, year=year).values_list("site", "combined")
    combined = {str(number): figure for number, figure in rows.order_by()}
    total = sum(combined.values(), Decimal(0))
    found = [_share(structure, combined.get(structure.pk), total) for structure in structures]
    return sorted(found, key=lambda share: (-(share.combined or -1), share.structure.pk))


def _share(structure: LegalEntity | Site, combined: Decimal | None, total: Decimal) -> Share:
    return Share(structure, combined, float(combined / total) if combined is not None and total else None)
