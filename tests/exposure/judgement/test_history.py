from datetime import timedelta

import pytest

from rempart.exposure.history import history
from rempart.exposure.pairs import Standing
from rempart.measurement.errors import InputError
from tests.exposure.maker import Maker


def taken(days: int):
    maker = Maker()
    maker.service(443, "http")
    snapshot = maker.snapshot()
    later = {
        "taken_at": snapshot.manifest.taken_at + timedelta(days=days),
        "began_at": snapshot.manifest.began_at + timedelta(days=days),
    }
    manifest = snapshot.manifest.model_copy(update=later)
    return type(snapshot)(manifest=manifest, **snapshot.tables())


def test_runs_are_judged_at_their_own_date_and_told_together():
    told = history([taken(50), taken(0)], wanted=1)
    assert [moment.taken_at for moment in told.trend.moments] == [
        taken(0).manifest.taken_at,
        taken(50).manifest.taken_at,
    ]
    assert told.report.source.taken_at == taken(50).manifest.taken_at
    assert {"pair", "findings", "map"} <= {annex.id for annex in told.report.annexes}
    assert told.pair.standing in {Standing.REACHED, Standing.NONE}


def test_one_run_alone_is_refused():
    with pytest.raises(InputError, match="at least two"):
        history([taken(0)])
