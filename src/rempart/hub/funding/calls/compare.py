"""What changes between two versions of a call, told to people: added, removed, changed, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from rempart.hub.common.errors import both, filled
from rempart.hub.common.money import euros
from rempart.hub.funding.calls.definition import (
    CallDefinition,
    ExtensionDefinition,
    Nature,
    Requirement,
    WindowDefinition,
)
from rempart.hub.funding.calls.models import Stage
from rempart.hub.funding.rules import Rule
from rempart.hub.funding.rules.words import day_text, joined
from rempart.measurement.text import Text

NOTHING = Text(fr="–", en="–")
_LABELS: dict[str, str | Promise] = {
    "title": _("intitulé"),
    "target": _("ce qui doit être vrai"),
    "rule": _("règle"),
    "proofs": _("preuves acceptées"),
    "note": _("note de lecture"),
    "per_entity": _("demandé à chaque membre d’un GHT"),
    "ght_only": _("demandé aux seuls GHT"),
    "year": _("année"),
    "unknown": _("inconnu"),
    "source": _("origine"),
    "summary": _("résumé"),
    "legal_text": _("texte"),
    "legal_url": _("adresse du texte"),
    "envelope_cents": _("enveloppe"),
    "kinds": _("types de candidats"),
    "eligibility": _("éligibilité"),
    "activity_year": _("année de l’activité combinée"),
    "operational_from": _("début de la phase opérationnelle"),
    "cost_window_from": _("premier jour des coûts éligibles"),
    "lapse_after": _("guichets dont la fermeture rend un dossier caduc"),
    "notes": _("notes"),
    "sources": _("origines"),
    "natures": _("natures de documents"),
    "opens_on": _("ouverture"),
    "closes_on": _("fermeture"),
    "extensions": _("reports"),
}
_WHOLE = frozenset({"target", "rule", "proofs", "opens_on", "closes_on"})
_APART = frozenset({"code", "windows", "prerequisites", "objectives"})


class ChangeKind(StrEnum):
    """What happened to a part of the call."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: its name, what it said, what it says."""

    name: str
    label: Text
    before: Text
    after: Text


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the call: the call itself, a desk, a prerequisite or an objective (then `code` is its code)."""

    kind: ChangeKind
    part: Text
    code: str = ""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changes, in the order of the call."""

    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def requirements(self) -> frozenset[str]:
        """The codes of the prerequisites and objectives that appear, go, or change."""
        return frozenset(change.code for change in self.changes if change.code)

    @property
    def rules(self) -> frozenset[str]:
        """The codes whose proofs will be judged otherwise: those that appear, or whose rule or reach changes."""
        judged = {"rule", "per_entity", "ght_only"}
        return frozenset(
            change.code
            for change in self.changes
            if change.code and (change.kind is ChangeKind.ADDED or judged & {field.name for field in change.fields})
        )


def difference(before: CallDefinition, after: CallDefinition) -> Difference:
    """Return what changes from one definition to the other."""
    return Difference(tuple(_changes(before, after)))


def _changes(before: CallDefinition, after: CallDefinition) -> Iterator[Change]:
    own = _fields(before, after)
    if own:
        yield Change(ChangeKind.CHANGED, both(_("L’appel")), fields=own)
    yield from _desks(before, after)
    yield from _requirements(before, after)


def _desks(before: CallDefinition, after: CallDefinition) -> Iterator[Change]:
    old = {window.stage: window for window in before.windows}
    new = {window.stage: window for window in after.windows}
    for stage in dict.fromkeys((*old, *new)):
        yield from _one(
            both(filled(_("Guichet « %(stage)s »"), stage=Stage(stage).label)), "", old.get(stage), new.get(stage)
        )


def _requirements(before: CallDefinition, after: CallDefinition) -> Iterator[Change]:
    old = {item.code: item for item in before.requirements}
    new = {item.code: item for item in after.requirements}
    for code in dict.fromkeys((*new, *old)):
        title = (new.get(code) or old[code]).title
        part = Text(fr=f"{code} – {title.fr}", en=f"{code} – {title.en}")
        yield from _one(part, code, old.get(code), new.get(code))


def _one(
    part: Text,
    code: str,
    before: Requirement | WindowDefinition | None,
    after: Requirement | WindowDefinition | None,
) -> Iterator[Change]:
    if before and after:
        if fields := _fields(before, after):
            yield Change(ChangeKind.CHANGED, part, code, fields)
    elif after:
        yield Change(ChangeKind.ADDED, part, code, tuple(_whole(after, added=True)))
    elif before:
        yield Change(ChangeKind.REMOVED, part, code, tuple(_whole(before, added=False)))


def _fields(before: BaseModel, after: BaseModel) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, both(_LABELS.get(name, name)), *_told_apart(name, old, new))
        for name in type(before).model_fields
        if name not in _APART and (old := getattr(before, name)) != (new := getattr(after, name))
    )


def _whole(part: Requirement | WindowDefinition, *, added: bool) -> Iterator[FieldChange]:
    """Yield what matters most of a part that comes, or that goes."""
    for name in type(part).model_fields:
        if name in _WHOLE and (value := getattr(part, name)):
            said = say(name, value)
            before, after = (NOTHING, said) if added else (said, NOTHING)
            yield FieldChange(name, both(_LABELS[name]), before, after)


def _told_apart(name: str, old: object, new: object) -> tuple[Text, Text]:
    """Return both values in words; rules that differ but read the same are told apart by their settings."""
    before, after = say(name, old), say(name, new)
    if isinstance(old, Rule) and isinstance(new, Rule) and before == after:
        return _with_settings(old), _with_settings(new)
    return before, after


def say(name: str, value: object) -> Text:
    """Return a value of a definition in words."""
    match value:
        case None | "" | ():
            said = NOTHING
        case bool():
            said = Text(fr="oui" if value else "non", en="yes" if value else "no")
        case Text():
            said = value
        case Rule():
            said = value.explain()
        case tuple():
            said = joined(tuple(say(name, item) for item in value), " ; ", "; ")
        case date():
            said = day_text(value)
        case int() if name == "envelope_cents":
            said = Text(fr=euros(value), en=euros(value))
        case ExtensionDefinition():
            said = joined((day_text(value.closes_on), value.reason), " : ", ": ")
        case Nature():
            said = value.label
        case _:
            said = Text(fr=str(value), en=str(value))
    return said


def _with_settings(rule: Rule) -> Text:
    """Return what a rule asks, then its kinds and figures."""
    said = rule.explain()
    figures = ", ".join(f"{name} = {value}" for name, value in _settings(rule))
    return Text(fr=f"{said.fr} [{figures}]", en=f"{said.en} [{figures}]")


def _settings(rule: Rule) -> Iterator[tuple[str, object]]:
    for name, value in rule:
        if isinstance(value, Rule) or (isinstance(value, tuple) and any(isinstance(item, Rule) for item in value)):
            continue
        if not isinstance(value, Text) and value not in (None, (), False):
            yield name, ", ".join(map(str, value)) if isinstance(value, tuple) else value
    for part in rule.parts():
        yield from _settings(part)
