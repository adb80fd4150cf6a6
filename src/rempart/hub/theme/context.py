"""What every page knows."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest

from rempart.hub.theme.navigation import Place, links


def house(request: HttpRequest) -> dict[str, object]:
    """Return whether this is a demonstration, the site's address, and the navigation, worked out where it is shown."""
    return {
        "demo": settings.DEMO,
        "site_url": settings.SITE_URL,
        "navigation": partial(links, request, Place.MAIN),
        "account_entries": partial(links, request, Place.ACCOUNT),
        "footer_entries": partial(links, request, Place.FOOTER),
    }
