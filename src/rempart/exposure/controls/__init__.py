"""The controls: pure functions from the Surface to verdicts, one per catalogue entry, in small modules by theme."""

from collections.abc import Callable, Iterator

from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.evaluations import Evaluations
from rempart.measurement.verdict import Verdict

Evaluation = Callable[[Control, Surface], Iterator[Verdict]]

control: Evaluations[Surface] = Evaluations(__name__)
evaluations = control.all
