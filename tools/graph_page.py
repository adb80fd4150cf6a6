"""Writes docs/control-graph.md: every kind of edge, one by one, from the same data as the engine.

python -m tools.graph_page > docs/control-graph.md
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from rempart.directory.graph.kinds import Kind, kinds
from rempart.measurement.text import Language, Text

_TITLE = Text(fr="Le graphe de contrôle", en="The control graph")
_KIND = Text(fr="Arête", en="Edge")
_LEVEL = Text(fr="Niveau", en="Level")
_ON_COMPUTERS = Text(fr="sur un ordinateur : {level}", en="on a computer: {level}")
_TRAITS = {
    "structural": Text(fr="structure de l’annuaire", en="the directory's own arrangement"),
    "fixed": Text(fr="ne se retire pas", en="cannot be removed"),
    "partial": Text(fr="moitié de droit, hors des chemins", en="half a right, in no path"),
}
_WHY = Text(fr="Pourquoi ce niveau", en="Why this level")
_ABUSE = Text(fr="Abus", en="Abuse")
_REMOVAL = Text(fr="Retrait", en="Removal")


def introduction() -> Text:
    """Return what comes before the kinds of edges."""
    return Text(**tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))


def page() -> str:
    """Return the whole page, French first."""
    parts = [line for language in Language for line in _in(language)]
    return "\n".join(parts).rstrip() + "\n"


def _in(language: Language) -> Iterator[str]:
    yield f"# {_TITLE.say(language)}\n"
    yield f"{introduction().say(language)}\n"
    yield from _table(language)
    for kind in kinds().values():
        yield from _entry(kind, language)


def _table(language: Language) -> Iterator[str]:
    """Yield the split of all kinds between the two levels, with its reasons, in one look."""
    yield f"| {_KIND.say(language)} | {_LEVEL.say(language)} | {_WHY.say(language)} |"
    yield "|---|---|---|"
    for kind in kinds().values():
        yield f"| {kind.name} | {_level(kind, language)} | {kind.reason.say(language)} |"
    yield ""


def _entry(kind: Kind, language: Language) -> Iterator[str]:
    colon = " :" if language is Language.FR else ":"
    yield f"## {kind.name}\n"
    yield f"A *{kind.title.say(language)}* B. **{_LEVEL.say(language)} {_level(kind, language)}**\n"
    for heading, text in ((_WHY, kind.reason), (_ABUSE, kind.abuse), (_REMOVAL, kind.removal)):
        yield f"- {heading.say(language)}{colon} {text.say(language)}"
    yield ""


def _level(kind: Kind, language: Language) -> str:
    notes = [str(kind.level)]
    if kind.computer_level:
        notes.append(_ON_COMPUTERS.filled(level=kind.computer_level).say(language))
    held = {"structural": kind.structural, "fixed": not kind.removable, "partial": kind.partial}
    notes += [_TRAITS[trait].say(language) for trait, is_held in held.items() if is_held]
    return ", ".join(notes)


if __name__ == "__main__":
    sys.stdout.write(page())
