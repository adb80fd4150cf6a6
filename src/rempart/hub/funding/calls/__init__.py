"""Calls for funding, as data: their rules, versions, desks and ceilings."""

from rempart.hub.funding.calls.catalogue import shipped

__all__ = ["shipped"]
