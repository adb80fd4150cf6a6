"""A GET reads: inside one, the database refuses every write, so that no page can change what it shows."""

from collections.abc import Callable
from functools import partial, wraps

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY")
ASIDE = ("django_session", "usersessions_usersession", "hub_cache")
"""Tables a GET may write: sessions and the cache are about the visit, not about what the page shows."""


class WriteInReadError(RuntimeError):
    """A page wrote while it was only asked to read: a defect of ours."""


def writes_on_get(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let one view write though it answers a GET: an identity provider sends people back by GET, signed in or not."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        request.may_write = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return wrapper


class ReadOnlyGetMiddleware:
    """Refuse SQL writes while a view answers a GET; sessions, written around the view, are left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.method not in SAFE:
            return self.get_response(request)
        with connection.execute_wrapper(partial(_refuse_writes, request)):
            return self.get_response(request)


def _refuse_writes(  # noqa: PLR0913, PLR0917 — the request, then Django's own arguments
    request: HttpRequest,
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,  # noqa: FBT001 — Django's own order
    context: object,
) -> object:
    writes = str(sql).lstrip().upper().startswith(WRITES) and not any(table in str(sql) for table in ASIDE)
    if writes and not getattr(request, "may_write", False):
        raise WriteInReadError(str(sql)[:200])
    return execute(sql, params, many, context)
