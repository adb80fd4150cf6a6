"""Reading a call's file: each mistake is told with its place in the TOML, in the words of who writes calls."""

import tomllib
from dataclasses import dataclass
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rempart.hub.common.errors import Refusal, both, filled
from rempart.measurement.text import Text

Model = TypeVar("Model", bound=BaseModel)

_MESSAGES: dict[str, str | Promise] = {
    "missing": _("ce champ est obligatoire"),
    "extra_forbidden": _("ce champ n’existe pas"),
    "union_tag_invalid": _("cette sorte de règle (kind) n’existe pas"),
    "union_tag_not_found": _("la sorte de règle (kind) manque"),
    "string_type": _("un texte est attendu"),
    "string_pattern_mismatch": _("ce code ne s’écrit pas ainsi"),
    "string_too_long": _("ce texte est trop long"),
    "int_type": _("un nombre entier est attendu"),
    "int_parsing": _("un nombre entier est attendu"),
    "bool_type": _("true ou false est attendu"),
    "date_type": _("une date est attendue (2026-01-31)"),
    "date_parsing": _("une date est attendue (2026-01-31)"),
    "date_from_datetime_parsing": _("une date est attendue (2026-01-31)"),
    "date_from_datetime_inexact": _("une date sans heure est attendue"),
    "greater_than": _("cette valeur est trop petite"),
    "greater_than_equal": _("cette valeur est trop petite"),
    "less_than_equal": _("cette valeur est trop grande"),
    "too_short": _("il en faut au moins un"),
    "tuple_type": _("une liste est attendue"),
    "model_type": _("une table est attendue"),
    "enum": _("cette valeur n’est pas dans la liste"),
    "literal_error": _("cette valeur n’est pas dans la liste"),
}
_COHERENCE: dict[str, str | Promise] = {
    "closes_on < opens_on": _("le guichet ferme avant d’ouvrir"),
    "unknown: left_to_a_person": _(
        "une partie inconnue se juge par une personne : la règle doit lui laisser le dernier mot"
    ),
    "code": _("ces codes sont donnés deux fois"),
    "windows.stage": _("ces guichets sont donnés deux fois"),
    "natures.code": _("ces natures sont données deux fois"),
    "natures": _("ces natures de documents ne sont pas déclarées"),
    "engine or service": _("engine ou service est obligatoire"),
    "max_days >= min_days": _("max_days est plus petit que min_days"),
    "at_level <= audits": _("at_level est plus grand que audits"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where in the file, and what it is."""

    place: str
    what: Text


class DefinitionRefusal(Refusal):
    """A file that is no call: `problems` gives every mistake with its place."""

    def __init__(self, message: str | Promise, code: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message, code)
        self.problems = problems


def read(model: type[Model], content: str) -> Model:
    """Read a TOML file as `model`.

    Raises:
        DefinitionRefusal: not TOML, or fields that are wrong.

    """
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        problem = Problem("", Text(fr=str(error), en=str(error)))
        message = filled(_("Ce fichier n’est pas du TOML : %(why)s."), why=error)
        raise DefinitionRefusal(message, "not_toml", (problem,)) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = _own(error.errors())
        problems = tuple(_problem(detail, data) for detail in details)
        message = filled(
            _("Définition d’appel, champ « %(place)s » : %(why)s."), place=problems[0].place, why=_told(details[0])
        )
        raise DefinitionRefusal(message, "bad_definition", problems) from error


def _own(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out a list said too short only because its items are wrong."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail, loc in zip(details, places, strict=True)
        if detail["type"] != "too_short" or not any(loc != other and other[: len(loc)] == loc for other in places)
    ]


def _problem(detail: ErrorDetails, data: object) -> Problem:
    return Problem(place(detail["loc"], data), both(_told(detail)))


def place(loc: tuple[int | str, ...], data: object) -> str:
    """Return the place of a mistake as one would write it in TOML: `objectives[2].rule.level`.

    Pydantic adds the kinds of rules to the way; they are no keys of the file, and are left out. An item that has a code
    shows it: `objectives[2] (D2.O1.C)`.
    """
    written, here = "", data
    for index, step in enumerate(loc):
        if isinstance(here, dict) and isinstance(step, str) and step not in here:
            if step == here.get("kind") or index < len(loc) - 1:
                continue
            here = None
            written += f".{step}"
        elif isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
            code = here.get("code") if isinstance(here, dict) else None
            written += f"[{step}]" + (f" ({code})" if isinstance(code, str) else "")
        else:
            here = here.get(step) if isinstance(here, dict) else None
            written += f".{step}"
    return written.lstrip(".") or "-"


def _told(detail: ErrorDetails) -> str | Promise:
    if detail["type"] != "value_error":
        return _MESSAGES.get(detail["type"], detail["msg"])
    name, _sign, rest = str(detail["ctx"]["error"]).partition(": ")
    whole = str(detail["ctx"]["error"])
    if whole in _COHERENCE:
        return _COHERENCE[whole]
    return filled(_("%(what)s : %(codes)s"), what=_COHERENCE.get(name, name), codes=rest)
