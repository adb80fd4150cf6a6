"""What anybody may know of a call: counts by kind and by region, where no figure tells of fewer than five files.

A figure from one to four is not shown: it goes, with the next smallest ones as needed, to a line of the others, so that
neither the line nor the difference with the total gives it back. What is too small even together is not said at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rempart.hub.dashboards.cube import Counts, Cube
from rempart.hub.dashboards.steps import Step
from rempart.hub.funding.ledger.models import Account

SMALLEST = 5
OTHERS = "others"
TOTAL = "total"
MONEY = {"committed_cents": (Account.COMMITTED, Step.VALIDATED), "paid_cents": (Account.PAID, Step.PAID)}
"""Amounts and the count that protects each: money is told where the files that hold it are told."""


@dataclass(frozen=True)
class Row:
    """A line of open data: figures by name; None says that the figure is in the line of the others, or not told."""

    group: str
    figures: dict[str, int | None]


def table(groups: Mapping[str, Counts], total: Counts) -> list[Row]:
    """Return the lines of a table: its groups in order, the others when there are any, and the total."""
    columns = {step.value: {group: counts.steps[step] for group, counts in groups.items()} for step in Step}
    told: dict[str, dict[str, int | None]] = {}
    for name, column in columns.items():
        hidden = set() if name == Step.ELIGIBLE else too_small(column)
        told[name] = _column(column, hidden)
    for name, (account, step) in MONEY.items():
        amounts = {group: counts.cents[account] for group, counts in groups.items()}
        told[name] = _column(amounts, too_small(columns[step]), _counted(columns[step]))
    lines = [*groups, OTHERS] if any(column[OTHERS] is not None for column in told.values()) else list(groups)
    rows = [Row(group, {name: column[group] for name, column in told.items()}) for group in lines]
    return [*rows, Row(TOTAL, _total(total))]


def tables(cube: Cube) -> dict[str, list[Row]]:
    """Return the two open tables of a call."""
    whole = cube.total()
    return {"by_kind": table(cube.by_kind(), whole), "by_region": table(dict(sorted(cube.by_region().items())), whole)}


def too_small(column: Mapping[str, int]) -> set[str]:
    """Return the groups whose figure must be told with others: those under five, and more until they are five."""
    hidden = {group for group, count in column.items() if 0 < count < SMALLEST}
    if not hidden:
        return hidden
    rest = sorted((count, group) for group, count in column.items() if count >= SMALLEST)
    while rest and (len(hidden) == 1 or sum(column[group] for group in hidden) < SMALLEST):
        hidden.add(rest.pop(0)[1])
    return hidden


def _counted(column: Mapping[str, int]) -> int:
    return sum(column[group] for group in too_small(column))


def _column(column: Mapping[str, int], hidden: set[str], files: int | None = None) -> dict[str, int | None]:
    """Return a column with its hidden figures summed in the others; `files` is how many files those tell of."""
    together = sum(column[group] for group in hidden)
    enough = (together if files is None else files) >= SMALLEST
    told: dict[str, int | None] = {group: None if group in hidden else figure for group, figure in column.items()}
    return told | {OTHERS: together if hidden and enough else None}


def _total(total: Counts) -> dict[str, int | None]:
    figures: dict[str, int | None] = {
        step.value: None if step is not Step.ELIGIBLE and 0 < count < SMALLEST else count
        for step, count in total.steps.items()
    }
    for name, (account, step) in MONEY.items():
        figures[name] = None if figures[step.value] is None else total.cents[account]
    return figures
