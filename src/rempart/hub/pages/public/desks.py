"""A call's desks as people read them: open, to come, closed, or of a date nobody has published; with their moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.funding.calls.models import Call, Extension, Stage, Window


class Opening(StrEnum):
    """Whether a desk takes files."""

    OPEN = "open"
    COMING = "coming"
    CLOSED = "closed"
    UNKNOWN = "unknown"


WORDS: dict[Opening, tuple[str, str | Promise]] = {
    Opening.OPEN: ("good", _("Ouvert")),
    Opening.COMING: ("moving", _("À venir")),
    Opening.CLOSED: ("neutral", _("Fermé")),
    Opening.UNKNOWN: ("missing", _("Date non publiée")),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk at one moment. `moves` are its extensions, oldest first."""

    window: Window
    opening: Opening
    moves: tuple[Extension, ...]

    @property
    def tone(self) -> str:
        """The look of its state."""
        return WORDS[self.opening][0]

    @property
    def word(self) -> str | Promise:
        """Its state in words."""
        return WORDS[self.opening][1]


def opening(window: Window, at: datetime) -> Opening:
    """Return whether a desk is open at `at`; both ends are inside. An unknown end leaves an open desk open."""
    if window.closes_at and window.closes_at < at:
        return Opening.CLOSED
    if window.opens_at is None:
        return Opening.UNKNOWN
    return Opening.OPEN if window.opens_at <= at else Opening.COMING


def desks(call: Call, at: datetime) -> list[Desk]:
    """Return the desks of a call in the order of a file's life; its windows and their extensions are prefetched."""
    order = list(Stage.values)
    windows: Iterable[Window] = sorted(call.windows.all(), key=lambda window: order.index(window.stage))
    return [Desk(window, opening(window, at), tuple(window.extensions.all())) for window in windows]


def current(found: list[Desk]) -> Desk | None:
    """Return the desk a visitor cares for: applying when it is open or to come, else the next that is open or comes."""
    for wanted in (Opening.OPEN, Opening.COMING):
        for desk in found:
            if desk.opening is wanted and desk.window.stage in {Stage.APPLICATION, Stage.DECLARATION, Stage.PAYMENT}:
                return desk
    return None
