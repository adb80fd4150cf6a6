r"""Regular expressions made quick: `\d`, `\w`, `\s`, `\S` mean ASCII, which the engine reads byte by byte."""

from functools import cache

_INSIDE = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\r\n"}
_OUTSIDE = {"d": "[0-9]", "w": "[0-9A-Za-z_]", "s": r"[ \t\r\n]", "S": r"[^ \t\r\n]"}


@cache
def plain(pattern: str) -> str:
    """Return a pattern whose classes are of ASCII; everything else in it stays."""
    made: list[str] = []
    place, opened = 0, -1  # where the first character of a class stands, -1 outside of one
    while place < len(pattern):
        character = pattern[place]
        if character == "\\" and place + 1 < len(pattern):
            letter = pattern[place + 1]
            made.append((_OUTSIDE if opened < 0 else _INSIDE).get(letter, character + letter))
            place += 2
            continue
        if character == "[" and opened < 0:
            opened = place + 1 + (pattern[place + 1 : place + 2] == "^")
        elif character == "]" and place > opened >= 0:
            opened = -1
        made.append(character)
        place += 1
    return "".join(made)
