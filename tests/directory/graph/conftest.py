"""Helpers of the control graph's tests: questions asked and answered by names."""

import pytest


class Asked:
    """A maker's forest, its graph and the names of its nodes."""

    def __init__(self, maker) -> None:
        self.forest = maker.forest()
        self.graph = self.forest.graph
        self.names = dict(zip(self.graph.nodes["id"], self.graph.nodes["name"], strict=True))

    def id(self, dn):
        return int(self.forest.by_dn(dn)["id"][0])

    def entries(self, *dns, level=2, kinds=None):
        """(source, kind, target, reach) by names."""
        found = self.graph.entries([self.id(dn) for dn in dns], level=level, kinds=kinds)
        return [(self.names[s], kind, self.names[t], reach) for s, kind, t, reach in found.iter_rows()]

    def path(self, source, *targets, level=2):
        """The shortest path by names, as "a -Kind-> b" texts."""
        reach = self.graph.reach([self.id(dn) for dn in targets], level=level)
        steps = self.graph.path(self.id(source), reach, level=level)
        return [f"{self.names[s]} -{kind}-> {self.names[t]}" for s, kind, t in steps]


@pytest.fixture
def ask(maker):
    """Build the graph of the maker, once the test has spoiled it: `ask().entries(DN)`."""
    return lambda: Asked(maker)
