"""Regular expressions of rules, written for PCRE by habit, for engines that run in linear time (Rust's, Hyperscan)."""

import re
from functools import lru_cache

import polars as pl

from rempart.detection.rules.refused import Unusable
from rempart.measurement.text import Text

LONGEST = 20_000
"""Characters of an expression; longer ones are refused."""

_ANYTHING = ".*"
_TIMES = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}")
_ESCAPES = {"<": "<", ">": ">", "h": r"[ \t]", "Z": r"\n?\z", "e": r"\x1b", "/": "/"}
"""What an escape of PCRE is in Rust, where it is something else there, or nothing."""

_BEYOND = (
    (r"\(\?<?[=!]", "regarde en avant ou en arrière", "look-around"),
    (r"\(\?>", "groupe atomique", "an atomic group"),
    (r"\(\?\(", "groupe conditionnel", "a conditional group"),
    (r"\(\?(?:R|&|P>|[+-]?\d)", "récursion", "recursion"),
    (r"\\[1-9]|\\k|\\g|\(\?P=", "rappel d'un groupe", "a back-reference"),
)


@lru_cache(maxsize=65_536)
def linear(pattern: str, flags: str = "") -> str:
    """Return the expression as Rust's engine writes it, which finds the same texts.

    Leading and trailing `.*` are left out: found somewhere, they change nothing.

    Args:
        pattern: as the rule writes it.
        flags: among "i", "m", "s".

    Raises:
        Unusable: it needs what no linear-time engine does, or is no expression.

    """
    if len(pattern) > LONGEST:
        raise Unusable(
            Text(
                fr=f"expression régulière de plus de {LONGEST} caractères",
                en=f"regular expression longer than {LONGEST} characters",
            )
        )
    written = _translated(_bare(pattern))
    prefix = f"(?{flags})" if flags else ""
    try:
        pl.Series([""]).str.contains(prefix + written, strict=True)
    except pl.exceptions.PolarsError as error:
        raise Unusable(_why(pattern, str(error))) from error
    return written


def _bare(pattern: str) -> str:
    """Leave out what any text satisfies at both ends."""
    while (rest := pattern.removeprefix(_ANYTHING)) not in {"", pattern} and rest[0] not in "?*+{":
        pattern = rest
    while (rest := pattern.removesuffix(_ANYTHING)) not in {"", pattern} and _even(rest):
        pattern = rest
    return pattern


def _even(text: str) -> bool:
    """Tell whether what follows is not escaped: the backslashes that end the text are even in number."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 0


def _translated(pattern: str) -> str:
    """Write for Rust what PCRE writes otherwise: escapes, a bracket in a class, a brace that repeats nothing."""
    written: list[str] = []
    at, in_class = 0, False
    repeated = False  # what stands before is a repetition: `?` makes it lazy, `+` possessive
    while at < len(pattern):
        piece = pattern[at]
        if piece == "\\" and at + 1 < len(pattern):
            piece = pattern[at : at + 2]
            written.append(_ESCAPES.get(piece[1], piece) if not in_class or piece[1] in "<>/" else piece)
        elif in_class:
            piece, in_class = _in_class(pattern, at)
            written.append(piece if piece != "[" else r"\[")
        elif piece == "[":
            piece, in_class = _opening(pattern, at), True
            written.append(piece if not piece.endswith("[", 1) else piece[:-1] + r"\[")
        elif times := _TIMES.match(pattern, at):
            piece = times[0]
            if repeated and piece != "?":
                raise Unusable(_beyond("répétition possessive", "a possessive repetition"))
            repeated = not repeated
            written.append(piece)
            at += len(piece)
            continue
        else:
            written.append(r"\{" if piece == "{" else piece)
        repeated = False
        at += len(piece)
    return "".join(written)


def _opening(pattern: str, at: int) -> str:
    """Return how a class begins: `[`, `[^`, with the `]` or the `[` that may follow as a plain character."""
    end = at + 1
    if pattern[end : end + 1] == "^":
        end += 1
    if pattern[end : end + 1] == "]" or (pattern[end : end + 1] == "[" and pattern[end + 1 : end + 2] != ":"):
        end += 1
    return pattern[at:end]


def _in_class(pattern: str, at: int) -> tuple[str, bool]:
    """Return the next piece inside a class, and whether the class goes on."""
    if pattern[at] == "]":
        return "]", False
    if pattern.startswith("[:", at) and ":]" in pattern[at:]:
        return pattern[at : pattern.index(":]", at) + 2], True
    return pattern[at], True


def _why(pattern: str, error: str) -> Text:
    for sought, fr, en in _BEYOND:
        if re.search(sought, pattern):
            return _beyond(fr, en)
    detail = " ".join(error.split())[-160:]
    return Text(fr=f"expression régulière refusée ({detail})", en=f"regular expression refused ({detail})")


def _beyond(fr: str, en: str) -> Text:
    return Text(
        fr=f"expression régulière qu'aucun moteur à temps garanti ne prend : {fr}",
        en=f"regular expression that no linear-time engine takes: {en}",
    )
