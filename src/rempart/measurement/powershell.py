"""Fill a command template with values of the directory, so that no value can ever become a command.

A template writes `{dn}` where the value of the column `dn` goes, and doubles PowerShell's own braces: `@{{ a = 1 }}`.
A value always becomes one single-quoted literal, where PowerShell expands nothing
(about_Quoting_Rules); its parser also takes the four typographic apostrophes for a quote, so these are doubled too.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from rempart.measurement.text import Text

_BRACES = re.compile(r"\{\{|\}\}|\{([A-Za-z][A-Za-z0-9_]*)\}|[{}]")
_APOSTROPHE = re.compile("['\u2018\u2019\u201a\u201b]")
_QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLE_QUOTES = '"\u201c\u201d\u201e'
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories nobody can read in a command: control, format (writing direction), surrogate, line breaks."""

UNREADABLE = Text(
    fr="la valeur contient des caractères invisibles ou de contrôle : agissez à la main après vérification",
    en="the value holds invisible or control characters: act by hand after checking",
)
AMBIGUOUS = Text(
    fr="la valeur contient un guillemet, ou commence ou finit par un signe que la commande comprendrait mal",
    en="the value holds a double quote, or starts or ends with a sign the command would misread",
)
MISSING = Text(fr="la valeur n'a pas été lue", en="the value was not read")
FAULTY = Text(fr="le modèle de commande est fautif", en="the command template is faulty")


class Unquotable(ValueError):  # noqa: N818 — it names the value, it is no failure of the program
    """A value that must not enter a command; `why` says the reason to people."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class Filled(NamedTuple):
    """A command ready to copy, or the reason why none is given."""

    command: str | None
    refused: Text | None


def quote(value: str) -> str:
    """Return `value` as one PowerShell literal.

    Double quotes and a final backslash are refused as well: harmless to PowerShell, they would be read again by the
    native tools (dsacls, certutil) it passes them to.

    Raises:
        Unquotable: the value holds something nobody could check by eye, or that a tool would take for an option.

    """
    if not value.isprintable() and any(unicodedata.category(sign) in _HIDDEN for sign in value):
        raise Unquotable(UNREADABLE)
    if not value:
        raise Unquotable(MISSING)
    if any(sign in value for sign in _DOUBLE_QUOTES) or value.endswith("\\") or value[0] in "-/@%":
        raise Unquotable(AMBIGUOUS)
    return "'" + _APOSTROPHE.sub(lambda sign: sign.group() * 2, value) + "'"


def placeholders(template: str) -> frozenset[str]:
    """Return the names a template asks for."""
    return frozenset(name for name in _BRACES.findall(template) if name)


def faults(template: str, known: Collection[str]) -> list[str]:
    """Return what is wrong with a template, in English, for the tests over a catalogue.

    `known` are the columns its control may offer. A placeholder inside quotes would be quoted twice, or expanded.
    """
    unknown = sorted(placeholders(template) - set(known))
    found = [f"unknown placeholder {{{name}}}" for name in unknown]
    return [*found, *_misplaced(template)]


def fill(template: str | None, values: Mapping[str, object]) -> Filled:
    """Return the command for one subject, or why there is none. `values` are the columns of its row."""
    if template is None:
        return Filled(None, None)
    if _misplaced(template):
        return Filled(None, FAULTY)

    def literal(match: re.Match[str]) -> str:
        if not match.group(1):
            return match.group()[0]
        value = values.get(match.group(1))
        if value is None:
            raise Unquotable(MISSING)
        return quote(str(value))

    try:
        return Filled(_BRACES.sub(literal, template).strip("\n"), None)
    except Unquotable as error:
        return Filled(None, error.why)


@cache
def _misplaced(template: str) -> list[str]:
    """Return the placeholders inside a quoted string or glued to a word, the lone braces and the block comments.

    In a comment of one line a value is harmless, for it holds no line break; it could close a block comment. A loop
    over characters: templates are a few lines, read once a control.
    """
    found = ["block comment: write # before each line"] if "<#" in template else []
    closing = ""
    spots = {match.start(): match for match in _BRACES.finditer(template)}
    for place, sign in enumerate(template):
        match = spots.get(place)
        if match and match.group() in {"{", "}"}:
            found.append("lone brace: PowerShell's own braces are doubled")
        elif match and match.group(1) and closing != "\n" and (closing or _touches_a_word(template, match)):
            found.append(f"placeholder {match.group()} inside quotes or glued to a word")
        closing = ("" if sign in closing else closing) if closing else _closing(sign)
    return found


def _closing(sign: str) -> str:
    """Return the signs that end what `sign` opens."""
    if sign == "#":
        return "\n"
    return next((quotes for quotes in (_QUOTES, _DOUBLE_QUOTES) if sign in quotes), "")


def _touches_a_word(template: str, match: re.Match[str]) -> bool:
    before = template[match.start() - 1] if match.start() else " "
    after = template[match.end()] if match.end() < len(template) else " "
    return not (before in " \t\n(,=;|{[]@:" and after in " \t\n),;|}.")
