"""The tables of a file: the file itself, its perimeter, its history, what is said and done around it."""

from rempart.hub.funding.applications.models.application import Application, PerimeterEntry
from rempart.hub.funding.applications.models.conversation import Annotation, Message, ReadMark, Side
from rempart.hub.funding.applications.models.correction import CorrectionKind, CorrectionRequest, Resolution
from rempart.hub.funding.applications.models.cost import CostLine
from rempart.hub.funding.applications.models.event import Event
from rempart.hub.funding.applications.models.upkeep import Archive, Erasure, MailChoices, Reminder, Rhythm
from rempart.hub.funding.applications.models.work import Colour, Label, LateDecision, NumberSeries, SavedView

__all__ = [
    "Annotation",
    "Application",
    "Archive",
    "Colour",
    "CorrectionKind",
    "CorrectionRequest",
    "CostLine",
    "Erasure",
    "Event",
    "Label",
    "LateDecision",
    "MailChoices",
    "Message",
    "NumberSeries",
    "PerimeterEntry",
    "ReadMark",
    "Reminder",
    "Resolution",
    "Rhythm",
    "SavedView",
    "Side",
]
