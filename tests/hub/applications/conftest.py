"""This room's tests hold whatever the rooms above hang on its table: theirs are tested with them."""

import pytest

from rempart.hub.funding.applications import guards


@pytest.fixture(autouse=True)
def _own_guards_only(monkeypatch):
    """Take off what proofs and decisions hang on the actions."""
    for place, registered in list(guards._REGISTERED.items()):
        own = [guard for guard in registered if guard.__module__.startswith("rempart.hub.funding.applications")]
        monkeypatch.setitem(guards._REGISTERED, place, own)
