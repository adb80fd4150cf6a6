"""What became of each incident, on a terminal."""

from collections.abc import Sequence

from rich.console import Console

from rempart.detection.alerts.incident import incident_id
from rempart.detection.render.view import View
from rempart.measurement.render.terminal import Out


def print_triage(view: View, console: Console) -> None:
    """Print every incident with what became of it, those that wait first, then the alerts somebody spoke of."""
    out = Out(console)
    out.title(view.said("incidents"))
    if not view.incidents:
        out.say(view.said("incidents_none"), indent=1)
    for shown in (*view.open, *view.closed):
        out.line((f"{shown.incident.id}  ", "cyan"), (f"{shown.word}  ", "bold"), (shown.title, ""), indent=1)
        out.say(shown.state, "dim", indent=3)
    alerts = [view.alert(alert) for alert in view.result.alerts if view.triage.of_alert(alert.id)]
    if alerts:
        out.title(view.said("alerts"))
    for told in alerts:
        out.line((f"{told.alert.id}  ", "cyan"), (f"{told.level}  ", "bold"), (told.title, ""), indent=1)
        out.say(told.state, "dim", indent=3)


def print_history(subjects: Sequence[str], view: View, console: Console) -> None:
    """Print everything that was said of some incidents or alerts, the oldest first."""
    out = Out(console)
    groups = {each.id: {each.id, *map(incident_id, each.alerts)} for each in view.result.incidents}
    for subject in subjects:
        out.line((subject, "bold cyan"))
        entries = view.triage.about(groups.get(subject, {subject}))
        for entry in entries:
            out.say(view.state(entry), indent=1)
        if not entries:
            out.say(view.state(None), "dim", indent=1)
