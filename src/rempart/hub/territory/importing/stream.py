"""Walking a large JSON object without building it whole: the elements of its arrays come one at a time."""

import json
import re
from collections.abc import Iterator

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text

_BLANK = re.compile(r"[ \t\r\n]*")


def members(text: str, file: str) -> Iterator[tuple[str, int, object]]:
    """Yield `(key, number, value)` for a JSON object: each element of an array value with its number from 1, else 0.

    Raises:
        InputError: not JSON, or not an object; the line is named.

    """
    try:
        yield from _walk(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        why = error.msg if isinstance(error, json.JSONDecodeError) else "nesting"
        raise InputError(
            Text(fr=f"JSON mal formé, ligne {line} : {why}", en=f"malformed JSON, line {line}: {why}"),
            file,
            Text(fr="Téléchargez le fichier de nouveau : il est coupé ou abîmé.", en="Download it again: it is cut."),
        ) from error


def _walk(text: str) -> Iterator[tuple[str, int, object]]:
    decode = json.JSONDecoder().raw_decode
    at = _expect(text, 0, "{")
    at = _skip(text, at)
    while not text.startswith("}", at):
        key, at = decode(text, at)
        at = _expect(text, at, ":")
        at = _skip(text, at)
        if text.startswith("[", at):
            number, at = 0, _skip(text, at + 1)
            while not text.startswith("]", at):
                value, at = decode(text, at)
                number += 1
                yield str(key), number, value
                at = _next(text, at, "]")
            at += 1
        else:
            value, at = decode(text, at)
            yield str(key), 0, value
        at = _next(text, at, "}")
    if _skip(text, at + 1) != len(text):
        raise json.JSONDecodeError("text after the end", text, at + 1)


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise json.JSONDecodeError(f"{sign} expected", text, at)
    return at + 1


def _next(text: str, at: int, end: str) -> int:
    """Return where the next member begins, or where `end` stands."""
    at = _skip(text, at)
    return at if text.startswith(end, at) else _skip(text, _expect(text, at, ","))
