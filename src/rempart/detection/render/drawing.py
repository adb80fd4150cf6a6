"""The timeline of an incident as inline SVG: one line a stage, one mark an alert. Its table twin stands beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from rempart.detection.alerts.levels import LEVELS, rank
from rempart.detection.render.shown import AlertView, IncidentView
from rempart.detection.render.wording import Wording

_WIDTH, _LEFT, _RIGHT, _LANE, _TOP, _BOTTOM = 1080, 236, 24, 44, 12, 40
_BIN = 24
_TICKS = 8
_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        1,
        5,
        15,
        60,
        300,
        900,
        1800,
        3600,
        7200,
        10800,
        21600,
        43200,
        86400,
        172800,
        604800,
        2592000,
        31536000,
    )
)
_SHAPES = (
    "M{x} {y}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "M{x} {y}m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "M{x} {y}m0 -8l8 14h-16z",
    "M{x} {y}m0 -9l9 9l-9 9l-9 -9z",
    "M{x} {y}m0 -11l11 11l-11 11l-11 -11z",
)
"""By rank of level: colour never stands alone."""


def _tag(template: str, *values: object, **named: object) -> Markup:
    """Fill an SVG fragment; every value is escaped."""
    return Markup(template).format(*values, **named)  # noqa: S704 — the template is a literal of this module


class Timeline:
    """The drawing of one incident.

    Args:
        shown: the incident.
        said: the words.

    """

    def __init__(self, shown: IncidentView, said: Wording) -> None:
        self._said = said
        self._alerts = [each for each in shown.alerts if each.alert.first is not None]
        self._stages = [stage for stage in shown.stages if any(self._on(stage.name))] if self._alerts else []
        self.undated = len(shown.alerts) - len(self._alerts)

    def _on(self, name: str) -> list[AlertView]:
        return [each for each in self._alerts if each.stage == name]

    def svg(self) -> Markup:
        """Return the drawing; nothing when no alert says its moment."""
        if not self._alerts:
            return Markup("")
        lanes = [self._lane(place, stage.name) for place, stage in enumerate(self._stages)]
        height = _TOP + len(self._stages) * _LANE + _BOTTOM
        return _tag(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
            _WIDTH,
            height,
            self._said("timeline_drawing"),
            self._axis(height - _BOTTOM),
            Markup("").join(lanes),
        )

    @property
    def _first(self) -> datetime:
        return min(each.alert.first for each in self._alerts if each.alert.first)

    @property
    def _span(self) -> timedelta:
        last = max(each.alert.last or each.alert.first or self._first for each in self._alerts)
        return max(last - self._first, timedelta(minutes=1))

    def _x(self, moment: datetime) -> float:
        return _LEFT + 16 + (moment - self._first) / self._span * (_WIDTH - _LEFT - _RIGHT - 32)

    def _axis(self, bottom: int) -> Markup:
        ticks = [
            _tag(
                '<path class="tick" d="M{x:.1f} {top}V{bottom}"/><text class="hour" x="{x:.1f}" y="{y}">{hour}</text>',
                x=self._x(moment),
                top=_TOP,
                bottom=bottom,
                y=bottom + 24,
                hour=self._hour(moment, place == 0),
            )
            for place, moment in enumerate(self._ticks())
        ]
        return Markup("").join(ticks)

    def _hour(self, moment: datetime, first: bool) -> str:  # noqa: FBT001 — one caller, just above
        there = self._said.here(moment)
        midnight = there.hour == there.minute == 0
        if self._span > timedelta(days=2):
            return self._said.day_and_hour(moment).partition(",")[0] if midnight or first else self._said.clock(moment)
        return self._said.clock(moment)

    def _ticks(self) -> list[datetime]:
        """Return round moments of the hospital's clock, at most eight."""
        step = next((each for each in _STEPS if self._span / each <= _TICKS), _STEPS[-1])
        start = self._said.here(self._first)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + step * -(-(start - midnight) // step)
        count = int((start + self._span - first) / step) + 1 if start + self._span >= first else 0
        return [first + step * n for n in range(count)]

    def _lane(self, place: int, name: str) -> Markup:
        top = _TOP + place * _LANE
        middle = top + _LANE / 2
        marks = [self._mark(bunch, middle) for bunch in self._bunches(self._on(name))]
        return _tag(
            '<g><path class="lane" d="M{} {}H{}"/><text class="stage" x="0" y="{}">{}</text>{}</g>',
            _LEFT,
            middle,
            _WIDTH - _RIGHT,
            middle + 5,
            name,
            Markup("").join(marks),
        )

    def _bunches(self, alerts: Sequence[AlertView]) -> list[list[AlertView]]:
        """Return the alerts of a lane, those whose marks would overlap together."""
        bunches: list[list[AlertView]] = []
        edge = -1.0
        for each in alerts:
            x = self._x(each.alert.first or self._first)
            if bunches and x - edge < _BIN:
                bunches[-1].append(each)
            else:
                bunches.append([each])
                edge = x
        return bunches

    def _mark(self, bunch: Sequence[AlertView], middle: float) -> Markup:
        worst = max(bunch, key=lambda each: rank(each.alert.about.level))
        place = rank(worst.alert.about.level)
        x = self._x(bunch[0].alert.first or self._first)
        count = _tag('<text class="many" x="{:.1f}" y="{}">×{}</text>', x + 13, middle - 6, len(bunch))
        return _tag(
            '<g class="{} mark-{}"><title>{}</title><path class="sign" d="{}"/>{}</g>',
            worst.tone,
            LEVELS[place],
            " ; ".join(f"{each.when} – {each.title} ({each.level})" for each in bunch[:5]),
            _SHAPES[place].format(x=round(x, 1), y=middle),
            count if len(bunch) > 1 else "",
        )
