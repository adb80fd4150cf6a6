"""Alerts as Detection Findings of the Open Cybersecurity Schema Framework (OCSF 1.4, class 2004), one a line.

Fields: https://schema.ocsf.io/1.4.0/classes/detection_finding. `raw_data` holds the whole alert as text; the author,
the licence and the status of the rule, which OCSF has no word for, stand in `unmapped`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from rempart import __version__
from rempart.detection.alerts import portable
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import VERSION as ATTACK_VERSION
from rempart.detection.alerts.attack import aim, attack, technique_name
from rempart.detection.alerts.entities import is_address, named
from rempart.detection.alerts.levels import rank

VERSION = "1.4.0"
_SEVERITIES = ("Informational", "Low", "Medium", "High", "Critical")
_HOSTNAME, _ADDRESS, _USER = 1, 2, 4
"""Types of observables (`type_id`)."""
_TYPES = {_HOSTNAME: "Hostname", _ADDRESS: "IP Address", _USER: "User Name"}


def lines(alerts: Sequence[Alert], *, at: datetime) -> Iterator[str]:
    """Yield one finding an alert; `at` is when they were raised."""
    for alert in alerts:
        yield orjson.dumps(finding(alert, at=at)).decode() + "\n"


def finding(alert: Alert, *, at: datetime) -> dict[str, Any]:
    """Return the finding of an alert. Moments are milliseconds since 1970."""
    place = rank(alert.about.level)
    observables = _observables(alert)
    told: dict[str, Any] = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200401,
        "type_name": "Detection Finding: Create",
        "time": _moment(at),
        "start_time": _moment(alert.first),
        "end_time": _moment(alert.last),
        "count": alert.count,
        "severity_id": place + 1,
        "severity": _SEVERITIES[place],
        "status_id": 1,
        "status": "New",
        "is_alert": True,
        "message": alert.about.title,
        "metadata": {
            "version": VERSION,
            "uid": alert.id,
            "log_name": alert.source or None,
            "event_code": alert.code or None,
            "product": {"name": "Rempart", "vendor_name": "Rempart", "version": __version__},
        },
        "finding_info": _info(alert, at),
        "evidences": _evidences(alert),
        "observables": observables or None,
        "resources": [{"name": o["value"], "type": o["type"]} for o in observables if o["type_id"] == _HOSTNAME]
        or None,
        "raw_data": portable.to_text(alert),
        "unmapped": {
            "rule_author": alert.about.author,
            "rule_licence": alert.about.licence,
            "rule_status": alert.about.status,
            "rule_level": alert.about.level,
            "rule_pack": alert.about.pack,
            "rule_tags": list(alert.about.tags),
            "references": [{"file": r.file, "offset": r.offset, "length": r.length} for r in alert.events],
        },
    }
    return {name: value for name, value in told.items() if value is not None}


def _info(alert: Alert, at: datetime) -> dict[str, Any]:
    told = {
        "uid": alert.id,
        "title": alert.about.title,
        "desc": alert.about.description,
        "created_time": _moment(at),
        "first_seen_time": _moment(alert.first),
        "last_seen_time": _moment(alert.last),
        "src_url": alert.about.references[0] if alert.about.references else None,
        "data_sources": [alert.about.logsource] if alert.about.logsource else None,
        "analytic": {
            "uid": alert.about.id,
            "name": alert.about.title,
            "type_id": 1,
            "type": "Rule",
            "category": alert.about.pack,
        },
        "attacks": _attacks(alert) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _attacks(alert: Alert) -> list[dict[str, Any]]:
    """Return one object a technique, with the tactic of the alert; one a tactic when the rule names no technique."""
    aimed, matrix = aim(alert.about.tags), attack()
    tactics = [{"uid": matrix.tactic_ids[slug], "name": matrix.tactics[slug].en} for slug in aimed.tactics]
    if not aimed.techniques:
        return [{"version": ATTACK_VERSION, "tactic": tactic} for tactic in tactics]
    return [
        {"version": ATTACK_VERSION, **({"tactic": tactics[0]} if tactics else {}), **_technique(name)}
        for name in aimed.techniques
    ]


def _technique(identifier: str) -> dict[str, Any]:
    base = identifier.partition(".")[0]
    told = {"technique": {"uid": base, "name": _name(base)}}
    return told if base == identifier else told | {"sub_technique": {"uid": identifier, "name": _name(identifier)}}


def _name(identifier: str) -> str:
    name = technique_name(identifier)
    return name.en if name else identifier


def _observables(alert: Alert) -> list[dict[str, Any]]:
    host, user, address = named(alert)
    told = (
        ("device.hostname", _HOSTNAME, host),
        ("actor.user.name", _USER, user),
        ("src_endpoint.ip" if is_address(address) else "src_endpoint.hostname",
         _ADDRESS if is_address(address) else _HOSTNAME, address),
    )  # fmt: skip
    return [
        {"name": name, "type_id": type_id, "type": _TYPES[type_id], "value": value}
        for name, type_id, value in told
        if value
    ]


def _evidences(alert: Alert) -> list[dict[str, Any]]:
    host, user, address = named(alert)
    told: dict[str, Any] = {
        "data": {
            "because": [{"field": b.field, "sought": b.sought, "value": b.value} for b in alert.because],
            "keys": [{"field": field, "value": value} for field, value in alert.keys],
            "measured": alert.measured,
        }
    }
    if host:
        told["device"] = {"hostname": host, "type_id": 0}
    if user:
        told["actor"] = {"user": {"name": user}}
    if address:
        told["src_endpoint"] = {"ip" if is_address(address) else "hostname": address}
    return [told]


def _moment(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
