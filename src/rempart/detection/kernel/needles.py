"""The patterns of a program, field by field, and their index once a first text has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from rempart.detection.kernel.globs import Tokens, tokens_of
from rempart.detection.kernel.index import index_of
from rempart.detection.kernel.patterns import Shape, Sought, sought
from rempart.detection.kernel.scan import Index
from rempart.detection.kernel.tame import required
from rempart.detection.kernel.text import Text
from rempart.detection.rules.form import Pattern, Predicate, Regex

Key = tuple[str, bool]
"""A field, and whether its text is read as written (cased)."""
NO_LITERAL = -1
Numbers = NDArray[np.int32]


@dataclass
class Needles:
    """What is looked for in one field.

    Attributes:
        wanted: literals, each once.
        predicates: numbers of the predicates they serve.
        literal: for each of `predicates`, the number of its literal, NO_LITERAL when it takes any value.
        globs: for some of them, the whole pattern to be checked.
        hints: for a regular expression, the literals of which a text that matches holds one.

    """

    wanted: list[Sought] = field(default_factory=list)
    predicates: list[int] = field(default_factory=list)
    literal: list[int] = field(default_factory=list)
    globs: dict[int, Tokens] = field(default_factory=dict)
    hints: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _numbers: dict[tuple[bytes, Shape], int] = field(default_factory=dict)
    _index: Index | None = None

    @cached_property
    def served(self) -> tuple[Numbers, Numbers]:
        """The predicates of patterns and their literals, as arrays; read once all were added."""
        return np.array(self.predicates, dtype=np.int32), np.array(self.literal, dtype=np.int32)

    def add(self, predicate: int, what: Sought) -> None:
        """Add the predicate of a pattern."""
        self.predicates.append(predicate)
        if what.glob:
            self.globs[predicate] = tokens_of(what.glob)
        if not what.literal and what.shape is Shape.CONTAINS:
            self.literal.append(NO_LITERAL)
            return
        self.literal.append(self._number(what))

    def hint(self, predicate: int, literals: Sequence[bytes]) -> None:
        """Add the predicate of a regular expression, and what it requires."""
        self.hints[predicate] = tuple(self._number(Sought(one, Shape.CONTAINS)) for one in literals)

    def _number(self, what: Sought) -> int:
        key = (what.literal, what.shape)
        if key not in self._numbers:
            self._numbers[key] = len(self.wanted)
            self.wanted.append(what)
        return self._numbers[key]

    def index(self, text: Text, lock: Lock) -> Index:
        """Return the index, made on the first text that comes."""
        with lock:
            if self._index is None:
                self._index = index_of(self.wanted, text.data)
            return self._index


def needles_of(predicates: Sequence[Predicate]) -> Mapping[Key, Needles]:
    """Return the patterns of these predicates by field."""
    needles: dict[Key, Needles] = {}
    for number, predicate in enumerate(predicates):
        if isinstance(predicate.test, Pattern):
            key = (predicate.field, predicate.test.cased)
            needles.setdefault(key, Needles()).add(number, sought(predicate.test))
        elif isinstance(predicate.test, Regex) and required(predicate.test):
            needles.setdefault((predicate.field, False), Needles()).hint(number, required(predicate.test))
    return needles
