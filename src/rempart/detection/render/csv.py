"""The alerts as a table any spreadsheet opens: one row an alert, hostile text never run as a formula."""

import csv
import io

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.result import DetectionResult
from rempart.detection.alerts.triage import Triage
from rempart.detection.render.view import View
from rempart.measurement.render.csv import BYTE_ORDER_MARK, guarded
from rempart.measurement.render.view import visible
from rempart.measurement.text import Language

_HEADERS = {
    Language.FR: (
        "alerte", "incident", "premier événement", "dernier événement", "niveau", "règle", "étape", "techniques",
        "machine", "compte", "adresse", "événements", "pourquoi", "source", "type", "fichier", "place", "longueur",
        "triage", "identifiant de la règle", "auteur", "licence", "maturité", "lot",
    ),
    Language.EN: (
        "alert", "incident", "first event", "last event", "level", "rule", "stage", "techniques", "machine", "account",
        "address", "events", "because", "source", "type", "file", "offset", "length", "triage", "rule identifier",
        "author", "licence", "status", "pack",
    ),
}  # fmt: skip


def render(result: DetectionResult, language: Language, *, triage: Triage | None = None) -> str:
    """Return the table as text: UTF-8 with a byte order mark once encoded, `;` between cells, CRLF between rows.

    Moments are ISO 8601 on the hospital's clock.
    """
    view = View(result, language, triage)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADERS[language])
    for alert in result.alerts:
        writer.writerow([guarded(visible(cell)) for cell in _row(alert, view)])
    return BYTE_ORDER_MARK + out.getvalue()


def _row(alert: Alert, view: View) -> tuple[str, ...]:
    shown, about, said = view.alert(alert), alert.about, view.said
    place = alert.events[0] if alert.events else None
    return (
        alert.id,
        shown.incident,
        said.here(alert.first).isoformat() if alert.first else "",
        said.here(alert.last).isoformat() if alert.last else "",
        shown.level,
        about.title,
        shown.stage,
        " | ".join(f"{name} ({identifier})" for identifier, name in shown.techniques),
        alert.host,
        alert.user,
        alert.address,
        str(alert.count),
        " | ".join(said.words.pair(reason.field, f"{reason.sought} → {reason.value}") for reason in alert.because),
        alert.source,
        alert.code,
        place.file if place else "",
        str(place.offset) if place else "",
        str(place.length) if place else "",
        shown.state,
        about.id,
        about.author,
        about.licence,
        about.status,
        about.pack,
    )
