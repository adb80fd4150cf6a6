"""Fixtures of the directory engine's tests."""

from collections.abc import Callable

import pytest

from rempart.directory.catalogue import catalogue
from rempart.directory.controls import evaluations
from rempart.measurement.verdict import Verdict
from tests.directory.maker import Maker


@pytest.fixture
def maker() -> Maker:
    """A healthy forest to spoil."""
    return Maker()


Judge = Callable[..., Verdict]


@pytest.fixture
def judge() -> Judge:
    """Judge one control on a maker's forest: `judge(maker, "vuln_krbtgt")`, `judge(maker, "vuln_x", level=2)`."""

    def run(maker: Maker, control_id: str, level: int | None = None) -> Verdict:
        entry = catalogue().controls[control_id]
        verdicts = list(evaluations()[control_id](entry, maker.forest()))
        wanted = level if level is not None or len(verdicts) > 1 else verdicts[0].level
        return next(verdict for verdict in verdicts if verdict.level == wanted)

    return run
