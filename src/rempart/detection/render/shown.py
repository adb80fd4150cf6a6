"""The pieces of a result as they are shown: an alert, an action, a stage, an incident. No markup in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.incident import Incident
from rempart.detection.alerts.looking import LAST

_ONE_NIGHT = timedelta(hours=20)


def is_long(incident: Incident) -> bool:
    """Tell whether an incident lasts more than one night: the hour alone would not tell the day."""
    return incident.first is not None and incident.last is not None and incident.last - incident.first > _ONE_NIGHT


@dataclass(frozen=True)
class AlertView:
    """One alert as it is shown."""

    alert: Alert
    title: str
    level: str
    tone: str
    when: str
    where: str
    stage: str
    techniques: tuple[tuple[str, str], ...]
    state: str
    incident: str

    @property
    def anchor(self) -> str:
        """A name for links."""
        return f"alert-{self.alert.id}"


@dataclass(frozen=True)
class ActionView:
    """One thing to do: what, how, and how to come back."""

    lead: str
    rest: str
    undo: str

    @property
    def text(self) -> str:
        """The whole of it but the way back."""
        return f"{self.lead} {self.rest}".rstrip()


@dataclass(frozen=True)
class StageView:
    """One stage: its name, its first hour, the titles of the rules that saw it."""

    slug: str
    name: str
    first: datetime | None
    when: str
    titles: tuple[str, ...]
    faint: bool


@dataclass(frozen=True)
class IncidentView:
    """One incident as it is shown."""

    incident: Incident
    title: str
    word: str
    tone: str
    span: str
    counted: str
    stages: tuple[StageView, ...]
    who: tuple[tuple[str, str], ...]
    actions: tuple[ActionView, ...]
    declare: tuple[str, ...]
    alerts: tuple[AlertView, ...]
    state: str
    closed: bool

    @property
    def acts(self) -> list[StageView]:
        """The stages in the order they were seen, without those only faint signs show: how a person tells a story."""
        strong = [stage for stage in self.stages if not stage.faint]
        return sorted(strong or self.stages, key=lambda stage: stage.first or LAST)

    @property
    def long(self) -> bool:
        """Whether the hour alone would not tell the day."""
        return is_long(self.incident)
