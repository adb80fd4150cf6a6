"""Who a file covers, with what activity and under which ceiling: read from the territory, frozen at submission."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from rempart.hub.common.errors import Refusal, filled
from rempart.hub.funding.applications.models import Application, PerimeterEntry
from rempart.hub.funding.calls.models import Ceiling
from rempart.hub.territory.models import Activity, Life


def members_of(application: Application) -> list[PerimeterEntry]:
    """Return the perimeter a file would have today, unsaved: the GHT's entities, or the entity's sites, still alive.

    The activity is that of the call's reference year; it is empty where none is known. Two queries.
    """
    year = application.version.definition.activity_year
    if application.ght is not None:
        rows = application.ght.memberships.filter(left_on=None, legal_entity__life=Life.ACTIVE)
        members = [
            ("legal_entity_id", code) for code in rows.order_by("-role", "id").values_list("legal_entity", flat=True)
        ]
    else:
        entity = application.applicant
        sites = entity.sites.filter(life=Life.ACTIVE)  # type: ignore[union-attr] # not a GHT: an entity
        members = [("site_id", code) for code in sites.order_by("finess").values_list("finess", flat=True)]
    known = _activities(members, year)
    return [
        PerimeterEntry(application=application, year=year, combined=known.get(code), **{field: code})
        for field, code in members
    ]


def _activities(members: list[tuple[str, str]], year: int | None) -> dict[str, Decimal]:
    if year is None or not members:
        return {}
    field = members[0][0]
    rows = Activity.objects.filter(year=year, **{f"{field}__in": [code for _, code in members]})
    return dict(rows.values_list(field, "combined"))


def ceiling_of(application: Application) -> int | None:
    """Return the published ceiling of a file's applicant, in cents; None when the list has none."""
    found = Ceiling.objects.filter(
        call=application.call_id, ght=application.ght_id, legal_entity=application.legal_entity_id
    ).first()
    return found.cents if found else None


def freeze(application: Application) -> None:
    """Write the perimeter of a file as it is today. What the territory becomes later changes nothing in it."""
    application.perimeter.all().delete()
    PerimeterEntry.objects.bulk_create(members_of(application))


def require_ceiling(application: Application) -> int:
    """Return the ceiling of a file's applicant, in cents.

    Raises:
        Refusal: `no_ceiling`.

    """
    ceiling = ceiling_of(application)
    if ceiling is None:
        raise Refusal(
            filled(_("Aucun plafond n’est publié pour %(applicant)s."), applicant=application.applicant),
            "no_ceiling",
            _("Écrivez à votre ARS : la liste des plafonds doit vous citer."),
        )
    return ceiling


def read_activity_again(application: Application) -> None:
    """Give the members of a frozen perimeter the activity of the reference year of the rules the file follows now."""
    year = application.version.definition.activity_year
    entries = list(application.perimeter.all())
    field = "site_id" if application.ght_id is None else "legal_entity_id"
    known = _activities([(field, str(getattr(entry, field))) for entry in entries], year)
    for entry in entries:
        entry.year, entry.combined = year, known.get(str(getattr(entry, field)))
    PerimeterEntry.objects.bulk_update(entries, ["year", "combined"])
