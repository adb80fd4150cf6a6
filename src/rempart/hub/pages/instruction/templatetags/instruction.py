"""Words for what the queue counts."""

from django import template
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def verdict_words(colour: str, number: int) -> str:
    """Return a count of verdicts in words: `3 à examiner`."""
    words = {
        "met": ngettext("%(number)d verdict au vert", "%(number)d verdicts au vert", number),
        "to_review": ngettext("%(number)d à examiner", "%(number)d à examiner", number),
        "unmet": ngettext("%(number)d non atteint", "%(number)d non atteints", number),
        "missing": ngettext("%(number)d preuve manquante", "%(number)d preuves manquantes", number),
    }
    return words[colour] % {"number": number}


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
