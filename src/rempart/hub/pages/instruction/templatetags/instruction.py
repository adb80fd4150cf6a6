"""Words for what the queue counts."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext_lazy

register = template.Library()
_WORDS = {
    "met": ngettext_lazy("%(number)d verdict au vert", "%(number)d verdicts au vert", "number"),
    "to_review": ngettext_lazy("%(number)d à examiner", "%(number)d à examiner", "number"),
    "unmet": ngettext_lazy("%(number)d non atteint", "%(number)d non atteints", "number"),
    "missing": ngettext_lazy("%(number)d preuve manquante", "%(number)d preuves manquantes", "number"),
}


@register.filter
def verdict_words(colour: str, number: int) -> str:
    """Return a count of verdicts in words: `3 à examiner`."""
    return _WORDS[colour] % {"number": number}


@register.simple_tag
def verdict_badge(colour: str, number: int) -> SafeString:
    """Draw how many verdicts of a colour; a queue holds a hundred of them, and few are different."""
    return _verdict_badge(colour, number, get_language())


@lru_cache(maxsize=1024)
def _verdict_badge(colour: str, number: int, language: str | None) -> SafeString:
    del language  # part of the key: the words are in it
    return render_to_string("instruction/verdict.html", {"colour": colour, "number": number})


@register.filter
def label_css(colour: str) -> str:
    """Return the class of the theme that paints a label of that colour."""
    return {
        "grey": "neutral",
        "teal": "moving",
        "ochre": "attention",
        "violet": "accepted",
        "brick": "unmet",
        "green": "met",
    }.get(colour, "neutral")
