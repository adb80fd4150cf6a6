"""What an export is made of: columns, and a source that yields rows as one person may see them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise

from rempart.hub.accounts.models import User
from rempart.hub.accounts.scope import Scope

Cell = str | int | Decimal | datetime | date | bool | None
Filters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a short stable key, its title for people, and how its cell is read from a row."""

    key: str
    title: str | Promise
    value: Callable[[Any], Cell]


class Source(ABC):
    """Rows of one kind. Everything it reads goes through `visible_to(user)`, so that it can leak nothing."""

    columns: ClassVar[tuple[Column, ...]]

    @abstractmethod
    def allows(self, scope: Scope) -> bool:
        """Return whether a person of that scope may ask for this kind at all."""

    @abstractmethod
    def count(self, user: User, filters: Filters) -> int:
        """Return how many rows `user` would get."""

    @abstractmethod
    def rows(self, user: User, filters: Filters) -> Iterator[Any]:
        """Yield the rows in a stable order, in chunks, never all in memory."""

    def application_id(self, row: Any) -> int | None:  # noqa: ANN401 — each source has its own rows
        """Return the file a row speaks of, when it speaks of one."""
        return getattr(row, "application_id", None)

    def clean(self, user: User, filters: Filters) -> dict[str, object]:
        """Return the filters as they may be kept: known names, values that JSON holds.

        Raises:
            Refusal: a filter's value is not one.

        """
        del user
        return dict(filters)

    def chosen(self, keys: Iterable[str]) -> tuple[Column, ...]:
        """Return the columns of these keys in that order; all of them when none is known."""
        known = {column.key: column for column in self.columns}
        return tuple(known[key] for key in dict.fromkeys(keys) if key in known) or self.columns


def euros_of(cents: int | None) -> Decimal | None:
    """Return an amount in euros, as a spreadsheet adds it up."""
    return None if cents is None else Decimal(cents) / 100
