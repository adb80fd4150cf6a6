"""The members of a file: the entities of the GHT, or the sites of the entity, with their share of the activity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rempart.hub.funding.applications.models import Application, PerimeterEntry
from rempart.hub.territory.models import Activity, GhtMembership, Life, Site


@dataclass(slots=True)
class Members:
    """Names and combined activity by FINESS number; `activity` lacks the members whose figure is not known."""

    names: dict[str, str] = field(default_factory=dict)
    activity: dict[str, Decimal] = field(default_factory=dict)

    def add(self, finess: str, name: str, combined: Decimal | None) -> None:
        """Add a member."""
        self.names[finess] = name
        if combined is not None:
            self.activity[finess] = combined

    def shares(self) -> dict[str, Decimal]:
        """Return each known member's part of the whole; empty when nothing is known or the whole is zero."""
        total = sum(self.activity.values(), Decimal())
        return {finess: combined / total for finess, combined in self.activity.items()} if total else {}


def members_of_all(applications: Sequence[Application]) -> dict[int, Members]:
    """Return the members of each file, in at most four queries: as frozen, else as the territory stands."""
    found: dict[int, Members] = {application.pk: Members() for application in applications}
    frozen = PerimeterEntry.objects.filter(application__in=list(found)).select_related("legal_entity", "site")
    for entry in frozen.order_by("application_id", "id"):
        structure = entry.legal_entity or entry.site
        if structure is not None:
            found[entry.application_id].add(structure.pk, structure.name, entry.combined)
    _from_territory([one for one in applications if not found[one.pk].names], found)
    return found


def _from_territory(applications: Sequence[Application], found: dict[int, Members]) -> None:
    """Fill in the files whose perimeter is not frozen yet."""
    by_ght = {one.ght_id: one for one in applications if one.ght_id}
    by_entity: dict[str, list[Application]] = {}
    for one in applications:
        if one.legal_entity_id:
            by_entity.setdefault(one.legal_entity_id, []).append(one)
    rows: list[tuple[Application, str, str]] = []
    if by_ght:
        memberships = GhtMembership.objects.filter(
            ght__in=list(by_ght), left_on=None, legal_entity__life=Life.ACTIVE
        ).select_related("legal_entity")
        for membership in memberships.order_by("legal_entity__name", "legal_entity_id"):
            entity = membership.legal_entity
            rows += [(one, entity.pk, entity.name) for one in applications if one.ght_id == membership.ght_id]
    if by_entity:
        for site in Site.objects.filter(legal_entity__in=list(by_entity), life=Life.ACTIVE).order_by("name", "finess"):
            rows += [(one, site.pk, site.name) for one in by_entity[site.legal_entity_id]]
    known = _activities(finess for _, finess, _ in rows)
    for application, finess, name in rows:
        found[application.pk].add(finess, name, known.get((finess, application.version.definition.activity_year)))


def _activities(members: Iterable[str]) -> dict[tuple[str, int | None], Decimal]:
    """Return the combined activity by FINESS number and year."""
    wanted = sorted(set(members))
    if not wanted:
        return {}
    found: dict[tuple[str, int | None], Decimal] = {}
    rows = Activity.objects.filter(legal_entity__in=wanted) | Activity.objects.filter(site__in=wanted)
    for entity, site, year, combined in rows.order_by("id").values_list("legal_entity", "site", "year", "combined"):
        found[entity or site, year] = combined
    return found


def entities_of(application: Application) -> frozenset[str]:
    """Return the FINESS numbers of the entities of a file: the applicant itself, or the members of the GHT."""
    if application.legal_entity_id:
        return frozenset({application.legal_entity_id})
    return frozenset(members_of_all([application])[application.pk].names)
