"""The controls: pure functions from the Forest to verdicts, one per catalogue entry, in small modules by theme."""

from collections.abc import Callable, Iterator

from rempart.directory.forest import Forest
from rempart.measurement.control import Control
from rempart.measurement.evaluations import Evaluations
from rempart.measurement.verdict import Verdict

Evaluation = Callable[[Control, Forest], Iterator[Verdict]]

control: Evaluations[Forest] = Evaluations(__name__)
evaluations = control.all
