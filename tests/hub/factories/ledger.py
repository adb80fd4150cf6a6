"""Files of one call, as few rows as the ledger needs; every name is invented."""

from datetime import UTC, datetime
from itertools import count

from rempart.hub.accounts.models import User
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.applications.states import State
from rempart.hub.funding.calls.models import Call, CallVersion
from rempart.hub.territory.models import Department, LegalEntity, Region, Status

AT = datetime(2024, 7, 1, 9, tzinfo=UTC)
_numbers = count(1)


def person() -> User:
    """Make a person who decides."""
    return User.objects.create_user(f"personne{next(_numbers)}@exemple.fr", first_name="Dominique", last_name="Martin")


def call(code: str = "D9-2024") -> Call:
    """Make a call with one version."""
    made, _ = Call.objects.get_or_create(code=code, defaults={"title": f"Appel {code}"})
    CallVersion.objects.get_or_create(call=made, number=1, defaults={"content": "", "digest": "0" * 64})
    return made


def entity(region_code: str = "R1") -> LegalEntity:
    """Make an invented legal entity."""
    region, _ = Region.objects.get_or_create(
        code=region_code, defaults={"name": f"Région {region_code}", "agency": f"ARS {region_code}"}
    )
    department, _ = Department.objects.get_or_create(
        code=region_code, defaults={"finess_code": region_code, "name": f"Département {region_code}", "region": region}
    )
    number = next(_numbers)
    return LegalEntity.objects.create(
        finess=f"99{number:07d}",
        name=f"Centre hospitalier de Valmont {number} (fictif)",
        department=department,
        status=Status.PUBLIC,
        siren=f"{number:09d}",
    )


def file(of: Call, ceiling_cents: int, *, cost_cents: int | None = None, region_code: str = "R1") -> Application:
    """Make a submitted file of a new entity."""
    applicant = entity(region_code)
    return Application.objects.create(
        number=f"{of.code}-{next(_numbers):05d}",
        call=of,
        version=of.versions.get(),
        legal_entity=applicant,
        kind="public",
        region=applicant.department.region,
        state=State.SUBMITTED,
        state_since=AT,
        submitted_at=AT,
        ceiling_cents=ceiling_cents,
        eligible_cost_cents=cost_cents,
    )
