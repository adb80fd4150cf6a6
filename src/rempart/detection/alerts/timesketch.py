"""Alerts for Timesketch: JSON lines with its three fields (`message`, `datetime`, `timestamp_desc`) and ours beside.

https://github.com/google/timesketch/blob/master/docs/guides/user/import-from-json-csv.md
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim


def lines(alerts: Sequence[Alert], *, incidents: dict[str, str]) -> Iterator[str]:
    """Yield one event a moment of an alert: its first event, and its last when it lasted.

    Timesketch places events on a line of time: an alert without a moment is left out. Count these by `undated`.
    `incidents` gives the incident of an alert.
    """
    for alert in alerts:
        if alert.first is not None:
            yield _line(alert, alert.first, "Rempart: first event", incidents)
        if alert.last is not None and alert.last != alert.first:
            yield _line(alert, alert.last, "Rempart: last event", incidents)


def undated(alerts: Sequence[Alert]) -> int:
    """Return how many alerts have no moment, which no line tells."""
    return sum(alert.first is None and alert.last is None for alert in alerts)


def _line(alert: Alert, moment: datetime, what: str, incidents: dict[str, str]) -> str:
    who = " ".join(part for part in (alert.host, alert.user, alert.address) if part)
    why = "; ".join(f"{reason.field}: {reason.value}" for reason in alert.because)
    told: dict[str, Any] = {
        "message": " | ".join(part for part in (f"[{alert.about.level}] {alert.about.title}", who, why) if part),
        "datetime": moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "timestamp": int(moment.timestamp() * 1_000_000),
        "timestamp_desc": what,
        "tag": [alert.about.level, *aim(alert.about.tags).tactics],
        "alert_id": alert.id,
        "incident_id": incidents.get(alert.id, ""),
        "rule_id": alert.about.id,
        "rule_title": alert.about.title,
        "rule_level": alert.about.level,
        "rule_status": alert.about.status,
        "rule_author": alert.about.author,
        "rule_licence": alert.about.licence,
        "rule_tags": list(alert.about.tags),
        "log_source": alert.source,
        "event_code": alert.code,
        "host": alert.host,
        "user": alert.user,
        "address": alert.address,
        "events": alert.count,
        "because": [f"{reason.field}: {reason.sought}" for reason in alert.because],
        "reference": [f"{place.file}:{place.offset}+{place.length}" for place in alert.events],
    }
    return orjson.dumps(told).decode() + "\n"
