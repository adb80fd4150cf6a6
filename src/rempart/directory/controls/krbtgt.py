"""The accounts that sign every Kerberos ticket."""

from collections.abc import Iterator

from rempart.directory import wellknown as wk
from rempart.directory.ages import ONE_YEAR, PASSWORD_SET, older_than
from rempart.directory.controls import control
from rempart.directory.doubts import absent, settle
from rempart.directory.forest import Forest, rid_is
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_KRBTGT = Text(fr="compte krbtgt (RID 502)", en="krbtgt account (RID 502)")


@control("vuln_krbtgt")
def krbtgt(entry: Control, forest: Forest) -> Iterator[Verdict]:
    """Judge the age of the krbtgt password of each domain: one year at most."""
    keys = forest.users.filter(rid_is(wk.KRBTGT_RID))
    stale = keys.filter(older_than(PASSWORD_SET, ONE_YEAR, forest))
    yield settle(entry, forest.subjects(stale, "pwdLastSet"), absent(forest, keys, _KRBTGT))
