"""The sources of exports, by kind."""

from rempart.hub.exports.models import Kind
from rempart.hub.exports.sources.base import Column, Source
from rempart.hub.exports.sources.dashboard import Dashboard
from rempart.hub.exports.sources.files import Files
from rempart.hub.exports.sources.ledger import Ledger, Reconciliation

SOURCES: dict[Kind, Source] = {
    Kind.FILES: Files(),
    Kind.LEDGER: Ledger(),
    Kind.RECONCILIATION: Reconciliation(),
    Kind.DASHBOARD: Dashboard(),
}

__all__ = ["SOURCES", "Column", "Source"]
