"""The text of events whose store keeps only the fields: their values, as keyword rules read them.

What the store leaves out (the message of Windows, a template filled with these same values) is not in it.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from rempart.detection.events import NULL, TEXT, Reading, covers
from rempart.detection.rules.form import Compiled, Pattern, Predicate, Wildcard
from rempart.detection.rules.reading import predicates, reading

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Hunted(Reading):
    """What rules read of a store.

    Attributes:
        joined: the sources whose TEXT must be one text; elsewhere each keyword is found in one value or in none, so
            TEXT may be the list of the values, whose distinct ones are few.

    """

    joined: frozenset[str] = frozenset({"*"})

    def wants_joined(self, source: str) -> bool:
        """Tell whether some keyword of a source may be found over several values."""
        return any(covers(key, source) for key in self.joined)


def hunted(compiled: Compiled) -> Hunted:
    """Return what rules read of a store: `rules.reading.reading`, and how the text is read."""
    wanted = reading(compiled)
    joined = {
        scope.source
        for rule in compiled.rules
        for scope in rule.scopes
        if any(not _within_one(compiled.predicates[number]) for number in predicates(scope.condition))
    }
    return Hunted(wanted.fields, wanted.text, wanted.every_field, joined=frozenset(joined))


def _within_one(predicate: Predicate) -> bool:
    """Tell whether a test on TEXT holds exactly when it holds on one of the values."""
    if predicate.field != TEXT:
        return True
    parts = predicate.test.parts if isinstance(predicate.test, Pattern) else ()
    literals = [part for part in parts if not isinstance(part, Wildcard)]
    around = len(parts) == 3 and parts[0] == parts[2] == Wildcard.ANY  # noqa: PLR2004 — a literal between two `*`
    return around and len(literals) == 1 and bool(literals[0]) and "\n" not in literals[0]


def joined_of(batch: pa.RecordBatch) -> pa.Array:
    """Return every value of each event joined by line feeds, as `events.TEXT`, in the order of the columns."""
    texts = [_plain(column) for column in _fields(batch)]
    if not texts:
        return pa.repeat(pa.scalar("", pa.large_string()), batch.num_rows)
    return pc.binary_join_element_wise(*texts, pa.scalar("\n", pa.large_string()), null_handling="skip")


def values_of(batch: pa.RecordBatch) -> pa.Array:
    """Return the values of each event as a list, by dictionary: its words are those of all fields.

    The values of a field that has several are one, joined by line feeds; so are those that all events share.
    """
    words: list[pa.Array] = []
    codes: list[Codes] = []
    always: list[str] = []
    first = 0
    for column in _fields(batch):
        known = column if pa.types.is_dictionary(column.type) else _plain(column).cast(pa.string()).dictionary_encode()
        if len(known.dictionary) == 1 and not known.null_count:
            always += [word for word in known.dictionary.to_pylist() if word != NULL]
            continue
        told = known.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        silent = pc.equal(known.dictionary, NULL).to_numpy(zero_copy_only=False)
        places = np.append(np.where(silent, -1, np.arange(len(silent)) + first), -1).astype(np.int32)
        codes.append(places[told])
        words.append(known.dictionary)
        first += len(silent)
    words.append(pa.array(["\n".join(always)]))
    codes.append(np.full(batch.num_rows, first, np.int32))
    offsets, kept = _by_row(np.stack(codes))
    held = pa.DictionaryArray.from_arrays(pa.array(kept), pa.concat_arrays(words))
    return pa.ListArray.from_arrays(pa.array(offsets), held)


@njit("Tuple((int32[::1], int32[::1]))(int32[:, ::1])", cache=True, nogil=True)
def _by_row(table: Codes) -> tuple[Codes, Codes]:  # pragma: no cover - compiled
    """Return the codes of each row one after the other, and where each row begins; -1 is no value."""
    fields, rows = table.shape
    offsets = np.zeros(rows + 1, dtype=np.int32)
    out = np.empty(fields * rows, dtype=np.int32)
    at = 0
    for row in range(rows):
        for field in range(fields):
            if table[field, row] >= 0:
                out[at] = table[field, row]
                at += 1
        offsets[row + 1] = at
    return offsets, out[:at].copy()


def _fields(batch: pa.RecordBatch) -> list[pa.Array]:
    return [batch.column(name) for name in batch.schema.names if not name.startswith("@")]


def _plain(column: pa.Array) -> pa.Array:
    """Return a field as text, null where the event lacks it or says an explicit null."""
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.large_string())), pa.scalar("\n", pa.large_string()))
    if pa.types.is_dictionary(column.type):
        words = column.dictionary.cast(pa.large_string())
        return pc.if_else(pc.equal(words, NULL), None, words).take(column.indices)
    text = column.cast(pa.large_string())
    return pc.if_else(pc.equal(text, NULL), None, text)
