"""Fixtures of the exposure engine's tests."""

import asyncio
import fcntl
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.measurement.verdict import Verdict
from tests.exposure.lab.namespace import Namespace
from tests.exposure.maker import Maker

_SHARED = {"demo": "hospital", "services": "services", "health": "services"}
"""Folders whose tests start servers at fixed addresses, ports or displays, and the name of what they share."""


@pytest.fixture(scope="module", autouse=True)
def _alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let one worker at a time start the servers of a module that shares fixed addresses with others."""
    shared = _SHARED.get(request.path.parent.name)
    if shared is None:
        yield
        return
    with (Path(tempfile.gettempdir()) / f"rempart-tests-{shared}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module", autouse=True)
def _own_loop() -> Iterator[None]:
    """Let tests and their servers run loops of their own: a browser of other tests leaves its one in this thread."""
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
