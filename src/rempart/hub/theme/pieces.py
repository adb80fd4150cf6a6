"""Small pieces that a page holds by the hundred: drawn from their template once, then kept by each process.

What is kept depends on the arguments alone: no person, no request.
"""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rempart.hub.theme.tones import tone_of

KEPT = 4096


@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """Draw an icon; a name nobody knows is drawn as information."""
    return render_to_string("theme/icon.html", {"name": name})


def badge(state: object, label: object = "", *, plain: object = False) -> SafeString:
    """Draw a state: its colour, its icon, and the label given, else its word in the language of the page."""
    return _badge(str(state or ""), conditional_escape(str(label or "")), bool(plain), get_language())


@lru_cache(maxsize=KEPT)
def _badge(state: str, escaped: SafeString, plain: bool, language: str | None) -> SafeString:  # noqa: FBT001 — a key
    """Draw it; the label is escaped already, so that equal keys are equal drawings. `language` tells words apart."""
    del language
    return render_to_string("theme/badge.html", {"tone": tone_of(state), "label": escaped, "plain": plain})
