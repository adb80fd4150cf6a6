"""From logs to matches to correlations: what every engine of the room `engines` does, and what it gives back."""

from rempart.detection.findings import Findings, LeftOut

__all__ = ["Findings", "LeftOut"]
