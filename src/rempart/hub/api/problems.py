"""Errors of the API, in the one format of RFC 9457 (problem+json), in the language the program asks for."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from rempart.hub.common.errors import Refusal
from rempart.measurement.text import Language

MEDIA_TYPE = "application/problem+json"
STATUS = {"not_allowed": 403, "unknown_requirement": 404, "too_large": 413, "bad_filter": 422}
"""The statuses of refusals that are not a conflict with the state of things (409)."""


class FieldProblem(Schema):
    """One wrong value: where, and why."""

    place: str
    why: str


class Problem(Schema):
    """An error. `code` is stable, for programs; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    advice: str = ""
    errors: list[FieldProblem] = Field(default=[])


def respond(status: int, code: str, detail: str | Promise = "", **more: object) -> HttpResponse:
    """Return the answer that tells of a problem."""
    body = {
        "type": f"urn:rempart:problem:{code}",
        "title": _title(status),
        "status": status,
        "code": code,
        "detail": str(detail),
        **more,
    }
    answer = JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="rempart"'
    return answer


def _title(status: int) -> str:
    titles = {
        400: _("Demande mal formée"),
        401: _("Jeton absent ou refusé"),
        403: _("Action non permise"),
        404: _("Introuvable"),
        405: _("Méthode non permise"),
        409: _("Action impossible en l’état"),
        413: _("Contenu trop long"),
        422: _("Valeur non valable"),
        429: _("Trop d’appels"),
        500: _("Erreur interne"),
    }
    return titles.get(status, HTTPStatus(status).phrase)


def register(api: NinjaAPI) -> None:
    """Give the API its answers to every kind of error."""
    api.add_exception_handler(AuthenticationError, _unauthenticated)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(Http404, _missing)
    api.add_exception_handler(HttpError, _http)


def _unauthenticated(request: HttpRequest, error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
    del request, error
    return respond(401, "token_refused", _("Présentez un jeton valable : « Authorization: Bearer … »."))


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    del request
    found = error.errors if isinstance(error, ValidationError) else []
    errors = [{"place": ".".join(map(str, item["loc"])), "why": str(item["msg"])} for item in found]
    return respond(422, "invalid", _("Une valeur envoyée n’est pas valable."), errors=errors)


def _refused(request: HttpRequest, error: Refusal | type[Refusal]) -> HttpResponse:
    del request
    if isinstance(error, type):
        error = error("", "refused")
    language = Language.EN if translation.get_language() == "en" else Language.FR
    advice = error.advice.say(language) if error.advice else ""
    return respond(STATUS.get(error.code, 409), error.code, str(error), advice=advice)


def _missing(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    del request, error
    return respond(404, "not_found", _("Rien à cette adresse que ce jeton puisse voir."))


def _http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    del request
    status = error.status_code if isinstance(error, HttpError) else 500
    return respond(status, "http_error", str(error))
