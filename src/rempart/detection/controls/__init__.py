"""The controls of posture: pure functions from the Coverage to verdicts, one per catalogue entry."""

from collections.abc import Callable, Iterator

from rempart.detection.coverage import Coverage
from rempart.measurement.control import Control
from rempart.measurement.evaluations import Evaluations
from rempart.measurement.verdict import Verdict

Evaluation = Callable[[Control, Coverage], Iterator[Verdict]]

control: Evaluations[Coverage] = Evaluations(__name__)
evaluations = control.all
