"""The controls: pure functions from the Surface to verdicts, one per catalogue entry, in small modules by theme."""

from rempart.exposure.surface import Surface
from rempart.measurement.evaluations import Evaluations

control: Evaluations[Surface] = Evaluations(__name__)
evaluations = control.all
