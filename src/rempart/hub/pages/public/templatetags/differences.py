"""What changed inside a sentence, word by word, so that the eye goes to it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django import template

from rempart.hub.funding.calls.compare import NOTHING, FieldChange
from rempart.hub.theme.templatetags.rempart import say

register = template.Library()
ALIKE = 0.5
"""Below this share of common words two sentences have little in common: marking words would only blur them."""

LONG = 9
"""Fewer words and spaces than this are read at a glance, whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; `changed`: the other side does not say them there."""

    text: str
    changed: bool


@register.filter
def words_before(field: FieldChange) -> list[Piece]:
    """Return what a field said, in pieces."""
    return _pieces(say(field.before), say(field.after))


@register.filter
def words_after(field: FieldChange) -> list[Piece]:
    """Return what a field says, in pieces."""
    return _pieces(say(field.after), say(field.before))


def _pieces(shown: str, other: str) -> list[Piece]:
    if shown == NOTHING.fr:
        return [Piece(shown, changed=False)]
    words, others = _words(shown), _words(other)
    match = SequenceMatcher(None, words, others, autojunk=False)
    if len(words) < LONG or match.ratio() < ALIKE:
        return [Piece(shown, changed=True)]
    found = []
    for kind, start, end, _, _ in match.get_opcodes():
        if end > start:
            found.append(Piece("".join(words[start:end]), changed=kind != "equal"))
    return found


def _words(text: str) -> list[str]:
    """Return the words and the spaces between them: joined, they give the text back."""
    return re.findall(r"\s+|\S+", text)
