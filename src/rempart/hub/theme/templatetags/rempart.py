"""The filters and tags every template may use without loading them."""

from django import template

from rempart.hub.common.money import euros as _euros

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """Return an amount in cents as people write it; a dash when there is none."""
    return "–" if cents is None else _euros(cents)
