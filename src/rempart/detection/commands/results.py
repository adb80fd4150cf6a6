"""What the commands that read a result share: opening it, finding an alert in it, the triage beside it."""

from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.portable import from_line
from rempart.detection.alerts.result import DetectionResult, parse_result
from rempart.detection.alerts.triage import Triage, beside
from rempart.detection.alerts.triage import read as read_triage
from rempart.measurement.errors import InputError
from rempart.measurement.language import say
from rempart.measurement.text import Text

ResultArgument = Annotated[
    Path,
    typer.Argument(
        metavar=say("RESULTAT", "RESULT"),
        help=say("Résultat écrit par « run --json ».", 'Result written by "run --json".'),
        show_default=False,
    ),
]
TriageOption = Annotated[
    Path | None,
    typer.Option(
        "--triage",
        help=say("Fichier de triage. Sinon : à côté du résultat.", "File of triage. Otherwise: beside the result."),
    ),
]


def content_of(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        InputError: it cannot be read.

    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            Text(fr=f"lecture impossible ({error.strerror})", en=f"cannot read ({error.strerror})"), where=str(path)
        ) from error


def open_result(path: Path) -> DetectionResult:
    """Return the result of a file.

    Raises:
        InputError: no such file, or not a result.

    """
    return parse_result(content_of(path), str(path))


def open_triage(result: Path, named: Path | None) -> Triage:
    """Return what was said of a result so far: in the file named, else in the one beside it."""
    return read_triage(named or beside(result))


def find_alert(path: Path, sought: str) -> Alert:
    """Return the alert whose identifier begins so, from a result (JSON) or from lines of ECS, OCSF or the daemon.

    Raises:
        InputError: the file cannot be read, or it holds no such alert, or several.

    """
    content = content_of(path)
    lines = [line for line in content.splitlines() if line.strip()]
    alerts = [alert for alert in map(from_line, lines) if alert is not None] if lines else []
    if not alerts:
        alerts = list(parse_result(content, str(path)).alerts)
    found = {alert.id: alert for alert in alerts if alert.id.startswith(sought)}
    if len(found) != 1:
        raise InputError(
            Text(
                fr=f"{len(found) or 'aucune'} alerte a un identifiant qui commence par « {sought} »",
                en=f"{len(found) or 'no'} alert has an identifier that begins with {sought}",
            ),
            where=str(path),
            advice=Text(
                fr="Recopiez l'identifiant entier, par exemple depuis la page HTML ou le CSV.",
                en="Copy the whole identifier, for instance from the HTML page or the CSV.",
            ),
        )
    return next(iter(found.values()))
