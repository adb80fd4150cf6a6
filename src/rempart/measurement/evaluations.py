"""Which function judges which catalogue entry: every engine registers its controls the same way."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

Seen = TypeVar("Seen")
"""What an engine's controls look at: its snapshot, made ready to be judged."""


class Evaluations(Generic[Seen]):
    """The functions of one engine's `controls` package, by control id.

    Used as a decorator: `@control("vuln_x")` registers the function that judges the entry `vuln_x`.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._functions: dict[str, Callable[[Control, Seen], Iterator[Verdict]]] = {}

    def __call__(
        self, control_id: str
    ) -> Callable[[Callable[[Control, Seen], Iterator[Verdict]]], Callable[[Control, Seen], Iterator[Verdict]]]:
        """Return the decorator that registers a function under `control_id`."""

        def register(
            function: Callable[[Control, Seen], Iterator[Verdict]],
        ) -> Callable[[Control, Seen], Iterator[Verdict]]:
            if control_id in self._functions:
                raise ValueError(f"two functions judge {control_id}")
            self._functions[control_id] = function
            return function

        return register

    def all(self) -> dict[str, Callable[[Control, Seen], Iterator[Verdict]]]:
        """Return every function by control id, loading the modules of the package."""
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        return dict(self._functions)

    def judged(
        self, entries: Iterable[Control], seen: Seen, blind: Callable[[Control], Text | None]
    ) -> Iterator[Verdict]:
        """Yield one verdict per threshold of every entry, in their order.

        Args:
            entries: what to judge.
            seen: what the controls look at.
            blind: why nothing at all of what an entry needs could be shown, None when it was: its thresholds are then
                not evaluated.

        """
        functions = self.all()
        for entry in entries:
            reason = blind(entry)
            if reason is not None:
                yield from (entry.not_evaluated(reason, level=threshold) for threshold in entry.thresholds)
                continue
            verdicts = list(functions[entry.id](entry, seen))
            answered = {verdict.level for verdict in verdicts}
            if answered != set(entry.thresholds):
                raise AssertionError(f"{entry.id} answered {answered}, its thresholds are {entry.thresholds}")
            yield from verdicts
