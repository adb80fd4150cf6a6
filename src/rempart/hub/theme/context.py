"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 — Django's own signature
    """Return whether this site is a demonstration, and its address."""
    return {"demo": settings.DEMO, "site_url": settings.SITE_URL}
