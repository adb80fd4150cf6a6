"""Fixtures of the exposure engine's tests."""

from collections.abc import Callable, Iterator

import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.measurement.verdict import Verdict
from tests.exposure.lab.namespace import Namespace
from tests.exposure.maker import Maker


@pytest.fixture
def maker() -> Maker:
    """An empty snapshot to fill."""
    return Maker()


Judge = Callable[..., Verdict]


@pytest.fixture
def judge() -> Judge:
    """Judge one control on a maker's surface: `judge(maker, "vuln_tls_x")`, `judge(maker, "vuln_x", level=2)`."""

    def run(maker: Maker, control_id: str, level: int | None = None) -> Verdict:
        entry = catalogue().controls[control_id]
        verdicts = list(evaluations()[control_id](entry, maker.surface()))
        wanted = level if level is not None or len(verdicts) > 1 else verdicts[0].level
        return next(verdict for verdict in verdicts if verdict.level == wanted)

    return run


@pytest.fixture(scope="module")
def namespace(request: pytest.FixtureRequest) -> Iterator[Namespace]:
    """A network of the test module's own, gone when its tests are over (`lab/namespace.py`)."""
    with Namespace(request.module.__name__.rpartition(".")[2]) as made:
        yield made
