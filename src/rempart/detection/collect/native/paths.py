"""The tree of the keys met so far, as arrays: what to do with each value is looked up, never decided in the loop."""

from typing import NamedTuple

from rempart.detection.collect.native.raw import compiled, get, get32, hashed, same

PARENT, KEY_AT, KEY_SIZE, FIELD, ENTERS, PAIRED, PART, ROLE, ORDER, MARKS = range(10)
"""Columns of a node: the number of its field (or NONE), whether objects are entered, whether objects are pairs of a
name and a value, which part of such a pair it is (PAIR_NAME, PAIR_VALUE), and for routing: its role, the order among
those of one role, and the bits it sets."""
COLUMNS = 10
NONE = -1
PAIR_NAME, PAIR_VALUE = 1, 2
ROOT = 0
_SEED = 0x51ED270B9F6C1A47


class Tree(NamedTuple):
    """Addresses: nodes (int64, COLUMNS each), their keys as bytes, a table (int32) from (parent, key) to node plus one.

    `mask` is the size of the table, a power of two, minus one.
    """

    nodes: int
    keys: int
    table: int
    mask: int


@compiled
def about(tree: Tree, node: int, column: int) -> int:
    """Return a column of a node."""
    return get(tree.nodes, node * COLUMNS + column)


@compiled
def place_of(tree: Tree, parent: int, data: int, start: int, end: int) -> tuple[int, int]:
    """Return the node of a key under a parent (NONE if it is new), and its place in the table."""
    place = hashed(data, start, end, _SEED + parent) & tree.mask
    while True:
        node = get32(tree.table, place) - 1
        if node < 0:
            return NONE, place
        size = about(tree, node, KEY_SIZE)
        if (
            about(tree, node, PARENT) == parent
            and size == end - start
            and same(tree.keys, about(tree, node, KEY_AT), data, start, size)
        ):
            return node, place
        place = (place + 1) & tree.mask
