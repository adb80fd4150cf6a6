"""The keys met so far: what each means is decided here once, when it is met; the compiled loops only look it up."""

from collections.abc import Iterable
from contextlib import suppress

import numpy as np
import orjson

from rempart.detection.collect.names import Meaning, Names
from rempart.detection.collect.native import paths as native
from rempart.detection.collect.native.raw import PADDING

MOST = 60_000
"""Keys kept; those of a hostile file beyond are left out, and counted."""
_TABLE = 1 << 18
_KEYS = 8 << 20
DEEPEST = 48


class Paths:
    """The tree of keys, in arrays that the compiled loops read.

    Attributes:
        fields: names of fields as containers give them, by number; `ranks` goes with each node.
        closed: the tree takes no more.

    """

    def __init__(self, names: Names, wanted: Iterable[str], *, everything: bool) -> None:
        self._names = names
        self._aliases = names.all_aliases()
        self.everything = everything
        self._wanted: set[str] = set()
        self._starts: set[str] = set()
        self.nodes = np.zeros((MOST + 1, native.COLUMNS), np.int64)
        self.keys = np.zeros(_KEYS + PADDING, np.uint8)
        self.table = np.zeros(_TABLE, np.int32)
        self.fields: list[str] = []
        self._numbers: dict[tuple[str, int], int] = {}
        self._paths: list[tuple[str, ...]] = [()]
        self._meanings: list[Meaning] = [Meaning(None)]
        self._used = 0
        self.closed = False
        self.ranks: list[int] = []
        self.nodes[native.ROOT, native.FIELD] = native.NONE
        self.want(wanted)

    @property
    def tree(self) -> native.Tree:
        """The addresses that compiled loops take."""
        addresses = (array.ctypes.data for array in (self.nodes, self.keys, self.table))
        return native.Tree._make([*addresses, _TABLE - 1])

    def want(self, fields: Iterable[str]) -> bool:
        """Take these native names too, and what containers call them; tell whether some were not yet taken."""
        new = {name for native_name in fields for name in (native_name, *self._aliases.get(native_name, ()))}
        new -= self._wanted
        if not new:
            return False
        self._wanted |= new
        self._starts |= {name[: place + 1] for name in new for place, sign in enumerate(name) if sign == "."}
        for node in range(1, len(self._paths)):
            self._write(node)
        return True

    def learn(self, parent: int, key: bytes) -> None:
        """Add a key met under a node."""
        data = np.frombuffer(key + bytes(PADDING), np.uint8)
        known, place = native.place_of(self.tree, parent, data.ctypes.data, 0, len(key))
        if known != native.NONE or self.closed:
            return
        node = len(self._paths)
        path = (*self._paths[parent], _unescaped(key))
        self._paths.append(path)
        self._meanings.append(self._names.meaning(path))
        self.keys[self._used : self._used + len(key)] = data[: len(key)]
        self.nodes[node, : native.KEY_SIZE + 1] = (parent, self._used, len(key))
        self._used += len(key)
        self.table[place] = node + 1
        self._write(node)
        self.closed = node + 1 >= MOST or self._used > _KEYS - (1 << 20)

    def _write(self, node: int) -> None:
        """Write what is done with the values of a node."""
        path, meaning = self._paths[node], self._meanings[node]
        field = native.NONE
        if meaning.name is not None and (self._is_wanted(meaning) or meaning.role or meaning.marks):
            field = self._number(meaning.name, meaning.rank)
        row = self.nodes[node]
        row[native.FIELD] = field
        row[native.ENTERS] = len(path) < DEEPEST and self._enters(path, meaning)
        row[native.PAIRED], row[native.PART] = meaning.paired, meaning.part
        row[native.ROLE], row[native.ORDER], row[native.MARKS] = meaning.role, meaning.order, meaning.marks

    def _is_wanted(self, meaning: Meaning) -> bool:
        return self.everything or meaning.name in self._wanted

    def _enters(self, path: tuple[str, ...], meaning: Meaning) -> bool:
        name = meaning.name or ""
        return (
            self.everything
            or meaning.paired
            or self._names.above(path)
            or f"{name}." in self._starts
            or name in self._wanted
            or meaning.role != 0
        )

    def _number(self, name: str, rank: int) -> int:
        """Return the number of a field of that name and rank; a new one is numbered next."""
        number = self._numbers.setdefault((name, rank), len(self.fields))
        if number == len(self.fields):
            self.fields.append(name)
            self.ranks.append(rank)
        return number


def _unescaped(key: bytes) -> str:
    """Return a key without its escapes; as it is written where they are wrong."""
    if b"\\" in key:
        with suppress(orjson.JSONDecodeError):
            return str(orjson.loads(b'"' + key + b'"'))
    return key.decode("utf-8", "replace")
