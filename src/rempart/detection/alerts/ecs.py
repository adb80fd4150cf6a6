"""Alerts for the Elastic Common Schema (ECS 8.17): one document a line. What ECS has no word for stands in `rempart`.

`event.original` holds the whole alert as text: no field of the hospital's logs becomes a field of the index.
Fields: https://www.elastic.co/docs/reference/ecs/ecs-field-reference (rule, threat, event, related, log).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from rempart import __version__
from rempart.detection.alerts import portable
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim, attack, technique_name
from rempart.detection.alerts.entities import is_address, named
from rempart.detection.alerts.levels import rank

VERSION = "8.17.0"
_SEVERITIES = (21, 21, 47, 73, 99)
"""`event.severity` by rank of level: the figures Elastic gives its own four levels."""


def lines(alerts: Sequence[Alert], *, at: datetime) -> Iterator[str]:
    """Yield one document an alert; `at` is when they were raised."""
    for alert in alerts:
        yield orjson.dumps(document(alert, at=at)).decode() + "\n"


def document(alert: Alert, *, at: datetime) -> dict[str, Any]:
    """Return the document of an alert. `@timestamp` is the moment of its first event, else that of the alert."""
    host, user, address = named(alert)
    place = alert.events[0] if alert.events else None
    told: dict[str, Any] = {
        "@timestamp": _moment(alert.first or at),
        "ecs": {"version": VERSION},
        "message": alert.about.title,
        "tags": list(alert.about.tags),
        "event": {
            "kind": "alert",
            "id": alert.id,
            "module": "rempart",
            "dataset": "rempart.detection",
            "created": _moment(at),
            "severity": _SEVERITIES[rank(alert.about.level)],
            "code": alert.code,
            "start": _moment(alert.first),
            "end": _moment(alert.last),
            "original": portable.to_text(alert),
        },
        "rule": _rule(alert),
        "threat": _threat(alert),
        "observer": {"vendor": "Rempart", "product": "Rempart", "version": __version__, "type": "ids"},
        "related": {"hosts": [host], "user": [user], "ip": [address] if is_address(address) else []},
        "host": {"name": host},
        "user": {"name": user},
        "source": {"address": address, "ip": address if is_address(address) else ""},
        "log": {"file": {"path": place.file}, "offset": place.offset} if place else {},
        "rempart": {
            "level": alert.about.level,
            "status": alert.about.status,
            "log_source": alert.source,
            "events": alert.count,
            "measured": alert.measured,
            "keys": [{"field": field, "value": value} for field, value in alert.keys],
            "because": [{"field": b.field, "sought": b.sought, "value": b.value} for b in alert.because],
            "references": [{"file": r.file, "offset": r.offset, "length": r.length} for r in alert.events],
        },
    }
    return {name: kept for name, value in told.items() if (kept := _full(value)) is not None}


def _rule(alert: Alert) -> dict[str, Any]:
    about = alert.about
    return {
        "id": about.id,
        "name": about.title,
        "description": about.description,
        "author": [name.strip() for name in about.author.split(",")],
        "license": about.licence,
        "category": about.logsource,
        "ruleset": about.pack,
        "reference": about.references[0] if about.references else "",
    }


def _threat(alert: Alert) -> dict[str, Any]:
    aimed, matrix = aim(alert.about.tags), attack()
    parts = [name for name in aimed.techniques if "." in name]
    bases = list(dict.fromkeys(name.partition(".")[0] for name in aimed.techniques))
    if not aimed.tactics and not bases:
        return {}
    return {
        "framework": "MITRE ATT&CK",
        "tactic": {
            "id": [matrix.tactic_ids[slug] for slug in aimed.tactics],
            "name": [matrix.tactics[slug].en for slug in aimed.tactics],
        },
        "technique": {
            "id": bases,
            "name": _names(bases),
            "subtechnique": {"id": parts, "name": _names(parts)},
        },
    }


def _names(identifiers: Sequence[str]) -> list[str]:
    return [(name.en if (name := technique_name(each)) else each) for each in identifiers]


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if moment else ""


def _full(value: Any) -> Any:  # noqa: ANN401 — a tree of JSON
    """Return a value without its empty parts, None when nothing is left: an absent field is not an empty one."""
    if isinstance(value, dict):
        kept = {name: full for name, part in value.items() if (full := _full(part)) is not None}
        return kept or None
    if isinstance(value, list):
        return [full for part in value if (full := _full(part)) is not None] or None
    return None if value == "" else value
