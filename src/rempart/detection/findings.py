"""What a run found: what every engine gives back, whatever machines it ran on."""

from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from rempart.detection.census import Census
from rempart.detection.rules.form import Compiled


class LeftOut(NamedTuple):
    """What a correlation could not gather among the matches of its rules.

    Attributes:
        rule: number of the correlation.
        undated: matches of events whose moment is unknown.
        keyless: matches of events that lack a field it groups by.
        valueless: matches of events that lack the value it counts, or whose value is no number when it sums.

    """

    rule: int
    undated: int
    keyless: int
    valueless: int


@dataclass(frozen=True)
class Findings:
    """What a run found.

    Attributes:
        compiled: the rules it ran.
        matched: table of `matched.matched_schema`, in the order of `correlation.in_order`.
        correlated: table of `matched.CORRELATED`; its `rows` point into `matched`.
        census: what was read and what was not.
        left_out: what the correlations could not gather.

    """

    compiled: Compiled
    matched: pa.Table
    correlated: pa.Table
    census: Census
    left_out: tuple[LeftOut, ...] = ()
