"""Regular expressions of the common tongue: those that every engine reads alike on ASCII text, and what they require.

Rules come with expressions of all dialects; the truth is the reading of Polars' engine. An expression made only of the
pieces below means the same to it, to Hyperscan and to Python's parser, which here reads rules, never log text.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from rempart.detection.rules.form import Regex

_ESCAPED = r"\\[\\.*+?()|\[\]{}^$/\"'\-:,;@#%=!]|\\x[0-7][0-9a-fA-F]|\\[sSdDwWtnr]"
_TAME = re.compile(
    rf"(?:\(\?[is]+\))?(?:"
    rf"(?:{_ESCAPED}|\\b|[^\\\[\](){{}}*+?|.^$\x00-\x1f\x7f-\U0010ffff]|\.|\^|\$"
    rf"|\[\^?(?:{_ESCAPED}|(?!--)[^\\\[\]&~\x00-\x1f\x7f-\U0010ffff])+\]|\(\?:|\((?!\?)|\)|\|)"
    rf"(?:(?:[*+?]|\{{\d+(?:,\d*)?\}})\??(?![*+?{{]))?)*"
)
SHORTEST = 3
"""Bytes below which a literal tells too little."""
_MOST_CHOICES = 24
_parser: Any = import_module("re._parser")
Choices = frozenset[str]


def tame(test: Regex) -> bool:
    """Tell whether the expression means the same to every engine, on ASCII text."""
    return "m" not in test.flags and _TAME.fullmatch(test.pattern) is not None


@cache
def required(test: Regex) -> tuple[bytes, ...]:
    """Return literals, lower-cased, of which every ASCII text that matches holds one; none when that is not known."""
    if not tame(test):
        return ()
    try:
        choices = _of_sequence(_parser.parse(test.pattern))
    except (re.error, OverflowError, RecursionError):
        return ()
    return tuple(sorted(choice.encode() for choice in choices))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> Choices:
    """Return the best choices of a sequence: the longest run of characters, or what one of its parts requires."""
    best: Choices = frozenset()
    run = ""
    for kind, value in items:
        character = _character(str(kind), value)
        if character:
            run += character
            best = _better(best, frozenset({run}))
        elif str(kind) != "AT":
            run = ""
            best = _better(best, _of_part(str(kind), value))
    return best


def _character(kind: str, value: Any) -> str:  # noqa: ANN401 - of a parser without types
    """Return the one character, case aside, that a part stands for; empty when there are several."""
    if kind == "LITERAL":
        return chr(value).lower()
    if kind == "IN" and all(str(one) == "LITERAL" for one, _ in value):
        characters = {chr(code).lower() for _, code in value}
        return characters.pop() if len(characters) == 1 else ""
    return ""


def _of_part(kind: str, value: Any) -> Choices:  # noqa: ANN401 - of a parser without types
    if kind == "SUBPATTERN":
        return _of_sequence(value[3])
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _of_sequence(value[2]) if value[0] else frozenset()
    if kind == "BRANCH":
        branches = [_of_sequence(branch) for branch in value[1]]
        return frozenset().union(*branches) if all(branches) else frozenset()
    return frozenset()


def _better(one: Choices, other: Choices) -> Choices:
    """Return the choices whose shortest literal is the longest."""
    return max((one, other), key=_worth)


def _worth(choices: Sequence[str] | Choices) -> int:
    shortest = min((len(choice) for choice in choices), default=0)
    return shortest if shortest >= SHORTEST and len(choices) <= _MOST_CHOICES else 0
