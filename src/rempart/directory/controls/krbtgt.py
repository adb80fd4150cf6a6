"""The accounts that sign every Kerberos ticket."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.directory import wellknown as wk
from rempart.directory.controls import control
from rempart.directory.forest import Forest, rid_is
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict


@control("vuln_krbtgt")
def krbtgt(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the krbtgt password: one year at most."""
    stale = forest.users.filter(rid_is(wk.KRBTGT_RID), pl.col("pwdLastSet") < forest.at - timedelta(days=365))
    yield entry.judge(forest.subjects(stale, "pwdLastSet"))
