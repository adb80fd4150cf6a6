"""The words of every rendering, in the reader's language: sentences, plurals, dates in full, figures."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from rempart.measurement.control import Remedy
from rempart.measurement.report import Level, Report, Term
from rempart.measurement.text import Language, Text
from rempart.measurement.verdict import Measure

_DAYS = {
    Language.FR: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    Language.FR: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    Language.EN: "January February March April May June July August September October November December",
}
_COLONS = {Language.FR: " : ", Language.EN: ": "}
_NO_BREAK = "\u00a0"


@cache
def _entries() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def own_terms() -> tuple[Term, ...]:
    """Return the terms the kernel explains in every report."""
    terms: Mapping[str, object] = _entries()["terms"]
    return tuple(Term.model_validate(term) for term in terms.values())


def cell(value: object) -> str:
    """Return the value of one cell as text; a list on one line."""
    if value is None:
        return ""
    return " ; ".join(map(str, value)) if isinstance(value, list) else str(value)


class Words:
    """The words in one language. `labels` are the report's own words for the engine's codes."""

    def __init__(self, language: Language, labels: Mapping[str, Text] | None = None) -> None:
        self.language = language
        self.labels = labels or {}

    def __call__(self, word: str, n: int | None = None, **values: object) -> str:
        """Return a sentence of `words.toml`, in the plural its count `n` asks for, filled with `values`."""
        entry = _entries()[word]
        many = n is not None and (n > 1 if self.language is Language.FR else n != 1)
        sentence = entry.get(f"{self.language}_many", entry[self.language]) if many else entry[self.language]
        if n is not None:
            values["n"] = self.number(n)
        return sentence.format(**values) if values else sentence

    def text(self, text: Text | Remedy) -> str:
        """Return a text of the report in this language."""
        return text.fr if self.language is Language.FR else text.en

    def label(self, code: str) -> str:
        """Return the report's word for an engine's code, else the house's, else the code itself."""
        if code in self.labels:
            return self.labels[code].say(self.language)
        entry = _entries().get(code, {})
        return entry.get(self.language, code)

    def cell(self, value: object) -> str:
        """Return one cell for people: a code the report explains in its words, yes or no, a list on one line."""
        if isinstance(value, bool):
            return self("yes") if value else self("no")
        if isinstance(value, list):
            return " ; ".join(self.cell(each) for each in value)
        known = self.labels.get(value) if isinstance(value, str) else None
        return known.say(self.language) if known else cell(value)

    def number(self, value: float) -> str:
        """Return a figure with its thousands set apart."""
        shown = f"{value:,.2f}" if isinstance(value, float) and not value.is_integer() else f"{int(value):,}"
        if self.language is Language.EN:
            return shown
        return shown.replace(",", "\u202f").replace(".", ",")

    def pair(self, name: str, value: str) -> str:
        """Return a name and its value, with the colon of the language."""
        return f"{name}{_COLONS[self.language]}{value}"

    def measure(self, value: Measure) -> str:
        """Return a measured figure for people."""
        if isinstance(value, bool):
            return self("yes") if value else self("no")
        if isinstance(value, int | float):
            return self.number(value)
        return "–" if value is None else value

    def date(self, day: date) -> str:
        """Return the date in full, without its weekday."""
        month = _MONTHS[self.language].split()[day.month - 1]
        first = "1er" if day.day == 1 and self.language is Language.FR else str(day.day)
        return f"{first}{_NO_BREAK}{month}{_NO_BREAK}{day.year}"

    def moment(self, moment: datetime) -> str:
        """Return the date in full, with the hour and its zone."""
        zone = moment.tzname() or "UTC"
        day = f"{_DAYS[self.language][moment.weekday()]} {self.date(moment.date())}"
        if self.language is Language.FR:
            return f"{day} à {moment:%H}{_NO_BREAK}h{_NO_BREAK}{moment:%M} ({zone})"
        return f"{day}, {moment:%H:%M} ({zone})"

    def level(self, level: Level) -> str:
        """Return the level as people say it."""
        return self("level_at_most" if level.at_most else "level_of_five", n=level.value)


def words_of(report: Report, language: Language) -> Words:
    """Return the words for one report."""
    return Words(language, report.labels)
