"""The state of a stream as bytes, for the checkpoint of a daemon: msgpack around Arrow, no code in it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgpack
import numpy as np
import pyarrow as pa

from rempart.detection.correlation.elements import Elements
from rempart.detection.correlation.matches import Ints
from rempart.detection.correlation.state import State
from rempart.detection.findings import LeftOut
from rempart.detection.rules.form import Compiled
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

if TYPE_CHECKING:
    from rempart.detection.correlation.stream import Window

VERSION = 1


def dump(window: "Window") -> bytes:
    """Return the state of a stream."""
    state = {
        "version": VERSION,
        "rules": window.compiled.digest,
        "tolerance": window.tolerance.total_seconds(),
        "figures": [window.capacity, window.late, window.undated, window.evicted, window.done],
        "words": list(window.numbers),
        "live": _table(window.live),
        "pending": _table(window.pending),
        "states": [_state(one) for one in window.states],
    }
    packed: bytes = msgpack.packb(state)
    return packed


def restore(window: "Window", state: dict[str, Any]) -> None:
    """Give a new stream the state that was read."""
    window.tolerance = timedelta(seconds=state["tolerance"])
    window.capacity, window.late, window.undated, window.evicted, window.done = state["figures"]
    window.numbers = {word: number for number, word in enumerate(state["words"])}
    window.live, window.pending = _read_table(state["live"]), _read_table(state["pending"])
    for one, kept in zip(window.states, state["states"], strict=True):
        one.held, one.waiting = _read_elements(kept["held"]), _read_elements(kept["waiting"])
        one.going = {tuple(key): (first, last) for key, first, last in kept["going"]}
        one.done = kept["done"]
        one.left = LeftOut(*kept["left"])


def read(data: bytes, compiled: Compiled) -> dict[str, Any]:
    """Return the state in these bytes.

    Raises:
        InputError: they are no such state, or that of other rules: their numbers would not mean the same.

    """
    try:
        state = msgpack.unpackb(data, strict_map_key=False)
        version, rules = state["version"], state["rules"]
    except (ValueError, TypeError, KeyError, msgpack.UnpackException):
        raise unusable() from None
    if version != VERSION or rules != compiled.digest:
        raise InputError(
            Text(
                fr="cet état des corrélations est celui d'autres règles",
                en="this state of the correlations is that of other rules",
            ),
            advice=Text(
                fr="Repartez d'un état neuf : les corrélations en cours sont perdues.",
                en="Start anew: the correlations under way are lost.",
            ),
        )
    kept: dict[str, Any] = state
    return kept


def unusable() -> InputError:
    """Return the error of a state that cannot be read."""
    return InputError(
        Text(fr="état des corrélations illisible", en="unreadable state of the correlations"),
        advice=Text(fr="Repartez d'un état neuf.", en="Start anew."),
    )


def _table(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _read_table(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()


def _state(state: State) -> dict[str, Any]:
    return {
        "held": _elements(state.held),
        "waiting": _elements(state.waiting),
        "going": [(list(key), first, last) for key, (first, last) in state.going.items()],
        "done": int(state.done),
        "left": list(state.left),
    }


def _elements(elements: Elements) -> dict[str, Any]:
    columns = (elements.rule, elements.time, elements.row, elements.burst)
    return {
        "columns": [_array(column) for column in columns],
        "keys": [_array(column) for column in elements.keys],
        "bursts": [_array(rows) for rows in elements.bursts],
    }


def _read_elements(kept: dict[str, Any]) -> Elements:
    rule, time, row, burst = map(_read_array, kept["columns"])
    return Elements(
        rule, time, row, burst, tuple(map(_read_array, kept["keys"])), [_read_array(rows) for rows in kept["bursts"]]
    )


def _array(array: Ints) -> bytes:
    return array.astype("<i8").tobytes()


def _read_array(data: bytes) -> Ints:
    return np.frombuffer(data, dtype="<i8").astype(np.int64)
