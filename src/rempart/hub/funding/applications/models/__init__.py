"""The tables of a file: the file itself, its perimeter, its history."""

from rempart.hub.funding.applications.models.application import Application, PerimeterEntry
from rempart.hub.funding.applications.models.event import Event

__all__ = ["Application", "Event", "PerimeterEntry"]
