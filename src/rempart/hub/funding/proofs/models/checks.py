"""Constraints that several tables share."""

from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _


def sha256_check(field: str, *, name: str) -> CheckConstraint:
    """Return the constraint that `field` holds a SHA-256 in lower-case hexadecimal."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__regex": r"^[0-9a-f]{64}$"}),
        violation_error_message=_("Une empreinte SHA-256 a 64 caractères hexadécimaux."),
    )


def level_check(*, name: str) -> CheckConstraint:
    """Return the constraint that a level goes from 1 to 5."""
    return CheckConstraint(
        name=name,
        condition=Q(level__gte=1, level__lte=5),
        violation_error_message=_("Un niveau va de 1 à 5."),
    )
