"""What a test looks for and what it found, as a person reads them: in Sigma's own notation."""

from rempart.detection.rules.form import (
    Compare,
    Exists,
    Network,
    Nothing,
    Number,
    OtherField,
    Pattern,
    Regex,
    Test,
    TimePart,
    Wildcard,
)

WIDTH = 200
"""Characters of a value that are shown."""
_SIGNS = {Compare.EQ: "=", Compare.NEQ: "≠", Compare.LT: "<", Compare.LTE: "≤", Compare.GT: ">", Compare.GTE: "≥"}


def sought_in_words(test: Test) -> str:  # noqa: PLR0911 - one sentence a kind of test
    """Return what a test looks for: a pattern with its wildcards, a regular expression between slashes..."""
    match test:
        case Pattern(parts):
            return "".join(part.value if isinstance(part, Wildcard) else _escaped(part) for part in parts) or "''"
        case Regex(pattern, flags):
            return f"/{pattern}/{flags}"
        case Network(cidr):
            return cidr
        case Number(compare, number):
            return f"{_SIGNS[compare]} {number:.15g}"
        case TimePart(part, compare, number):
            return f"{part} {_SIGNS[compare]} {number}"
        case OtherField(field, starts, ends):
            return f"{'' if starts else '*'}{{{field}}}{'' if ends else '*'}"
        case Nothing():
            return "null"
        case Exists():
            return "exists"


def _escaped(text: str) -> str:
    return text.replace("*", "\\*").replace("?", "\\?")


def shown(value: str, test: Test) -> str:
    """Return the value, cut around what was found in it."""
    if len(value) <= WIDTH:
        return value
    at, size = _place(value, test)
    first = max(0, min(at - (WIDTH - size) // 2, len(value) - WIDTH))
    cut = value[first : first + WIDTH]
    return f"{'…' if first else ''}{cut}{'…' if first + WIDTH < len(value) else ''}"


def _place(value: str, test: Test) -> tuple[int, int]:
    """Return where the longest literal of a pattern stands; near enough where lower-casing moves characters."""
    if not isinstance(test, Pattern):
        return 0, 0
    literal = max((part for part in test.parts if not isinstance(part, Wildcard)), key=len, default="")
    at = value.find(literal) if test.cased else value.lower().find(literal.lower())
    if test.parts and not isinstance(test.parts[-1], Wildcard) and literal == test.parts[-1]:
        at = len(value) - len(literal)
    return max(at, 0), min(len(literal), WIDTH)
