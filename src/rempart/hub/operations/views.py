"""Two addresses for machines: health and metrics."""

import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rempart.hub.operations.health import examine
from rempart.hub.operations.metrics import exposition


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say whether the hub works: 503 when its database or its files do not answer."""
    del request
    found = examine(at=timezone.now())
    content = {"status": found.status, "database": found.database, "worker": found.worker, "storage": found.storage}
    return JsonResponse(content, status=503 if found.status == "down" else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to who holds the token, or asks from an allowed address without a proxy between."""
    if not (_has_token(request) or _is_near(request)):
        return HttpResponseForbidden()
    return HttpResponse(exposition(at=timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token: str = settings.METRICS_TOKEN
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _is_near(request: HttpRequest) -> bool:
    """Whether the asker's address is allowed; behind a proxy everybody has the proxy's: then only a token counts."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:  # a Unix socket has no address
        return False
    return any(address in ip_network(network) for network in settings.METRICS_FROM)
