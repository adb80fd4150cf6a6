"""Where events of a kind of log are, and what their fields are called there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Entities(NamedTuple):
    """Who and where, in the native fields of a source: of each, the first that is there and says something wins.

    A field that holds the empty text or a lone `-` says nothing: Windows writes so what it does not know.
    """

    host: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    time: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A place where the events of a logsource are.

    Attributes:
        source: a source, or a family of them (`windows/*`).
        codes: the codes of its events, None for all.
        names: native name of a field by its Sigma name; the same when not said.
        demands: what must hold for an event to be one: a native field, and the values it may have.
        others: further native names of a field, by Sigma name: which one an event has depends on who collected it.
        fields: all the native fields its events can have, beside those of the system; None where they vary.
        values: native values by lower-case Sigma value, by Sigma name of a field.
        begins: native text (`?` is one character) by lower-case text that a literal begins with, by Sigma name.
        within: the same for text anywhere in a literal.
        joined: fields whose values, joined by a backslash, are the value of a Sigma field; the last holds none.
        numbers: by Sigma name, expressions whose group is a hexadecimal number, written in decimal there.
        text_only: only for rules that read nothing but text.

    """

    source: str
    codes: tuple[str, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    demands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: frozenset[str] | None = None
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    begins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    within: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    text_only: bool = False

    def natives(self, name: str) -> tuple[str, ...]:
        """Return the native names of a Sigma field, most usual first."""
        if name in self.joined:
            return self.joined[name]
        return (self.names.get(name, name), *self.others.get(name, ()))

    def can_have(self, native: str) -> bool:
        """Tell whether its events can have that native field."""
        return self.fields is None or native in self.fields or native in SYSTEM


SYSTEM = frozenset(
    {
        "EventID",
        "Channel",
        "Provider_Name",
        "Computer",
        "EventRecordID",
        "Security_UserID",
        "Level",
        "Task",
        "Keywords",
        "Opcode",
        "ExecutionProcessID",
    }
)
"""The fields of the system, which every event of Windows has."""
