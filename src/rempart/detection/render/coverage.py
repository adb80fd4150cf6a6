"""The map of ATT&CK for this hospital: what its rules and its logs let it see, as one self-contained page."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from rempart.detection.alerts.attack import Technique, attack, technique_of
from rempart.detection.rules.form import About
from rempart.measurement.render.html import environment, page_values
from rempart.measurement.render.words import Words
from rempart.measurement.text import Language

_EXAMPLES = 3
_FIRST_LOGS = 12
_MANY = 4


class State(StrEnum):
    """What can be said of a technique, named as the house's states so that its colour, icon and shape are theirs."""

    ACTIVE = "satisfied"
    WAITING = "to_review"
    NOTHING = "not_applicable"


_WORDS = {State.ACTIVE: "active", State.WAITING: "waiting", State.NOTHING: "nothing"}


@dataclass(frozen=True)
class Cell:
    """A technique: the rules that can see it here, and those whose logs are missing."""

    id: str
    technique: Technique
    active: tuple[About, ...]
    waiting: tuple[About, ...]

    @property
    def state(self) -> State:
        """Return what can be said of it."""
        return State.ACTIVE if self.active else State.WAITING if self.waiting else State.NOTHING

    @property
    def heat(self) -> int:
        """Return how many rules look for it, from 0 to 3: none, one, some, many."""
        rules = len(self.active or self.waiting)
        return min(rules, 1) + (rules > 1) + (rules > _MANY)

    @property
    def link(self) -> str:
        """Return its page at MITRE."""
        return f"https://attack.mitre.org/techniques/{self.id}/"


@dataclass(frozen=True)
class Wanted:
    """A kind of log that is missing: how many rules wait for it, and the techniques it alone would add."""

    logsource: str
    rules: int
    techniques: tuple[str, ...]


def render(
    active: Sequence[About], waiting: Sequence[About], language: Language, *, at: datetime | None, name: str
) -> str:
    """Return the page.

    Args:
        active: the rules that some log of this hospital feeds.
        waiting: the rules whose logs are missing here.
        language: of the page.
        at: when the logs were read; None when none was, so that no rule can be said to see.
        name: of the hospital.

    """
    words, said = Words(language), _said(language)
    cells = cells_of(active, waiting)
    counts = {state: sum(cell.state is state for cell in cells.values()) for state in State}
    tagged = _techniques((*active, *waiting))
    made = environment(words, (), package=__package__)
    return made.get_template("coverage.html.jinja").render(
        **page_values(words, f"{said('title')} – {name}", style=_style()),
        said=said,
        name=name,
        moment=words.moment(at) if at else None,
        tactics=[(slug, text, _within(slug, cells)) for slug, text in attack().tactics.items()],
        cells=list(cells.values()),
        counts=counts,
        words_of=_WORDS,
        log_name=lambda code: _log_name(code, language),
        wanted=wanted(cells, waiting)[:_FIRST_LOGS],
        rules=len(active) + len(waiting),
        unknown=sorted(set(tagged) - set(attack().techniques)),
        untagged=sum(not any(map(technique_of, about.tags)) for about in (*active, *waiting)),
        examples=_EXAMPLES,
        tactic_names={slug: words.text(text) for slug, text in attack().tactics.items()},
    )


def cells_of(active: Iterable[About], waiting: Iterable[About]) -> dict[str, Cell]:
    """Return every technique of the matrix, with its rules."""
    seen, lacking = _techniques(active), _techniques(waiting)
    return {
        name: Cell(name, technique, tuple(seen.get(name, ())), tuple(lacking.get(name, ())))
        for name, technique in attack().techniques.items()
    }


def wanted(cells: Mapping[str, Cell], waiting: Iterable[About]) -> list[Wanted]:
    """Return the missing logs, those that would show the most techniques first."""
    by_log: dict[str, list[About]] = {}
    for about in waiting:
        by_log.setdefault(about.logsource, []).append(about)
    found = []
    for logsource, rules in by_log.items():
        names = {name for name in _techniques(rules) if name in cells and cells[name].state is State.WAITING}
        found.append(Wanted(logsource, len(rules), tuple(sorted(names))))
    return sorted(found, key=lambda one: (-len(one.techniques), -one.rules, one.logsource))


def _techniques(rules: Iterable[About]) -> dict[str, list[About]]:
    """Return the rules by the technique they name."""
    found: dict[str, list[About]] = {}
    for about in rules:
        for name in sorted({name for name in map(technique_of, about.tags) if name}):
            found.setdefault(name, []).append(about)
    return found


def _within(slug: str, cells: Mapping[str, Cell]) -> list[Cell]:
    order = list(State)
    inside = [cell for cell in cells.values() if slug in cell.technique.tactics]
    return sorted(inside, key=lambda cell: (order.index(cell.state), -len(cell.active), -len(cell.waiting), cell.id))


@cache
def _entries() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("coverage.toml").read_text(encoding="utf-8"))


def _said(language: Language) -> Callable[..., str]:
    words = Words(language)

    def said(word: str, n: int | None = None, **values: object) -> str:
        entry = _entries()[word]
        many = n is not None and (n > 1 if language is Language.FR else n != 1)
        sentence: str = entry.get(f"{language}_many", entry[language]) if many else entry[language]
        filled = sentence.format(**({"n": words.number(n)} if n is not None else {}), **values)
        return filled.replace(" :", "\u00a0:").replace(" ;", "\u00a0;")

    return said


def _log_name(code: str, language: Language) -> str:
    """Return what a logsource is, for people; a rule writes it `product/category/service`, parts may be empty."""
    short = "/".join(part for part in code.split("/") if part)
    name: str = _entries()["logs"].get(short, {}).get(language, short)
    return name.replace(" :", "\u00a0:")


@cache
def _style() -> str:
    return files(__package__).joinpath("static", "coverage.css").read_text(encoding="utf-8")
