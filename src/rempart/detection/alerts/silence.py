"""Less noise, nothing lost: the same alert again is one alert with a count."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.looking import alike, in_order

KEPT = 20
"""References an alert tells; the others are counted."""


def folded(alerts: Iterable[Alert], within: timedelta, *, kept: int = KEPT) -> list[Alert]:
    """Return the alerts, those of one rule, entity and reasons that follow each other within a window made one.

    The first one stays, with its identifier, its event and its reasons; it counts the events of all. Correlations are
    left as they are: their own window made them.
    """
    open_: dict[tuple[object, ...], int] = {}
    made: list[Alert] = []
    for alert in sorted(alerts, key=in_order):
        key = (alert.about.id, alert.source, alert.code, alert.host, alert.user, alert.address, alike(alert.because))
        place = open_.get(key)
        if place is None or alert.measured is not None or not _follows(made[place], alert, within):
            open_[key] = len(made)
            made.append(alert)
        else:
            made[place] = _together(made[place], alert, kept)
    return made


def _follows(before: Alert, alert: Alert, within: timedelta) -> bool:
    if before.last is None or alert.first is None:
        return before.last is alert.first
    return alert.first - before.last <= within


def _together(before: Alert, alert: Alert, kept: int) -> Alert:
    return replace(
        before,
        last=max((moment for moment in (before.last, alert.last) if moment is not None), default=None),
        events=tuple(dict.fromkeys((*before.events, *alert.events)))[:kept],
        count=before.count + alert.count,
    )
