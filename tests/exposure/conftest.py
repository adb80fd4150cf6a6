"""Fixtures of the exposure engine's tests."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.measurement.verdict import Verdict
from tests.exposure.lab.namespace import Namespace
from tests.exposure.maker import Maker

_ONE_AT_A_TIME = ("demo", "services", "health")
"""Folders whose tests start servers at fixed addresses, ports or displays: each stays on one worker."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests that share fixed addresses together."""
    folder = item.path.parent.name
    if item.path.is_relative_to(Path(__file__).parent) and folder in _ONE_AT_A_TIME:
        item.add_marker(pytest.mark.xdist_group("exposure-demo" if folder == "demo" else "exposure-services"))


@pytest.fixture(autouse=True)
def _own_loop() -> Iterator[None]:
    """Let a test run a loop of its own: a browser of another test leaves its one running in this thread."""
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left)


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
