"""All regular expressions of a field in one pass, by Hyperscan where it is installed. Same findings without it."""

import threading
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from rempart.detection.kernel.tame import tame
from rempart.detection.kernel.text import Text, beyond_ascii
from rempart.detection.rules.form import Regex

Flags = NDArray[np.bool_]
WORTH = 8
"""A pass over all values is worth as many tests of one value by one expression."""


@cache
def hyperscan() -> ModuleType | None:
    """Return the library, None where it is not installed: it is an extra."""
    try:
        return import_module("hyperscan")
    except ImportError:
        return None


class Together:
    """The expressions of a field that Hyperscan takes and reads as Polars' engine does on ASCII text.

    Args:
        tests: numbers of predicates and their expressions.

    Attributes:
        numbers: the predicates it can answer for.

    """

    def __init__(self, tests: Sequence[tuple[int, Regex]]) -> None:
        self._tests = [] if hyperscan() is None else [one for one in tests if tame(one[1])]
        self.numbers = frozenset(number for number, _ in self._tests)
        self._own = threading.local()  # a database holds the scratch space of one scan at a time

    def found(self, text: Text, values: pa.Array) -> dict[int, tuple[Flags, Flags]]:
        """Return for each predicate which values pass, and which are known; values beyond ASCII are left to Polars."""
        known = ~beyond_ascii(text) & (np.diff(text.places) > 0)
        tests, database = self._ready()
        hits: list[list[int]] = [[] for _ in tests]
        value = 0

        def note(expression: int, _from: int, _to: int, _flags: int, _context: object) -> None:
            hits[expression].append(value)

        view, places = memoryview(text.data), text.places.tolist()  # type: ignore[arg-type]
        for value in np.flatnonzero(known).tolist() if tests else ():
            database.scan(bytes(view[places[value] : places[value + 1]]), match_event_handler=note)
        return {
            number: (_confirmed(test, np.array(here, dtype=np.int64), values), known)
            for (number, test), here in zip(tests, hits, strict=True)
        }

    def _ready(self) -> tuple[Sequence[tuple[int, Regex]], Any]:
        """Return the expressions that Hyperscan takes, and its database of them; made at the first need of a thread."""
        if not hasattr(self._own, "ready"):
            library = hyperscan()
            if library is None:
                raise LookupError("hyperscan")
            tests = [one for one in self._tests if _taken(library, one[1])]
            self._own.ready = (tests, _compiled(library, [test for _, test in tests]) if tests else None)
        ready: tuple[Sequence[tuple[int, Regex]], Any] = self._own.ready
        return ready


def _compiled(library: ModuleType, tests: Sequence[Regex]) -> Any:  # noqa: ANN401 - of a library without types
    database = library.Database()
    once = library.HS_FLAG_SINGLEMATCH | library.HS_FLAG_ALLOWEMPTY
    read = {"i": library.HS_FLAG_CASELESS, "s": library.HS_FLAG_DOTALL}
    database.compile(
        expressions=[test.pattern.encode() for test in tests],
        ids=list(range(len(tests))),
        elements=len(tests),
        flags=[once | sum(read[flag] for flag in set(test.flags)) for test in tests],
    )
    return database


def _taken(library: ModuleType, test: Regex) -> bool:
    """Tell whether Hyperscan takes an expression: it refuses those whose machine would be too large."""
    try:
        _compiled(library, [test])
    except library.error:
        return False
    return True


def _confirmed(test: Regex, hits: NDArray[np.int64], values: pa.Array) -> Flags:
    """Return the flags of the hits; `$` also stands before a last line feed for Hyperscan, so those are tried again."""
    passes = np.zeros(len(values), dtype=np.bool_)
    passes[hits] = True
    if "$" in test.pattern and len(hits):
        from_polars = pl.Series(values=pl.from_arrow(values.take(pa.array(hits))), dtype=pl.String)
        passes[hits] = from_polars.str.contains(written(test), literal=False).to_numpy()
    return passes


def written(test: Regex) -> str:
    """Return the expression with its flags inside, as the regex engine of Polars reads it."""
    return f"(?{test.flags}){test.pattern}" if test.flags else test.pattern
