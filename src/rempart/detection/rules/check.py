"""What the rules can see of this hospital: which look at logs that come in, which wait for logs, which never match."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rempart.detection.census import Census
from rempart.detection.events import TEXT, TIME, covers
from rempart.detection.logsources import SYSTEM, known_product
from rempart.detection.rules.folding import folded
from rempart.detection.rules.form import About, Compiled, Correlation, Exists, Gather, Nothing, Refusal, Scope
from rempart.detection.rules.reading import predicates

LEVELS = ("critical", "high", "medium", "low", "informational")


class Sight(StrEnum):
    """What a rule can see.

    ACTIVE: events it looks at come in, with fields that can make it match. WAITING: none of them comes in.
    DEAD: they come in, but never with the fields it needs. UNKNOWN: no log was read to tell.
    """

    ACTIVE = "active"
    WAITING = "waiting"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Seen:
    """What one rule can see.

    Attributes:
        number: of the rule or correlation in `Compiled`.
        about: what it says of itself.
        sight: what it can see.
        lacking: WAITING: classes of events that do not come in ("windows/sysmon 1"); DEAD: fields they never have.

    """

    number: int
    about: About
    sight: Sight
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What can be said of rules, with or without logs.

    Attributes:
        rules: each loaded rule and correlation, by number.
        refusals: what was not loaded, and why.
        notes: what of loaded rules is not looked at, and why.
        silent: titles of those that only serve correlations.
        undeclared: logsources of products that Rempart does not know: they only read what the hospital declares so.
        compared: whether logs were read.

    """

    rules: tuple[Seen, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[Refusal, ...]
    silent: tuple[str, ...]
    undeclared: tuple[str, ...]
    compared: bool

    def by_level(self) -> Mapping[str, int]:
        """Return how many there are of each level, the gravest first."""
        counts = Counter(one.about.level for one in self.rules)
        return {level: counts[level] for level in (*LEVELS, *sorted(set(counts) - set(LEVELS))) if counts[level]}

    def by_logsource(self) -> Mapping[str, Mapping[Sight, int]]:
        """Return how many there are of each logsource, by what they can see, the most first."""
        counts: dict[str, Counter[Sight]] = {}
        for one in self.rules:
            if one.about.logsource:
                counts.setdefault(one.about.logsource, Counter())[one.sight] += 1
        return dict(sorted(counts.items(), key=lambda it: (-it[1].total(), it[0])))

    def of(self, sight: Sight) -> tuple[Seen, ...]:
        """Return those that can see so much."""
        return tuple(one for one in self.rules if one.sight is sight)

    def reasons(self) -> Mapping[str, tuple[Refusal, ...]]:
        """Return the refusals by their French reason, the most frequent first."""
        found: dict[str, list[Refusal]] = {}
        for one in self.refusals:
            found.setdefault(one.reason.fr, []).append(one)
        return {why: tuple(many) for why, many in sorted(found.items(), key=lambda it: (-len(it[1]), it[0]))}


def check(compiled: Compiled, census: Census | None = None) -> Checked:
    """Say what the rules can see.

    Args:
        compiled: the rules.
        census: of the logs they are compared with; None: only what can be said without.

    """
    seen = [_simple(compiled, number, census) for number in range(len(compiled.rules))]
    for number, one in enumerate(compiled.correlations, len(compiled.rules)):
        seen.append(_gathering(one, number, seen))
    return Checked(
        rules=tuple(seen),
        refusals=compiled.refusals,
        notes=compiled.notes,
        silent=tuple(compiled.about(number).title for number in _silent(compiled)),
        undeclared=tuple(sorted({one.about.logsource for one in compiled.rules if _undeclared(one.about)})),
        compared=census is not None,
    )


def _silent(compiled: Compiled) -> Iterator[int]:
    yield from (number for number, one in enumerate(compiled.rules) if not one.alone)
    yield from (number for number, one in enumerate(compiled.correlations, len(compiled.rules)) if not one.alone)


def _undeclared(about: About) -> bool:
    product = about.logsource.partition("/")[0]
    return bool(product) and not known_product(product)


def _simple(compiled: Compiled, number: int, census: Census | None) -> Seen:
    rule = compiled.rules[number]
    if census is None:
        return Seen(number, rule.about, Sight.UNKNOWN)
    fed = [scope for scope in rule.scopes if _fed(scope, census)]
    if not fed:
        return Seen(
            number, rule.about, Sight.WAITING, tuple(place for scope in rule.scopes for place in _places(scope))
        )
    lacking = [_lacking(compiled, scope, census) for scope in fed]
    if all(lacking):
        return Seen(number, rule.about, Sight.DEAD, tuple(sorted({name for names in lacking for name in names})))
    return Seen(number, rule.about, Sight.ACTIVE)


def _fed(scope: Scope, census: Census) -> bool:
    return any(
        count and covers(scope.source, kind.source) and (scope.codes is None or kind.code in scope.codes)
        for kind, count in census.events.items()
    )


def _places(scope: Scope) -> Iterator[str]:
    yield from (f"{scope.source} {code}" for code in scope.codes) if scope.codes else (scope.source,)


def _lacking(compiled: Compiled, scope: Scope, census: Census) -> tuple[str, ...]:
    """Return the fields whose absence from all events of a source keeps a rule from ever matching; none if it can."""
    sources = [source for source in census.seen if covers(scope.source, source)]
    if not sources:
        return ()  # no one noted which fields were there: nothing can be said
    there = set().union(*(census.seen[source] for source in sources)) | SYSTEM | {TEXT, TIME}
    used = [(number, compiled.predicates[number]) for number in predicates(scope.condition)]
    absent = {number: isinstance(one.test, Nothing) for number, one in used if one.field not in there}
    if folded(scope.condition, absent) is not False:
        return ()
    return tuple(sorted({one.field for number, one in used if number in absent and not isinstance(one.test, Exists)}))


def _gathering(one: Correlation, number: int, seen: Sequence[Seen]) -> Seen:
    """Say what a correlation can see: a count needs one of its rules, an order or a meeting all those it asks for."""
    of = {gathered: seen[gathered] for gathered in one.rules}
    sights = {it.sight for it in of.values()}
    blind = {gathered: False for gathered, it in of.items() if it.sight in {Sight.WAITING, Sight.DEAD}}
    if Sight.UNKNOWN in sights:
        return Seen(number, one.about, Sight.UNKNOWN)
    if one.formula is not None:
        can = folded(one.formula, blind) is not False
    else:
        together = one.gather in {Gather.TEMPORAL, Gather.TEMPORAL_ORDERED} and not one.condition
        can = not blind if together else len(blind) < len(of)
    if can:
        return Seen(number, one.about, Sight.ACTIVE)
    dead = Sight.DEAD in sights and Sight.WAITING not in sights
    lacking = tuple(sorted({name for gathered in blind for name in of[gathered].lacking}))
    return Seen(number, one.about, Sight.DEAD if dead else Sight.WAITING, lacking)
