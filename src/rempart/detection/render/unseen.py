"""What could not be looked at, counted and said: every rendering shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from rempart.detection.alerts.result import DetectionResult
from rempart.detection.render.wording import Wording

_NAMED = 4


@dataclass(frozen=True)
class Unseen:
    """One blind spot: how many of what, and what that means."""

    key: str
    count: int
    label: str
    why: str


def unseen(result: DetectionResult, said: Wording) -> list[Unseen]:
    """Return the blind spots of a run that are not empty."""
    return [
        Unseen(key, count, said(f"unseen_{key}", n=count), said(f"unseen_{key}_why", n=count, **values))
        for key, count, values in _counted(result, said)
        if count
    ]


def _counted(result: DetectionResult, said: Wording) -> Iterator[tuple[str, int, dict[str, str]]]:
    looked, rules = result.looked, result.rules
    absent = tuple(dict.fromkeys(said.source(each.logsource) for each in rules.absent))
    left_out = tuple(each.title for each in rules.left_out)
    yield "absent", sum(each.rules for each in rules.absent), {"sources": said.listed(absent, _NAMED)}
    yield "refused", len(rules.refusals), {}
    yield "formats", looked.files.get("unknown", 0), {}
    yield "flawed", looked.flawed, {}
    yield "unknown", looked.unknown, {}
    yield "undated", looked.undated, {}
    total = sum(each.undated + each.keyless + each.valueless for each in rules.left_out)
    yield "left_out", total, {"rules": said.listed(left_out, _NAMED)}
