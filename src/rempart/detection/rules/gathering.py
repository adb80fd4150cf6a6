"""Correlations: from what pySigma parsed to the numbered form, and the fields that their events must carry."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionItem,
    CorrelationConditionNOT,
    SigmaCorrelationCondition,
    SigmaCorrelationRule,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)

from rempart.detection.rules.documents import Document
from rempart.detection.rules.form import About, And, Compare, Correlation, Expression, Gather, Leaf, Not, Or
from rempart.detection.rules.refused import Unusable
from rempart.measurement.text import Text

Numbers = Mapping[str, int]
"""Number of a rule or correlation by its name or its id in lower case."""

_WHOLE = 100  # per cent

LONGEST = timedelta(days=366)
"""Time span of a correlation; a longer one would keep years of matches in memory."""


def references(sigma: SigmaCorrelationRule) -> tuple[str, ...]:
    """Return the names or ids of what a correlation gathers."""
    if sigma.rules is not None:
        return tuple(str(one.reference) for one in sigma.rules)
    if isinstance(sigma.condition, SigmaExtendedCorrelationCondition):
        return tuple(sigma.condition.get_referenced_rules())
    return ()


def ordered(documents: Sequence[Document]) -> tuple[list[Document], list[tuple[Document, Text]]]:
    """Return correlations so that each stands after those it gathers, and those that gather themselves, refused."""
    by_name = {key: one for one in documents for key in keys(one.sigma)}
    done: dict[int, bool] = {}  # by identity; False while it is looked at
    kept: list[Document] = []
    loops: list[tuple[Document, Text]] = []

    def place(one: Document) -> bool:
        if id(one) in done:
            return done[id(one)]
        done[id(one)] = False
        inner = [by_name[key] for key in _keys(references(_correlation(one))) if key in by_name]
        placed = [place(found) for found in inner]  # all of them, so that each loop is told
        if not all(placed):
            loops.append((one, Text(fr="la corrélation se cite elle-même", en="the correlation names itself")))
            return False
        done[id(one)] = True
        kept.append(one)
        return True

    for one in documents:
        place(one)
    return kept, loops


def keys(sigma: object) -> tuple[str, ...]:
    """Return the names by which a correlation can name a rule: its name, its id."""
    name, identity = getattr(sigma, "name", None), getattr(sigma, "id", None)
    return tuple(_keys(str(one) for one in (name, identity) if one is not None))


def _keys(names: Iterable[str]) -> Iterator[str]:
    yield from (name.lower() for name in names)


def _correlation(one: Document) -> SigmaCorrelationRule:
    if not isinstance(one.sigma, SigmaCorrelationRule):
        raise TypeError("a correlation was expected")
    return one.sigma


@dataclass(frozen=True)
class Gathering:
    """Makes the numbered form of correlations.

    Attributes:
        numbers: of what is loaded, by name and id.
        refused: titles of what was refused, by name and id.

    """

    numbers: Numbers
    refused: Mapping[str, str]

    def correlation(self, one: Document, about: About) -> Correlation:
        """Return the numbered form.

        Raises:
            Unusable: it names what is not loaded, or says what cannot be done; says why.

        """
        sigma = _correlation(one)
        gather = Gather(sigma.type.name.lower())
        rules = tuple(dict.fromkeys(self._number(name) for name in references(sigma)))
        if not rules:
            raise Unusable(Text(fr="la corrélation ne cite aucune règle", en="the correlation names no rule"))
        timespan = timedelta(seconds=sigma.timespan.seconds) if sigma.timespan.seconds < 10**9 else LONGEST * 2
        if timespan > LONGEST:
            raise Unusable(Text(fr="durée de plus d'un an", en="time span of more than a year"))
        comparisons = _comparisons(one, sigma)
        extended = sigma.condition if isinstance(sigma.condition, SigmaExtendedCorrelationCondition) else None
        return Correlation(
            about=about,
            gather=gather,
            rules=rules,
            group_by=tuple(sigma.group_by or ()),
            aliases=self._aliases(sigma),
            timespan=timespan,
            condition=tuple((Compare(it.op.name.lower()), float(it.count)) for it in comparisons),
            formula=None if extended is None else self._formula(extended.parsed),
            field=_field(comparisons),
            percentile=_percentile(gather, comparisons),
        )

    def _number(self, name: str) -> int:
        key = str(name).lower()
        if key in self.numbers:
            return self.numbers[key]
        if key in self.refused:
            raise Unusable(
                Text(fr=f"elle a besoin de « {name} », qui est refusée", en=f"it needs {name!r}, which is refused")
            )
        raise Unusable(
            Text(
                fr=f"elle cite « {name} », introuvable dans ces règles", en=f"it names {name!r}, not among these rules"
            )
        )

    def _aliases(self, sigma: SigmaCorrelationRule) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
        return tuple(
            (alias.alias, tuple((self._number(str(of.reference)), name) for of, name in alias.mapping.items()))
            for alias in sigma.aliases
        )

    def _formula(self, parsed: CorrelationConditionItem | SigmaRuleReference) -> Expression:
        if isinstance(parsed, SigmaRuleReference):
            return Leaf(self._number(parsed.reference))
        parts = tuple(self._formula(one) for one in parsed.args)
        if isinstance(parsed, CorrelationConditionNOT):
            return Not(parts[0])
        return And(parts) if isinstance(parsed, CorrelationConditionAND) else Or(parts)


def _comparisons(one: Document, sigma: SigmaCorrelationRule) -> tuple[SigmaCorrelationCondition, ...]:
    """Return the comparisons as written: a temporal type without one needs all its rules, and has none."""
    if one.conditions:
        return one.conditions
    written = isinstance(sigma.condition, SigmaCorrelationCondition) and not sigma.type.name.startswith("TEMPORAL")
    return (sigma.condition,) if written and isinstance(sigma.condition, SigmaCorrelationCondition) else ()


def _field(comparisons: Sequence[SigmaCorrelationCondition]) -> str | None:
    field = next((it.fieldref for it in comparisons if it.fieldref is not None), None)
    if isinstance(field, list):
        if len(field) != 1:
            raise Unusable(
                Text(
                    fr="compter plusieurs champs ensemble n'est pas fait",
                    en="counting several fields together is not done",
                )
            )
        return str(field[0])
    return None if field is None else str(field)


def _percentile(gather: Gather, comparisons: Sequence[SigmaCorrelationCondition]) -> float | None:
    told = next((it.percentile for it in comparisons if it.percentile is not None), None)
    if gather is not Gather.VALUE_PERCENTILE:
        return None
    if told is None or not 0 <= told <= _WHOLE:
        raise Unusable(
            Text(fr="le centile (percentile) manque, ou n'est pas entre 0 et 100", en="no percentile between 0 and 100")
        )
    return float(told)


def read_fields(correlation: Correlation) -> Iterator[tuple[int, str]]:
    """Yield the Sigma fields that a correlation reads of each rule it gathers: (number, field)."""
    aliases = {name: dict(mapping) for name, mapping in correlation.aliases}
    for number in correlation.rules:
        for name in correlation.group_by:
            yield number, aliases.get(name, {}).get(number, name)
        if correlation.field is not None:
            yield number, aliases.get(correlation.field, {}).get(number, correlation.field)
