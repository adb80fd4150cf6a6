"""A GET reads: inside one, the database refuses every write, so that no page can change what it shows."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY")
SESSION_TABLES = ("django_session", "usersessions_usersession")


class WriteInReadError(RuntimeError):
    """A page wrote while it was only asked to read: a defect of ours."""


class ReadOnlyGetMiddleware:
    """Refuse SQL writes while a view answers a GET; sessions, written around the view, are left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.method not in SAFE or getattr(request, "may_write", False):
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)


def _refuse_writes(
    execute: Callable[..., object],
    sql: str,
    params: object,
    many: bool,  # noqa: FBT001 — Django's own order
    context: object,
) -> object:
    if str(sql).lstrip().upper().startswith(WRITES) and not any(table in str(sql) for table in SESSION_TABLES):
        raise WriteInReadError(str(sql)[:200])
    return execute(sql, params, many, context)
