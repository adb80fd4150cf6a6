"""From logs to matches to correlations: what every engine of the room `engines` does, and what it gives back."""

from dataclasses import dataclass

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.rules.form import Compiled


@dataclass(frozen=True)
class Findings:
    """What a run found.

    Attributes:
        compiled: the rules it ran.
        matched: table of `matched.matched_schema`.
        correlated: table of `matched.CORRELATED`; its `rows` point into `matched`.
        census: what was read and what was not.

    """

    compiled: Compiled
    matched: pa.Table
    correlated: pa.Table
    census: Census
