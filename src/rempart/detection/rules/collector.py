"""The collector of cycles, kept quiet while hundreds of thousands of objects are made: it costs a third of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Stop the collector of cycles, and start it again if it was on."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
