import gc

import pytest


@pytest.fixture(autouse=True)
def swept():
    """Collect what asyncio leaves of a TLS client that went away during its handshake before the next test begins."""
    yield
    gc.collect()
