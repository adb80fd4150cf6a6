"""The sentences of a result in one language, and its moments on the clock of the hospital."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from rempart.measurement.render.view import visible
from rempart.measurement.render.words import Words
from rempart.measurement.report import Term
from rempart.measurement.text import Language, Text

_NO_BREAK = "\u00a0"


@cache
def _read(name: str) -> Mapping[str, Mapping[str, str]]:
    path = files("rempart.detection").joinpath("words", f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _logsources() -> Mapping[str, Mapping[str, str]]:
    """Return what the page of coverage calls a logsource of Sigma."""
    told = tomllib.loads(files(__package__).joinpath("coverage.toml").read_text(encoding="utf-8"))
    named: Mapping[str, Mapping[str, str]] = told["logs"]
    return named


@cache
def terms() -> tuple[Term, ...]:
    """Return the jargon of the engine, explained."""
    return tuple(Term.model_validate(term) for term in _read("glossary")["term"])


class Wording:
    """Says a result.

    Args:
        language: of the reader.
        at: the moment of the result: hours are told by its clock, the year only where it is another one.

    """

    def __init__(self, language: Language, at: datetime) -> None:
        self.language = language
        self.words = Words(language)
        self._zone = at.tzinfo
        self._year = at.year

    def __call__(self, word: str, n: int | None = None, **values: object) -> str:
        """Return a sentence of `words/incidents.toml`, in the plural its count asks for, filled with visible text."""
        entry = _read("incidents")[word]
        many = n is not None and (n > 1 if self.language is Language.FR else n != 1)
        sentence = entry.get(f"{self.language}_many", entry[self.language]) if many else entry[self.language]
        filled = {name: visible(str(value)) for name, value in values.items()}
        if n is not None:
            filled["n"] = self.words.number(n)
        return self.tidy(sentence).format(**filled)

    def text(self, text: Text) -> str:
        """Return a text in this language."""
        return self.tidy(text.say(self.language))

    def tidy(self, sentence: str) -> str:
        """Return a sentence with the no-break spaces French wants before its double signs."""
        if self.language is Language.EN:
            return sentence
        for sign in ":;?!»":
            sentence = sentence.replace(f" {sign}", f"{_NO_BREAK}{sign}")
        return sentence.replace("« ", f"«{_NO_BREAK}")

    def here(self, moment: datetime) -> datetime:
        """Return the moment on the hospital's clock."""
        return moment.astimezone(self._zone)

    def clock(self, moment: datetime) -> str:
        """Return the hour alone: `02 h 14`."""
        return self._hours(self.here(moment))

    def moment(self, moment: datetime) -> str:
        """Return the day in full and the hour, with its zone."""
        return self.words.moment(self.here(moment))

    def day_and_hour(self, moment: datetime) -> str:
        """Return the day in short and the hour: `24/11, 02 h 14`."""
        there = self.here(moment)
        year = (
            "" if there.year == self._year else f"/{there.year}" if self.language is Language.FR else f" {there.year}"
        )
        day = (f"{there:%d/%m}" if self.language is Language.FR else f"{there:%d %b}") + year
        return f"{day}, {self._hours(there)}"

    def _hours(self, there: datetime) -> str:
        return f"{there:%H}{_NO_BREAK}h{_NO_BREAK}{there:%M}" if self.language is Language.FR else f"{there:%H:%M}"

    def zone_of(self, moment: datetime) -> str:
        """Return the name of the clock."""
        return self.here(moment).tzname() or "UTC"

    def source(self, code: str) -> str:
        """Return what a kind of log is called; a logsource as Sigma writes it stays as it is."""
        short = "/".join(part for part in code.split("/") if part)
        named = _read("sources").get(short) or _logsources().get(short)
        return self.tidy(named[self.language]) if named else visible(short) or self("rules_without_source")

    def listed(self, names: tuple[str, ...], shown: int = 3) -> str:
        """Return the first names, and how many others there are."""
        told = [visible(name) for name in names[:shown]]
        left = len(names) - shown
        return ", ".join(told) + (f" {self('others', n=left)}" if left > 0 else "")
