"""What to do first, and whether the CERT Santé must know: data of `words/actions.toml`, chosen by what was seen."""

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim
from rempart.detection.alerts.levels import rank
from rempart.measurement.text import Text

_MEDIUM = rank("medium")
_ANY = "*"


class _Sign(BaseModel):
    """What makes an entry apply: one of these in an alert is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tactics: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    fr: str
    en: str

    @property
    def text(self) -> Text:
        """Return what it says, its placeholders unfilled."""
        return Text(fr=self.fr, en=self.en)

    def seen_in(self, alert: Alert) -> bool:
        """Tell whether an alert carries one of its signs."""
        aimed = aim(alert.about.tags)
        bases = {name.partition(".")[0] for name in aimed.techniques}
        return (
            _ANY in self.tactics
            or aimed.stage in self.tactics
            or not {*aimed.techniques, *bases}.isdisjoint(self.techniques)
            or alert.about.id in self.rules
            or alert.source in self.sources
        )


class Action(_Sign):
    """Something to do, and how to come back from it."""

    rank: int
    undo_fr: str
    undo_en: str

    @property
    def undo(self) -> Text:
        """Return how to come back."""
        return Text(fr=self.undo_fr, en=self.undo_en)


class _Cert(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    portal: str


class Advice(BaseModel):
    """The whole of `words/actions.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: tuple[Action, ...]
    declare: tuple[_Sign, ...]
    cert: _Cert


@cache
def advice() -> Advice:
    """Return the advice of the house."""
    path = files("rempart.detection").joinpath("words", "actions.toml")
    return Advice.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def actions(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Return what to do about these alerts, the most urgent first; faint signs alone ask for notes only."""
    told = sorted(advice().action, key=lambda action: action.rank)
    return tuple(action.id for action in told if _seen(action, alerts))


def declare(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Return why these alerts likely make a declaration due."""
    return tuple(sign.id for sign in advice().declare if _seen(sign, alerts))


def _seen(sign: _Sign, alerts: Iterable[Alert]) -> bool:
    return any(sign.seen_in(alert) for alert in alerts if rank(alert.about.level) >= _MEDIUM or _ANY in sign.tactics)


@cache
def action_of(identifier: str) -> Action | None:
    """Return the action of that identifier, None when this version does not know it."""
    return next((action for action in advice().action if action.id == identifier), None)


@cache
def reason_of(identifier: str) -> Text | None:
    """Return why a declaration is likely due, None when this version does not know it."""
    return next((sign.text for sign in advice().declare if sign.id == identifier), None)
