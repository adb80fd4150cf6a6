"""The pure function at the heart: (events of one class, compiled rules) -> matches. No input or output here."""

from collections import OrderedDict
from threading import Lock

import pyarrow as pa

from rempart.detection.events import Block, EventClass
from rempart.detection.kernel.machine import Machine, Matches
from rempart.detection.kernel.program import Looking, Program, program
from rempart.detection.kernel.table import table_of
from rempart.detection.kernel.why import Reason, Reasons
from rempart.detection.rules.form import Compiled

__all__ = ["Machine", "Matches", "Program", "Reason", "Reasons", "machine", "match", "program", "reasons", "table_of"]

KEPT = 1024
"""Machines kept: classes may be as many as a hostile log likes."""


class _Kept:
    """Machines by rules and class, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._machines: OrderedDict[tuple[str, EventClass], Machine] = OrderedDict()
        self._looking: dict[str, Looking] = {}
        self._lock = Lock()

    def machine(self, compiled: Compiled, event_class: EventClass) -> Machine:
        """Return the machine of a class."""
        key = (compiled.digest, event_class)
        with self._lock:
            known = self._machines.get(key)
            if known is not None:
                self._machines.move_to_end(key)
                return known
            if compiled.digest not in self._looking:
                self._looking = {compiled.digest: Looking(compiled)}
            looking = self._looking[compiled.digest]
        made = Machine(program(compiled, event_class, looking))
        with self._lock:
            kept = self._machines.setdefault(key, made)
            while len(self._machines) > KEPT:
                self._machines.popitem(last=False)
            return kept


_KEPT = _Kept()


def machine(compiled: Compiled, event_class: EventClass) -> Machine:
    """Return the machine of a class of events, made once for the rules of a digest. Thread-safe."""
    return _KEPT.machine(compiled, event_class)


def match(block: Block, compiled: Compiled) -> pa.Table:
    """Return the matches of a block: a table of `matched.matched_schema`, by rule, then by row. Thread-safe.

    Pure: the same block and rules give the same table, whatever ran before and on how many threads.
    """
    return table_of(block, compiled, machine(compiled, block.event_class).match(block.batch))


def reasons(block: Block, compiled: Compiled, rule: int) -> list[tuple[Reason, ...]]:
    """Return why a rule matches each event of a small block; nothing for one that it does not match."""
    return Reasons(compiled, rule, block.event_class).of(block.batch)
