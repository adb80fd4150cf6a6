"""The controls: pure functions from the Forest to verdicts, one per catalogue entry, in small modules by theme."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

from rempart.directory.forest import Forest
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

Evaluation = Callable[[Control, Forest], Iterator[Verdict]]

_EVALUATIONS: dict[str, Evaluation] = {}


def control(control_id: str) -> Callable[[Evaluation], Evaluation]:
    """Register the function that judges the catalogue entry `control_id`."""

    def register(function: Evaluation) -> Evaluation:
        if control_id in _EVALUATIONS:
            raise ValueError(f"two functions judge {control_id}")
        _EVALUATIONS[control_id] = function
        return function

    return register


def evaluations() -> dict[str, Evaluation]:
    """Return every evaluation by control id, loading the modules of this room."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_EVALUATIONS)
