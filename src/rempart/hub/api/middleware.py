"""What happens around a call of the API: who calls, how often, and no error in another format than its own."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from rempart.hub.api.models import ApiToken, digest_of
from rempart.hub.api.problems import MEDIA_TYPE, respond
from rempart.hub.api.services import PREFIX, count_use, rate

ROOT = "/api/v1/"


class ApiMiddleware:
    """Set `request.api_token` and the person it acts for; it stands before the guard that forbids writes in a GET."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        token = _token(request)
        request.api_token = token  # type: ignore[attr-defined]
        if token is not None:
            request.user = token.user
            now = timezone.now()
            if count_use(token, at=now) > rate():
                return _slow_down(60 - now.second)
        return _in_our_format(self.get_response(request))


def _token(request: HttpRequest) -> ApiToken | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    tokens = ApiToken.objects.usable(timezone.now()).select_related("user")
    found: ApiToken | None = tokens.filter(digest=digest_of(secret.strip())).first()
    return found


def _slow_down(seconds: int) -> HttpResponse:
    detail = _("Attendez %(seconds)d secondes avant l’appel suivant.") % {"seconds": seconds}
    answer = respond(429, "too_many_calls", detail)
    answer["Retry-After"] = str(seconds)
    return answer


def _in_our_format(answer: HttpResponse) -> HttpResponse:
    """Turn the framework's own 404 and 405 pages into problems; an answer of the API is cached by nobody."""
    if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} and not answer.get(
        "Content-Type", ""
    ).startswith(MEDIA_TYPE):
        code = "not_found" if answer.status_code == HTTPStatus.NOT_FOUND else "method_not_allowed"
        problem = respond(answer.status_code, code)
        if allow := answer.get("Allow"):
            problem["Allow"] = allow
        answer = problem
    answer["Cache-Control"] = "no-store"
    return answer
