"""The subjects of a report as a table any spreadsheet opens: one row a subject and threshold, commands included."""

import csv
import io

from rempart.measurement.control import Control
from rempart.measurement.powershell import Filled, fill
from rempart.measurement.render.view import Point, View
from rempart.measurement.report import Report
from rempart.measurement.text import Language
from rempart.measurement.verdict import Status

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
_HEADERS = {
    Language.FR: ("point", "titre", "nature", "niveau", "état", "raison", "identifiant", "nom", "détails"),
    Language.EN: ("control", "title", "kind", "level", "state", "reason", "identifier", "name", "details"),
}
_COMMANDS = {
    Language.FR: ("commande de correction", "commande de retour", "sans commande parce que"),
    Language.EN: ("fix command", "undo command", "no command because"),
}


def guarded(cell: str) -> str:
    """Return a cell no spreadsheet runs as a formula: an apostrophe stands before a sign that would start one.

    Leading blanks are looked through, for some programs strip them first (OWASP, CSV injection).
    """
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def render(report: Report, language: Language) -> str:
    """Return the table as text: UTF-8 with a byte order mark once encoded, `;` between cells, CRLF between rows.

    A threshold without subjects has one row, so that what could not be evaluated is in the table too.
    """
    view = View(report, language)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_HEADERS[language], *_COMMANDS[language]])
    for point in view.points:
        head = _head(view, point)
        for cells in _rows(view, point):
            writer.writerow([guarded(text) for text in (*head, *cells)])
    return BYTE_ORDER_MARK + out.getvalue()


def _head(view: View, point: Point) -> tuple[str, ...]:
    reason = view.words.text(point.verdict.reason) if point.verdict.reason else ""
    return (
        point.control.id,
        view.words.text(point.control.title),
        view.words(point.control.kind),
        str(point.level or ""),
        view.words(point.state),
        reason,
    )


def _rows(view: View, point: Point) -> list[tuple[str, ...]]:
    """One row a subject. A loop over rows: a text file is written row by row."""
    if not point.total:
        return [("", "", "", "", "", "")]
    failed = point.verdict.status is Status.FAILED
    rows: list[tuple[str, ...]] = []
    for values in point.verdict.subjects.iter_rows(named=True):
        fix, undo = _commands(point.control, values) if failed else (Filled(None, None), Filled(None, None))
        told = [
            view.words.pair(view.words.label(name), view.words.cell(value))
            for name, value in values.items()
            if name not in {"key", "name"} and view.words.cell(value)
        ]
        why = fix.refused or undo.refused
        rows.append(
            (
                values["key"],
                values["name"],
                " | ".join(told),
                fix.command or "",
                undo.command or "",
                view.words.text(why) if why else "",
            )
        )
    return rows


def _commands(control: Control, values: dict[str, object]) -> tuple[Filled, Filled]:
    return fill(control.fix.command, values), fill(control.undo.command, values)
