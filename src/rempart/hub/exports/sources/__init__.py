"""The sources of exports, by kind."""

from rempart.hub.exports.models import Kind
from rempart.hub.exports.sources.base import Column, Source
from rempart.hub.exports.sources.files import Files

SOURCES: dict[Kind, Source] = {
    Kind.FILES: Files(),
}

__all__ = ["SOURCES", "Column", "Source"]
