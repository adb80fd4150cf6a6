"""The navigation: each room of pages puts its entries here when it starts; a person sees what their roles open."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from rempart.hub.accounts.scope import Scope


class Place(StrEnum):
    """Where an entry stands."""

    MAIN = "main"
    ACCOUNT = "account"
    FOOTER = "footer"


def everybody(scope: "Scope") -> bool:  # noqa: ARG001 — the shape of every predicate
    """Open the entry to all, signed in or not."""
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation: `view` is the name of its address, `rank` its place from left to right."""

    label: str | Promise
    view: str
    rank: int = 50
    opens_to: Callable[["Scope"], bool] = everybody
    place: Place = Place.MAIN


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a page shows it; `current` is what `aria-current` says: the page itself, or a page below it."""

    label: str | Promise
    url: str
    current: str = ""


_entries: list[Entry] = []


def register(*entries: Entry) -> None:
    """Add entries; called once by each room of pages, when Django is ready."""
    _entries.extend(entry for entry in entries if entry not in _entries)
    _entries.sort(key=lambda entry: entry.rank)


def links(request: HttpRequest, place: Place) -> list[Link]:
    """Return the links the person of `request` may follow, in order; one at most is current."""
    from rempart.hub.accounts.scope import Scope  # noqa: PLC0415 — rooms register before Django knows its models

    scope = Scope.of(request.user) if hasattr(request, "user") else Scope()
    open_to_them = [entry for entry in _entries if entry.place is place and entry.opens_to(scope)]
    addresses = [reverse(entry.view) for entry in open_to_them]
    above = [address for address in addresses if address != "/" and request.path.startswith(address)]
    nearest = max(above, key=len, default="/" if request.path == "/" else "")
    return [
        Link(entry.label, address, _current(request.path, address) if address == nearest else "")
        for entry, address in zip(open_to_them, addresses, strict=True)
    ]


def _current(path: str, address: str) -> str:
    return "page" if path == address else "true"
