"""Correlation of a whole table of matches."""

from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pyarrow as pa

from rempart.detection.correlation.elements import Elements, joined, matched_elements, with_keys
from rempart.detection.correlation.evaluate import evaluate
from rempart.detection.correlation.found import Found, gathers_events, members, whole
from rempart.detection.correlation.matches import Matches, order_of
from rempart.detection.findings import LeftOut
from rempart.detection.matched import CORRELATED
from rempart.detection.rules.form import Compiled, Correlation
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


def correlations_of(compiled: Compiled, only: Collection[int] | None = None) -> list[tuple[int, Correlation]]:
    """Return the correlations with their numbers, each after those it gathers; `only` some of them.

    Raises:
        InputError: correlations that gather each other.

    """
    first = len(compiled.rules)
    wanted = {first + place: one for place, one in enumerate(compiled.correlations)}
    needs = {number: [inner for inner in one.rules if inner >= first] for number, one in wanted.items()}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = ", ".join(sorted({compiled.about(number).title for number in error.args[1]}))
        raise InputError(
            Text(
                fr="ces corrélations se nomment l'une l'autre en rond",
                en="these correlations name each other in a circle",
            ),
            circle,
        ) from None
    return [(number, wanted[number]) for number in order if only is None or number in only]


def correlate(matched: pa.Table, compiled: Compiled, only: Collection[int] | None = None) -> pa.Table:
    """Return what the correlations find in a table of matches, as the room's page says (`correlation.__doc__`).

    Args:
        matched: rows of `matched.matched_schema`, in any order.
        compiled: the rules whose numbers it holds.
        only: numbers of the correlations to look for, those they gather included; None for all.

    Returns:
        Table of CORRELATED, by rule, first moment and rows; `rows` are those of `matched`.

    """
    return correlate_and_count(matched, compiled, only)[0]


def correlate_and_count(
    matched: pa.Table, compiled: Compiled, only: Collection[int] | None = None
) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Return what `correlate` does, and what each correlation could not gather."""
    order = order_of(matched)
    matches = Matches(matched.take(pa.array(order)))
    found: dict[int, Found] = {}
    left: list[LeftOut] = []
    tables = []
    for number, correlation in correlations_of(compiled, only):
        elements, out = gathered(number, correlation, matches, found)
        found[number], valueless = evaluate(number, correlation, matches, elements)
        left.append(out._replace(valueless=valueless))
        tables.append(found[number].table(matches, np.arange(len(found[number]))))
    result = by_moment(pa.concat_tables([CORRELATED.empty_table(), *tables]))
    rows = result["rows"].combine_chunks()
    given = pa.ListArray.from_arrays(rows.offsets, pa.array(order[rows.values.to_numpy()]))
    return result.set_column(CORRELATED.get_field_index("rows"), CORRELATED.field("rows"), given), tuple(sorted(left))


def gathered(
    number: int, correlation: Correlation, matches: Matches, found: dict[int, Found]
) -> tuple[Elements, LeftOut]:
    """Return all that a correlation gathers: matches of simple rules, and what inner correlations found."""
    simple, out = matched_elements(number, correlation, matches)
    parts, keyless = [simple], out.keyless
    for rule in sorted(set(correlation.rules) & set(found)):
        inner = found[rule]
        if gathers_events(correlation):
            elements = members(correlation, inner, matches)
        else:
            elements = whole(correlation, inner, matches, np.arange(len(inner)))
        having, without = with_keys(elements)
        parts.append(having)
        keyless += without
    whole_set = joined(parts, len(correlation.group_by)) if len(parts) > 1 else simple
    return whole_set, out._replace(keyless=keyless)


def by_moment(correlated: pa.Table) -> pa.Table:
    """Return a table of CORRELATED by rule, first moment, last moment and keys: one order whatever the engine."""
    keys = pa.array(["\x00".join(words) for words in correlated["keys"].to_pylist()], pa.string())
    sortable = correlated.append_column("key", keys)
    sorting = [(name, "ascending") for name in ("rule", "first", "last", "key")]
    return sortable.sort_by(sorting).drop_columns(["key"]).combine_chunks()
