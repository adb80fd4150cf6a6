"""A night as one self-contained page: no request leaves it, nothing in it needs a script to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rempart.detection.alerts.advice import advice
from rempart.detection.alerts.alert import Alert, Reference
from rempart.detection.alerts.levels import LEVELS, rank
from rempart.detection.alerts.result import DetectionResult
from rempart.detection.alerts.triage import Triage
from rempart.detection.events import NULL, TEXT
from rempart.detection.render.drawing import Timeline
from rempart.detection.render.marking import marked
from rempart.detection.render.shown import AlertView
from rempart.detection.render.view import View
from rempart.detection.render.wording import terms
from rempart.detection.rules.form import About
from rempart.measurement.render.html import environment, page_values
from rempart.measurement.render.view import visible
from rempart.measurement.render.words import own_terms
from rempart.measurement.report import Term
from rempart.measurement.text import Language

UNFOLDED = 1
"""Incidents shown open."""
FIRST_ACTIONS = 3
ROWS = 12
"""Rows of a timeline shown at once."""
MOST_ROWS = 500
"""Rows of any table, and alerts of the page; the JSON file has them all."""
PLACES = 5


@dataclass(frozen=True)
class Group:
    """Alerts under one title."""

    title: str
    total: int
    alerts: Sequence[AlertView]


def render(
    result: DetectionResult, language: Language, *, triage: Triage | None = None, file: str = "", most: int = MOST_ROWS
) -> str:
    """Return the page.

    Args:
        result: what to show.
        language: of the reader.
        triage: what people said of it so far.
        file: where the JSON of the result stands, for the commands that are shown.
        most: alerts on the page, and rows of a table.

    """
    view = View(result, language, triage)
    words = view.said.words
    glossary = sorted(_terms(), key=lambda term: words.text(term.name).casefold())
    made = environment(words, glossary, package=__package__)
    groups = _groups(view, most)
    return made.get_template("incidents.html.jinja").render(
        **page_values(words, f"{view.head} – {result.name} – {words('product')}", style=_style()),
        said=view.said,
        view=view,
        result=result,
        result_file=file or "resultat.json",
        portal=advice().cert.portal,
        terms=glossary,
        groups=groups,
        shown_alerts=sum(len(group.alerts) for group in groups),
        unfolded=UNFOLDED,
        first=FIRST_ACTIONS,
        rows=ROWS,
        most=most,
        places=PLACES,
        timeline=lambda shown: Timeline(shown, view.said),
        marked=marked,
        event_of=event_of,
        level_of=level_of,
        place_of=lambda place: place_of(place, view),
    )


def _terms() -> list[Term]:
    """Return the house's jargon and the engine's; the engine's word wins."""
    own = {term.name.fr: term for term in (*own_terms(), *terms())}
    return list(own.values())


def _groups(view: View, most: int) -> list[Group]:
    """Return the alerts by incident, then the isolated ones, at most `most` in all."""
    told = [(shown.title, shown.alerts) for shown in view.incidents]
    told += [(view.said("alerts_lone"), view.lone)] if view.lone else []
    groups: list[Group] = []
    left = most
    for title, alerts in told:
        if left > 0:
            groups.append(Group(title, len(alerts), alerts[:left]))
        left -= len(alerts)
    return groups


def event_of(alert: Alert) -> list[tuple[str, str]]:
    """Return the fields of the whole event, as visible text, lists on one line."""
    told = []
    whole = alert.event or {}
    for name, value in sorted(whole.items()):
        if name == TEXT and len(whole) > 1:
            continue  # the same values again, as keyword rules read them
        values = (value,) if isinstance(value, str) else value
        told.append((visible(name), " ; ".join("null" if each == NULL else visible(each) for each in values)))
    return told


def place_of(place: Reference, view: View) -> str:
    """Return where an event stands, for people."""
    word = "place" if place.length else "place_record"
    return view.said(word, file=place.file, offset=place.offset, length=place.length)


def level_of(about: About) -> str:
    """Return the level of a rule; one that is no level is told as the one it counts as."""
    return LEVELS[rank(about.level)]


@cache
def _style() -> str:
    return files(__package__).joinpath("static", "incidents.css").read_text(encoding="utf-8")
