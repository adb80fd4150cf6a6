"""This room is tested alone: what higher rooms hang on the table of transitions is tested in theirs."""

from collections import defaultdict

import pytest

from rempart.hub.funding.applications import guards


@pytest.fixture(autouse=True)
def _own_guards_only(monkeypatch):
    kept = {
        key: [guard for guard in registered if guard.__module__.startswith("rempart.hub.funding.applications")]
        for key, registered in guards._REGISTERED.items()
    }
    monkeypatch.setattr(guards, "_REGISTERED", defaultdict(list, kept))
