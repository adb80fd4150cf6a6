"""The controls of posture: pure functions from the Coverage to verdicts, one per catalogue entry."""

from rempart.detection.coverage import Coverage
from rempart.measurement.evaluations import Evaluations

control: Evaluations[Coverage] = Evaluations(__name__)
evaluations = control.all
