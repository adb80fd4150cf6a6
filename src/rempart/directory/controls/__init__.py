"""The controls: pure functions from the Forest to verdicts, one per catalogue entry, in small modules by theme."""

from rempart.directory.forest import Forest
from rempart.measurement.evaluations import Evaluations

control: Evaluations[Forest] = Evaluations(__name__)
evaluations = control.all
