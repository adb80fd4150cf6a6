"""What the class of an event says of its fields before any event is read."""

from collections.abc import Mapping

from rempart.detection.events import EventClass
from rempart.detection.rules.form import Compare, Exists, Nothing, Number, Pattern, Test, Wildcard

EVENT_ID = "EventID"
_COMPARISONS = {
    Compare.EQ: float.__eq__,
    Compare.NEQ: float.__ne__,
    Compare.LT: float.__lt__,
    Compare.LTE: float.__le__,
    Compare.GT: float.__gt__,
    Compare.GTE: float.__ge__,
}


def known(event_class: EventClass) -> Mapping[str, str]:
    """Return the fields whose value every event of the class has: on Windows the code is the EventID."""
    windows = event_class.source.startswith("windows/") or event_class.source == "linux/sysmon"
    return {EVENT_ID: event_class.code} if windows and event_class.code else {}


def settled(test: Test, value: str) -> bool | None:
    """Tell whether a test holds on a value known beforehand; None when only the kernel can tell."""
    match test:
        case Pattern(parts, cased) if not any(isinstance(part, Wildcard) for part in parts):
            text = "".join(parts)
            return text == value if cased else text.lower() == value.lower()
        case Number(compare, number) if value.isascii() and value.isdecimal():
            return bool(_COMPARISONS[compare](float(value), number))
        case Exists():
            return True
        case Nothing():
            return False
    return None
