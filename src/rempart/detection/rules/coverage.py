"""ATT&CK seen from this hospital: for each technique, the rules that can see it, and those whose logs are missing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rempart.detection.rules.check import Checked, Sight
from rempart.detection.rules.form import About
from rempart.measurement.text import Language, Text

LAYER = "4.5"
"""Version of the format of the Navigator (github.com/mitre-attack/attack-navigator, layers/LAYERFORMATv4_5.md)."""

_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_TACTIC = re.compile(r"attack\.([a-z][a-z_-]+)", re.IGNORECASE)
_COLOURS = {"active": "#0b6e6e", "waiting": "#c98a1b"}  # the house's teal and ochre
_SCORES = {"active": 100, "waiting": 25}


@dataclass(frozen=True)
class Technique:
    """One technique or sub-technique.

    Attributes:
        id: "T1059" or "T1059.001".
        active: the rules that some log of this hospital feeds.
        waiting: the rules that cannot see here: logs are missing, or fields of them.

    """

    id: str
    active: tuple[About, ...] = ()
    waiting: tuple[About, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """What the rules can see of ATT&CK here.

    Attributes:
        techniques: by identifier, those that some rule names.
        active: all rules that some log feeds, whatever their tags.
        waiting: all the others.
        compared: whether logs were read; if not, no rule is said to be active.

    """

    techniques: Mapping[str, Technique]
    active: tuple[About, ...]
    waiting: tuple[About, ...]
    compared: bool


def coverage(checked: Checked) -> Coverage:
    """Return what the rules can see of ATT&CK. A rule of which nothing is known waits: missing data is no pass."""
    active = tuple(one.about for one in checked.rules if one.sight is Sight.ACTIVE)
    waiting = tuple(one.about for one in checked.rules if one.sight is not Sight.ACTIVE)
    seen, lacking = _by_technique(active), _by_technique(waiting)
    techniques = {
        name: Technique(name, tuple(seen.get(name, ())), tuple(lacking.get(name, ())))
        for name in sorted({*seen, *lacking})
    }
    return Coverage(techniques, active, waiting, checked.compared)


def technique_ids(about: About) -> tuple[str, ...]:
    """Return the techniques that a rule names."""
    found = (_TECHNIQUE.fullmatch(tag) for tag in about.tags)
    return tuple(dict.fromkeys(one[1].upper() for one in found if one))


def tactics(about: About) -> tuple[str, ...]:
    """Return the tactics that a rule names, written with hyphens ("credential-access")."""
    found = (_TACTIC.fullmatch(tag) for tag in about.tags)
    return tuple(dict.fromkeys(one[1].lower().replace("_", "-") for one in found if one))


def as_json(found: Coverage) -> str:
    """Return the coverage as JSON: the rules once, and by technique the positions of those that see and that wait."""
    rules = (*found.active, *found.waiting)
    places = {id(about): place for place, about in enumerate(rules)}
    content = {
        "compared": found.compared,
        "rules": [
            {
                "id": about.id,
                "title": about.title,
                "level": about.level,
                "logsource": about.logsource,
                "author": about.author,
                "licence": about.licence,
                "active": place < len(found.active),
            }
            for place, about in enumerate(rules)
        ],
        "techniques": {
            one.id: {
                "active": [places[id(about)] for about in one.active],
                "waiting": [places[id(about)] for about in one.waiting],
            }
            for one in found.techniques.values()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def navigator(found: Coverage, name: str, language: Language) -> str:
    """Return a layer of the ATT&CK Navigator (JSON).

    Args:
        found: what the rules can see.
        name: of the hospital.
        language: of its comments.

    """
    layer = {
        "name": name,
        "versions": {"attack": "19", "navigator": "5.1.0", "layer": LAYER},
        "domain": "enterprise-attack",
        "description": _DESCRIPTION.say(language),
        "sorting": 3,
        "hideDisabled": False,
        "techniques": [_technique(one, language) for one in found.techniques.values()],
        "gradient": {"colors": ["#ffffff", _COLOURS["active"]], "minValue": 0, "maxValue": 100},
        "legendItems": [
            {"label": _ACTIVE.say(language), "color": _COLOURS["active"]},
            {"label": _WAITING.say(language), "color": _COLOURS["waiting"]},
        ],
        "showTacticRowBackground": False,
        "selectTechniquesAcrossTactics": True,
        "selectSubtechniquesWithParent": False,
    }
    return json.dumps(layer, ensure_ascii=False, indent=2) + "\n"


def _technique(one: Technique, language: Language) -> dict[str, object]:
    state = "active" if one.active else "waiting"
    comment = _COUNTS.filled(active=len(one.active), waiting=len(one.waiting)).say(language)
    return {
        "techniqueID": one.id,
        "score": _SCORES[state],
        "color": _COLOURS[state],
        "comment": comment,
        "enabled": True,
        "metadata": [{"name": about.level, "value": about.title} for about in (*one.active, *one.waiting)[:20]],
        "showSubtechniques": "." in one.id,
    }


def _by_technique(rules: tuple[About, ...]) -> dict[str, list[About]]:
    found: dict[str, list[About]] = {}
    for about in rules:
        for name in technique_ids(about):
            found.setdefault(name, []).append(about)
    return found


_ACTIVE = Text(fr="Des règles voient cette technique ici", en="Rules can see this technique here")
_WAITING = Text(fr="Des règles existent, leurs journaux manquent", en="Rules exist, their logs are missing")
_COUNTS = Text(
    fr="{active} règle(s) active(s), {waiting} en attente de journaux",
    en="{active} active rule(s), {waiting} waiting for logs",
)
_DESCRIPTION = Text(
    fr="Ce que les règles peuvent voir dans les journaux de cet établissement. Une règle n'est pas une garantie.",
    en="What the rules can see in the logs of this establishment. A rule is no guarantee.",
)
