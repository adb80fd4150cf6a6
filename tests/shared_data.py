"""Where the third-party data sets are: outside the repository, which must not hold them."""

import os
from pathlib import Path

import pytest

_ROOT = Path(os.environ.get("REMPART_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def shared_data(name: str) -> Path | None:
    """The file or folder `name` of the shared data, None where they were not installed."""
    path = _ROOT / name
    return path if path.exists() else None


def needs_data(name: str) -> pytest.MarkDecorator:
    """Mark a test that reads a third-party data set."""
    return pytest.mark.skipif(shared_data(name) is None, reason=f"third-party data set {name} is not installed here")
