"""`rempart detection explain`: one alert, whole: why it fires, the event, the rule."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rempart.detection.commands.results import find_alert
from rempart.detection.render.explaining import print_alert
from rempart.detection.render.view import words_alone
from rempart.measurement.language import LANGUAGE, say

HELP = say("Dire pourquoi une alerte sonne : champs, événement, règle.", "Say why an alert fires: fields, event, rule.")


def explain_command(
    result: Annotated[
        Path,
        typer.Argument(
            metavar=say("RESULTAT", "RESULT"),
            help=say(
                "Résultat (JSON) ou alertes (JSONL : ECS, OCSF, surveillance).",
                "Result (JSON) or alerts (JSONL: ECS, OCSF, watch).",
            ),
            show_default=False,
        ),
    ],
    alert: Annotated[
        str,
        typer.Argument(
            metavar=say("ALERTE", "ALERT"),
            help=say("Identifiant de l'alerte, ou son début.", "Identifier of the alert, or its beginning."),
            show_default=False,
        ),
    ],
) -> None:
    """Explain an alert."""
    print_alert(find_alert(result, alert), words_alone(LANGUAGE, datetime.now(UTC).astimezone()))
