"""A report as one self-contained page: no request leaves it, nothing in it needs a script to be read."""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from rempart.measurement.annex import Annex
from rempart.measurement.compare import Change, Trend
from rempart.measurement.render.drawing import map_svg, path_svg, trend_svg
from rempart.measurement.render.rampart import explain, to_svg
from rempart.measurement.render.view import STATES, View, visible
from rempart.measurement.render.words import Words, own_terms
from rempart.measurement.report import Report, Term
from rempart.measurement.text import Language
from rempart.measurement.verdict import Status

FIRST_STEPS = 5
MAX_ROWS = 1000
_FONTS = (
    ("Atkinson Hyperlegible", 400, "AtkinsonHyperlegible-Regular"),
    ("Atkinson Hyperlegible", 700, "AtkinsonHyperlegible-Bold"),
    ("Atkinson Hyperlegible Mono", 400, "AtkinsonHyperlegibleMono-Regular"),
)


def render(report: Report, language: Language, *, history: Trend | None = None, max_rows: int = MAX_ROWS) -> str:
    """Return the page of a report.

    `history` adds how things changed since earlier reports. Tables stop at `max_rows` rows a threshold, and say the
    total.
    """
    view = View(report, language)
    terms = view.terms()
    made = environment(view.words, terms)
    return made.get_template("report.html.jinja").render(
        **page_values(view.words, f"{view.level} – {', '.join(report.perimeter.names)} – {view.words('product')}"),
        report=report,
        view=view,
        trend=history,
        steps=view.steps(),
        first=FIRST_STEPS,
        terms=terms,
        max_rows=max_rows,
        rampart=to_svg(view.wall, view.words),
        explain=lambda course: explain(course, view.words),
        draw_path=lambda path: path_svg(path, view.words),
        draw_map=lambda annex: map_svg(annex, view.words),
        known_states=(*STATES, "to_review"),
        **_trend_tools(view.words),
    )


def render_trend(trend: Trend, language: Language) -> str:
    """Return the page of a comparison."""
    words = Words(language)
    made = environment(words, own_terms())
    title = f"{words('trend_title')} – {', '.join(trend.names)} – {words('product')}"
    return made.get_template("trend.html.jinja").render(**page_values(words, title), trend=trend, **_trend_tools(words))


def _trend_tools(words: Words) -> dict[str, object]:
    return {
        "draw_trend": lambda trend: trend_svg(trend, words),
        "changes": tuple(Change),
        "statuses": (Status.FAILED, Status.NOT_EVALUATED, Status.SATISFIED, Status.NOT_APPLICABLE),
    }


def page_values(words: Words, title: str, *, style: str = "") -> dict[str, object]:
    """Return what `base.html.jinja` asks for. `style` adds the shapes of a page that is no report."""
    style, script = _style() + style, _static("report.js")
    return {
        "w": words,
        "language": words.language.value,
        "colon": "\u00a0:" if words.language is Language.FR else ":",
        "title": visible(title),
        "style": Markup(style),  # noqa: S704 — the house's own files and fonts
        "script": Markup(script),  # noqa: S704 — the house's own file
        "style_hash": _hash(style),
        "script_hash": _hash(script),
    }


@cache
def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    """Return the tokens and shapes with the fonts inside, so that the page reads the same everywhere."""
    faces = []
    for family, weight, name in _FONTS:
        raw = base64.b64encode(files(__package__).joinpath("fonts", f"{name}.woff2").read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
            f"src:url(data:font/woff2;base64,{raw}) format('woff2')}}"
        )
    return "\n".join([*faces, _static("tokens.css"), _static("report.css")])


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def environment(words: Words, terms: Sequence[Term], *, package: str | None = None) -> Environment:
    """Return the templates of the house, after those of the package of another page."""
    packages = (package, __package__) if package else (__package__,)
    made = Environment(
        loader=ChoiceLoader([PackageLoader(one) for one in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["figures"] = _figures
    made.filters.update(
        visible=visible,
        jargon=_jargon(words, terms),
        capitalise=lambda text: text[:1].upper() + text[1:].rstrip("."),
        lower_first=lambda text: text[:1].lower() + text[1:],
        short_link=lambda link: link.removeprefix("https://").removeprefix("www."),
    )
    return made


def _figures(annex: Annex, column: int) -> bool:
    """Tell whether a column of an annex holds figures, which line up on the right."""
    values = [row[column] for row in annex.rows if row[column] is not None]
    return bool(values) and all(isinstance(value, int | float) for value in values)


def _jargon(words: Words, terms: Sequence[Term]) -> Callable[[str], Markup]:
    """Return a filter that escapes a text and turns the first use of each term into a button for its bubble."""
    names = {words.text(term.name).casefold(): rank for rank, term in enumerate(terms)}
    longest_first = sorted((words.text(term.name) for term in terms), key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(_sought, longest_first))})(?!\w)", re.IGNORECASE)

    def explain_terms(text: str) -> Markup:
        text = visible(text)
        parts: list[Markup] = []
        place = 0
        met: set[int] = set()
        for match in pattern.finditer(text):
            rank = names[match.group().casefold()]
            if rank in met:
                continue
            met.add(rank)
            button = Markup('<button type="button" class="term" popovertarget="term-{}">{}</button>')
            parts += [escape(text[place : match.start()]), button.format(rank, match.group())]
            place = match.end()
        return Markup("").join([*parts, escape(text[place:])])

    return explain_terms


def _sought(name: str) -> str:
    """Return the pattern of a term: an acronym keeps its capitals, for the unit OU is not the word « ou »."""
    return f"(?-i:{re.escape(name)})" if name.isupper() else re.escape(name)
