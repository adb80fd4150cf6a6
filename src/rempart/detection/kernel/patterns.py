"""What a pattern looks for, once its wildcards are read: a literal at one place, or a literal and an exact check."""

from dataclasses import dataclass
from enum import IntEnum

from rempart.detection.rules.form import Pattern, Wildcard


class Shape(IntEnum):
    """Where the literal must stand in the value."""

    EQUALS = 0
    STARTS = 1
    ENDS = 2
    CONTAINS = 3


@dataclass(frozen=True)
class Sought:
    """What to look for in the values of a field.

    Attributes:
        literal: bytes in UTF-8, lower-cased unless the pattern is cased; empty: every value is a candidate.
        shape: where they stand.
        glob: the whole pattern when finding the literal does not prove it.

    """

    literal: bytes
    shape: Shape
    glob: tuple[bytes | Wildcard, ...] = ()


def sought(pattern: Pattern) -> Sought:
    """Return what to look for: the longest literal part of a pattern that has several or a `?`."""
    parts = parts_of(pattern)
    literals = [part for part in parts if not isinstance(part, Wildcard)]
    if len(literals) > 1 or Wildcard.ONE in parts:
        return Sought(max(literals, key=len, default=b""), Shape.CONTAINS, parts)
    if not literals:
        return Sought(b"", Shape.CONTAINS if parts else Shape.EQUALS)
    starts, ends = parts[0] is not Wildcard.ANY, parts[-1] is not Wildcard.ANY
    shapes = {(True, True): Shape.EQUALS, (True, False): Shape.STARTS, (False, True): Shape.ENDS}
    return Sought(literals[0], shapes.get((starts, ends), Shape.CONTAINS))


def parts_of(pattern: Pattern) -> tuple[bytes | Wildcard, ...]:
    """Return the parts as bytes: neighbouring texts joined, neighbouring `*` merged, empty texts left out."""
    parts: list[str | Wildcard] = []
    for part in pattern.parts:
        last = parts[-1] if parts else None
        if isinstance(part, Wildcard):
            if part is Wildcard.ONE or last is not Wildcard.ANY:
                parts.append(part)
        elif part:
            if last is not None and not isinstance(last, Wildcard):
                parts[-1] = last + part
            else:
                parts.append(part)
    return tuple(part if isinstance(part, Wildcard) else _bytes(part, cased=pattern.cased) for part in parts)


def _bytes(part: str, *, cased: bool) -> bytes:
    return (part if cased else part.lower()).encode("utf-8", "surrogatepass")
