"""An alert as text that carries all of it, so that `explain` reads it back from any file of alerts."""

from functools import cache

import orjson
from pydantic import TypeAdapter, ValidationError

from rempart.detection.alerts.alert import Alert

_ORIGINAL = "original"


@cache
def _adapter() -> TypeAdapter[Alert]:
    return TypeAdapter(Alert)


def to_text(alert: Alert) -> str:
    """Return the whole alert, its event included, as one line of JSON."""
    return _adapter().dump_json(alert).decode()


def from_line(line: bytes) -> Alert | None:
    """Return the alert of one line of ECS, OCSF or plain JSON; None when it holds none."""
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict):
        return None
    event = told.get("event")
    text = event.get(_ORIGINAL) if isinstance(event, dict) else None
    text = text or told.get("raw_data")
    try:
        return _adapter().validate_json(text if isinstance(text, str) else line)
    except ValidationError:
        return None
