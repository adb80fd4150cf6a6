"""A fictional territory: valid objects, each with a number nobody has; regions and départements are real."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count

from rempart.hub.territory.models import Activity, Department, Ght, GhtMembership, LegalEntity, Region, Site, Status

_numbers = count(1)
_REGIONS = {
    "11": ("Île-de-France", "ARS Île-de-France"),
    "28": ("Normandie", "ARS Normandie"),
    "53": ("Bretagne", "ARS Bretagne"),
    "04": ("La Réunion", "ARS La Réunion"),
}
_DEPARTMENTS = {
    "75": ("75", "Paris", "11"),
    "14": ("14", "Calvados", "28"),
    "35": ("35", "Ille-et-Vilaine", "53"),
    "974": ("9D", "La Réunion", "04"),
}


def _finess(prefix: str) -> str:
    """Return a number of the form FINESS gives, in the range 99 that no département has."""
    return f"99{prefix}{next(_numbers):06d}"


def region(code: str = "28", name: str = "", agency: str = "") -> Region:
    """Return the region of that code, made when it is not there."""
    known = _REGIONS.get(code, (f"Région {code}", f"ARS {code}"))
    found, _made = Region.objects.get_or_create(
        code=code, defaults={"name": name or known[0], "agency": agency or known[1]}
    )
    return found


def department(code: str = "14", *, of: Region | None = None) -> Department:
    """Return the département of that code, made with its region when it is not there."""
    finess_code, name, region_code = _DEPARTMENTS.get(code, (code[-2:], f"Département {code}", "28"))
    found, _made = Department.objects.get_or_create(
        code=code,
        defaults={"finess_code": finess_code, "name": name, "region": of or region(region_code)},
    )
    return found


def department_of(of: Region) -> Department:
    """Return a département of that region."""
    known = Department.objects.filter(region=of).first()
    code = next((code for code, (_, _, region_code) in _DEPARTMENTS.items() if region_code == of.pk), "")
    return known or department(code or f"D{of.pk[-2:]}", of=of)


def entity(*, status: str = Status.PUBLIC, of: Region | None = None, **fields: object) -> LegalEntity:
    """Return a new legal entity; `of` names the region it stands in."""
    finess = fields.pop("finess", None) or _finess("0")
    place = fields.pop("department", None) or (department_of(of) if of else department())
    values = {"name": f"Centre hospitalier fictif {finess}", "category": "355", **fields}
    return LegalEntity.objects.create(finess=finess, status=status, department=place, **values)


def site(*, legal_entity: LegalEntity | None = None, **fields: object) -> Site:
    """Return a new site of an entity, in the entity's département unless one is named."""
    owner = legal_entity or entity()
    finess = fields.pop("finess", None) or _finess("1")
    values = {"name": f"Site fictif {finess}", "category": "355", "department": owner.department, **fields}
    return Site.objects.create(finess=finess, legal_entity=owner, **values)


def ght(
    *,
    support: LegalEntity | None = None,
    members: Iterable[LegalEntity] | int = 0,
    of: Region | None = None,
    **fields: object,
) -> Ght:
    """Return a new GHT with its support establishment and members (entities, or how many to make)."""
    place = of or (support.department.region if support else region())
    number = next(_numbers)
    values = {"code": f"9{number:04d}", "name": f"GHT fictif {number}", **fields}
    group = Ght.objects.create(region=place, **values)
    others = [entity(of=place) for _ in range(members)] if isinstance(members, int) else list(members)
    GhtMembership.objects.create(ght=group, legal_entity=support or entity(of=place), role="S")
    for member in others:
        GhtMembership.objects.create(ght=group, legal_entity=member, role="M")
    return group


def activity(of: LegalEntity | Site, combined: Decimal | int = 1000, *, year: int = 2023) -> Activity:
    """Return the combined activity of an entity or a site for a year."""
    where = {"legal_entity": of} if isinstance(of, LegalEntity) else {"site": of}
    return Activity.objects.create(year=year, combined=Decimal(combined), source="fictif", **where)
