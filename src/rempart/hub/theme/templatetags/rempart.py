"""The filters and tags every template may use without loading them."""

from datetime import date, datetime
from itertools import count

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markupsafe import Markup

from rempart.hub.common.clock import PARIS
from rempart.hub.common.money import euros as _euros
from rempart.hub.theme import pieces
from rempart.hub.theme.glossary import glossary
from rempart.hub.theme.tones import Tone, tone_of
from rempart.measurement.render.rampart import COURSES, Course, State, to_svg
from rempart.measurement.render.words import Words
from rempart.measurement.text import Language, Text

register = template.Library()
DASH = "–"


def language() -> Language:
    """Return the language of the page, as the kernel names it."""
    return Language.EN if translation.get_language() == "en" else Language.FR


@register.filter
def euros(cents: int | None) -> str:
    """Return an amount in cents as people write it; a dash when there is none."""
    return DASH if cents is None else _euros(cents)


@register.filter
def say(text: Text | str | None) -> str:
    """Return a text of the kernel in the language of the page."""
    return text.say(language()) if isinstance(text, Text) else str(text or "")


ENGINES = {
    "directory": Text(fr="Annuaire technique", en="Technical directory"),
    "exposure": Text(fr="Exposition sur internet", en="Internet exposure"),
    "detection": Text(fr="Détection", en="Detection"),
    "continuity": Text(fr="Continuité", en="Continuity"),
    "identity": Text(fr="Identité", en="Identity"),
}


@register.filter
def engine_name(code: str) -> str:
    """Return the name of an engine as people say it; its code when nobody named it."""
    return say(ENGINES.get(code, code))


@register.filter
def tone(state: object) -> Tone:
    """Return the look of a state."""
    return tone_of(state)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon: `<c-icon>` without the cost of a component, for lists."""
    return pieces.icon(str(name))


@register.simple_tag
def badge(state: object, label: object = "", plain: object = "") -> SafeString:
    """Draw a state: `<c-badge>` without the cost of a component, for lists."""
    return pieces.badge(state, label, plain=plain)


@register.filter
def full_date(day: date | datetime | None) -> str:
    """Return a date in full: `15 janvier 2026`; a moment is read as its Paris day."""
    if day is None:
        return DASH
    if isinstance(day, datetime):
        day = timezone.localtime(day, PARIS).date()
    written = date_format(day, "j F Y")
    return f"1er{written[1:]}" if day.day == 1 and language() is Language.FR else written


@register.filter
def moment(at: datetime | None) -> str:
    """Return a moment in full, with its zone: `15 janvier 2026 à 23 h 59 (heure de Paris)`."""
    if at is None:
        return DASH
    local = timezone.localtime(at, PARIS)
    return _("%(day)s à %(hour)s h %(minute)s (heure de Paris)") % {
        "day": full_date(local),
        "hour": local.strftime("%H").lstrip("0") or "0",
        "minute": local.strftime("%M"),
    }


@register.filter
def percent(share: float | None) -> str:
    """Return a share (0 to 1) as people write it: `66,7 %`."""
    if share is None:
        return DASH
    shown = f"{float(share) * 100:.1f}".removesuffix(".0")
    return f"{shown.replace('.', ',') if language() is Language.FR else shown}\u00a0%"


@register.simple_tag
def rampart(level: int | None, at_most: object = None) -> Markup:
    """Draw a level from 1 to 5 as courses of stone; `at_most` outlines the last one, that something unseen may deny."""
    reached = int(level or 0)
    unproven = reached if at_most else 0
    return to_svg(tuple(_course(rank, reached, unproven) for rank in range(1, COURSES + 1)), Words(language()))


def _course(rank: int, reached: int, unproven: int) -> Course:
    state = State.MISSING if rank > reached else State.UNPROVEN if rank == unproven else State.LAID
    return Course(rank, state, failed=0, unknown=0)


@register.simple_tag(takes_context=True)
def glossary_entry(context: Context, name: str) -> dict[str, object] | None:
    """Return the definition of a word by its slug, with a number that tells its uses on a page apart."""
    found = glossary().get(str(name))
    if found is None:
        return None
    uses = context["request"].__dict__.setdefault("_glossary_uses", count(1))
    return {"slug": found.slug, "name": say(found.name), "meaning": say(found.meaning), "use": next(uses)}


@register.filter
def page_numbers(page: Page[object]) -> list[int | None]:
    """Return the numbers a pagination shows; None stands for a gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in shown]


@register.simple_tag(takes_context=True)
def page_address(context: Context, name: str, number: int) -> str:
    """Return the address of another page of the same list, its filters and its order kept."""
    query = context["request"].GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"
