"""All traffic passes here: one call, one turn, one observation (`scheduler.Scheduler`)."""

from rempart.exposure.collect.scheduler.clock import Clock, SystemClock
from rempart.exposure.collect.scheduler.journal import MemoryJournal, WorkJournal
from rempart.exposure.collect.scheduler.pace import Limits, Paces
from rempart.exposure.collect.scheduler.scheduler import Scheduler
from rempart.exposure.collect.scheduler.stopping import Stop, StoppedError

__all__ = [
    "Clock",
    "Limits",
    "MemoryJournal",
    "Paces",
    "Scheduler",
    "Stop",
    "StoppedError",
    "SystemClock",
    "WorkJournal",
]
