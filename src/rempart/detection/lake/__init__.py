"""One rule as one SQL query, to hunt with it in a lake that only speaks SQL. The kernel stays the truth."""

from rempart.detection.lake.asked import Asked, Dialect, Query
from rempart.detection.lake.export import query

__all__ = ["Asked", "Dialect", "Query", "query"]
