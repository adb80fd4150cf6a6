"""The open figures of a call: the same tables in JSON and in CSV, for anybody."""

import csv

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control

from rempart.hub.common.clock import paris_day
from rempart.hub.dashboards.cube import public_cube
from rempart.hub.dashboards.open_data import MONEY, SMALLEST, Row, tables
from rempart.hub.dashboards.steps import Step
from rempart.hub.funding.calls.models import Call

LICENCE = "Licence Ouverte 2.0"
COLUMNS = [*(step.value for step in Step), *MONEY]
HOUR = 3600
NOTE = {
    "fr": f"Aucun chiffre ne porte sur moins de {SMALLEST} dossiers : un chiffre absent est compté dans la ligne "
    "« others », ou n’est pas dit quand elle-même serait trop petite.",
    "en": f"No figure tells of fewer than {SMALLEST} files: a missing one is counted in the line “others”, or is not "
    "told when that line would be too small itself.",
}


def as_json(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001 — the same for all who ask
    """Answer with the tables of a published call."""
    call = _call(code)
    content = {
        "call": call.pk,
        "title": call.title,
        "simulated": call.simulated,
        "date": paris_day(timezone.now()).isoformat(),
        "source": "Rempart",
        "licence": LICENCE,
        "note": NOTE,
        **{name: [_line(row) for row in rows] for name, rows in _tables(call).items()},
    }
    return _cached(JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1}))


def as_csv(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001 — the same for all who ask
    """Answer with both tables in one CSV: UTF-8, comma, ISO date, codes as text."""
    call = _call(code)
    day = paris_day(timezone.now()).isoformat()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{call.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["call", "simulated", "date", "table", "group", *COLUMNS])
    for name, rows in _tables(call).items():
        writer.writerows(
            [call.pk, str(call.simulated).lower(), day, name, row.group, *(row.figures[column] for column in COLUMNS)]
            for row in rows
        )
    return _cached(response)


def _call(code: str) -> Call:
    call: Call = get_object_or_404(Call.objects.published(), pk=code)
    return call


def _tables(call: Call) -> dict[str, list[Row]]:
    """Return the tables of a call, a minute old at most: they say the same to all, who may keep them an hour."""
    key, kept = f"open:{call.pk}", caches["public"]
    found: dict[str, list[Row]] | None = kept.get(key)
    if found is None:
        found = tables(public_cube(call))
        kept.set(key, found)
    return found


def _line(row: Row) -> dict[str, object]:
    return {"group": row.group, **row.figures}


def _cached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=HOUR)
    return response
