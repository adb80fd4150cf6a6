"""Which identification a run uses: the one that asks the service."""

from rempart.exposure.collect.by_port import identify

__all__ = ["identify"]
