"""Where a rule looks: one scope a target of its logsource, or why not there."""

from dataclasses import dataclass, field

from sigma.rule import SigmaRule

from rempart.detection.logsources import Target, known_product, targets
from rempart.detection.rules.folding import folded
from rempart.detection.rules.form import Scope
from rempart.detection.rules.native import codes, named, on, truth
from rempart.detection.rules.reading import predicates
from rempart.detection.rules.refused import Unusable
from rempart.detection.rules.tree import Asked, Table, asked
from rempart.detection.rules.values import Placeholders, Values
from rempart.measurement.text import Text


@dataclass
class Looking:
    """Where the rules of one load look.

    Attributes:
        table: the predicates of all of them.

    """

    placeholders: Placeholders
    table: Table = field(default_factory=Table)

    def scopes(self, rule: SigmaRule) -> tuple[tuple[tuple[Scope, Target], ...], tuple[Text, ...]]:
        """Return where a rule looks, and why it does not look into other targets of its logsource.

        Raises:
            Unusable: it looks nowhere; says why.
            SigmaError: its condition cannot be parsed.

        """
        wanted = asked(rule, Values(self.placeholders))
        places = _places(rule)
        kept: list[tuple[Scope, Target]] = []
        notes: list[Text] = []
        for target in places:
            if target.text_only and not wanted.only_text:
                continue
            found = self._scope(target, wanted)
            if isinstance(found, Text):
                notes.append(found)
            elif found is not None:
                kept.append((found, target))
        if not kept and not notes:  # it names a channel that is not one of its logsource: what it names is believed
            kept = [(found, target) for target in named(places, wanted) if (found := self._told(target, wanted))]
        if not kept:
            raise Unusable(notes[0] if notes else _nowhere(rule))
        return tuple(kept), tuple(notes)

    def _told(self, target: Target, wanted: Asked) -> Scope | None:
        found = self._scope(target, wanted)
        return found if isinstance(found, Scope) else None

    def _scope(self, target: Target, wanted: Asked) -> Scope | Text | None:
        try:
            condition = on(target, wanted, self.table)
        except Unusable as error:
            place = _place(target)
            return Text(
                fr=f"{place} n'est pas regardé : {error.reason.fr}", en=f"{place} is not looked at: {error.reason.en}"
            )
        used = set(predicates(condition))
        by_number = self.table.predicates
        known = {one: told for one in used if (told := truth(target, by_number[one])) is not None}
        if folded(condition, known) is False:
            lacking = sorted({by_number[one].field for one in used if not target.can_have(by_number[one].field)})
            return _lacking(target, lacking) if lacking else None
        return Scope(target.source, codes(target, condition, by_number), condition)


def _places(rule: SigmaRule) -> tuple[Target, ...]:
    source = rule.logsource
    found = targets(source.category, source.product, source.service)
    if found:
        return found
    name = written(rule)
    if source.product and not known_product(source.product):
        raise Unusable(
            Text(
                fr=f"source de journaux inconnue ({name}) ; avec un produit et un service, vous pouvez la déclarer",
                en=f"unknown log source ({name}); with a product and a service, you can declare it",
            )
        )
    raise Unusable(Text(fr=f"source de journaux inconnue ({name})", en=f"unknown log source ({name})"))


def written(rule: SigmaRule) -> str:
    """Return the logsource of a rule: product/category/service."""
    source = rule.logsource
    return f"{source.product or ''}/{source.category or ''}/{source.service or ''}"


def _nowhere(rule: SigmaRule) -> Text:
    name = written(rule)
    return Text(
        fr=f"elle demande des événements que sa source ({name}) n'a pas",
        en=f"it asks for events that its log source ({name}) does not have",
    )


def _place(target: Target) -> str:
    return " ".join((target.source, *(target.codes or ())))


def _lacking(target: Target, fields: list[str]) -> Text:
    place, names = _place(target), ", ".join(fields)
    return Text(
        fr=f"{place} n'est pas regardé : ses événements n'ont jamais {names}",
        en=f"{place} is not looked at: its events never have {names}",
    )
