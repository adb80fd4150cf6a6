"""From packs of Sigma rules to the compiled form: what can be used, and why the rest cannot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from sigma.correlations import SigmaCorrelationRule
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule

from rempart.detection.logsources import Target
from rempart.detection.rules import packs
from rempart.detection.rules.collector import quiet
from rempart.detection.rules.documents import Document, Faulty, documents
from rempart.detection.rules.form import About, Compiled, Correlation, Refusal, Rule, Scope
from rempart.detection.rules.gathering import Gathering, keys, ordered, read_fields
from rempart.detection.rules.placeholders import values
from rempart.detection.rules.refused import reason
from rempart.detection.rules.scopes import Looking, written
from rempart.detection.rules.values import Placeholders
from rempart.measurement.text import Text

USUAL_LEVEL = "medium"
"""The level of a rule that says none: one that would hide it is no answer."""


def load(
    paths: Sequence[Path],
    *,
    filters: Sequence[Path] = (),
    placeholders: Mapping[str, Sequence[str]] | Path | None = None,
) -> Compiled:
    """Load rule packs.

    Args:
        paths: folders, YAML files or archives (zip, tar).
        filters: the same, holding Sigma filters; those that stand among the rules are taken too.
        placeholders: what stands for `%name%` in rules with the modifier `expand`: values, or a TOML or YAML file.

    Returns:
        The compiled form. What cannot be used is in its `refusals`, each with a reason.

    Raises:
        InputError: a path does not exist, an archive cannot be unpacked, or the file of placeholders is not understood.

    """
    with quiet():
        loading = _Loading(values(placeholders))
        for path in (*paths, *filters):
            loading.take(packs.read(path))
        return loading.compiled()


@dataclass
class _Loading:
    """One load, step by step."""

    placeholders: Placeholders
    rules: list[Document] = field(default_factory=list)
    correlations: list[Document] = field(default_factory=list)
    filters: list[Document] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # titles, by name and id
    ids: dict[str, Document] = field(default_factory=dict)

    def take(self, pack: packs.Pack) -> None:
        """Take the documents of a pack; of two with the same id, the first stays."""
        for one in documents(pack):
            if isinstance(one, Faulty):
                self.refusals.append(one.refusal)
                self.refused.update(dict.fromkeys(one.names, one.refusal.title))
                continue
            identity = str(one.sigma.id) if one.sigma.id is not None else ""
            if identity and identity in self.ids:
                self.refusals.append(one.refused(_double(identity, self.ids[identity])))
                continue
            self.ids[identity] = one
            for error in one.sigma.errors:
                self.notes.append(one.refused(reason(error)))
            self._kept(one)

    def _kept(self, one: Document) -> None:
        if isinstance(one.sigma, SigmaRule):
            self.rules.append(one)
        elif isinstance(one.sigma, SigmaCorrelationRule):
            self.correlations.append(one)
        else:
            self.filters.append(one)

    def compiled(self) -> Compiled:
        """Return the compiled form of all that was taken."""
        self._filter()
        looking = Looking(self.placeholders)
        rules: list[Rule] = []
        places: list[tuple[tuple[Scope, Target], ...]] = []
        numbers: dict[str, int] = {}
        for one in self.rules:
            found = self._scopes(one, looking)
            if found is None:
                self.refused.update(dict.fromkeys(keys(one.sigma), one.sigma.title))
                continue
            numbers.update({key: len(rules) for key in keys(one.sigma) if key not in numbers})
            rules.append(Rule(_about(one), tuple(scope for scope, _ in found)))
            places.append(found)
        correlations = self._correlations(numbers, len(rules))
        rules, correlations = _alone(rules, correlations, self._generating(numbers))
        form = Compiled(
            predicates=tuple(looking.table.predicates),
            rules=tuple(rules),
            correlations=tuple(correlations),
            refusals=tuple(self.refusals),
            carried=_carried(correlations, places),
            digest="",
            notes=tuple(self.notes),
        )
        return replace(form, digest=sha256(repr((form.predicates, form.rules, form.correlations)).encode()).hexdigest())

    def _scopes(self, one: Document, looking: Looking) -> tuple[tuple[Scope, Target], ...] | None:
        if not isinstance(one.sigma, SigmaRule):
            return None
        try:
            found, notes = looking.scopes(one.sigma)
        except Exception as error:  # noqa: BLE001 — a hostile rule finds what the parser did not think of: it alone is refused
            self.refusals.append(one.refused(reason(error)))
            return None
        self.notes.extend(one.refused(note) for note in notes)
        return found

    def _filter(self) -> None:
        """Apply the filters; one that concerns no rule is told."""
        for one in self.filters:
            if not isinstance(one.sigma, SigmaFilter):
                continue
            applied = 0
            for rule in self.rules:
                applied += _filtered(one.sigma, rule.sigma)
            if not applied:
                self.refusals.append(one.refused(_IDLE))

    def _correlations(self, numbers: dict[str, int], first: int) -> list[Correlation]:
        kept, loops = ordered(self.correlations)
        self.refusals.extend(one.refused(why) for one, why in loops)
        made: list[Correlation] = []
        for one in kept:
            try:
                found = Gathering(numbers, self.refused).correlation(one, _about(one))
            except Exception as error:  # noqa: BLE001 — as above
                self.refusals.append(one.refused(reason(error)))
                self.refused.update(dict.fromkeys(keys(one.sigma), one.sigma.title))
                continue
            numbers.update({key: first + len(made) for key in keys(one.sigma) if key not in numbers})
            made.append(found)
        return made

    def _generating(self, numbers: Mapping[str, int]) -> frozenset[int]:
        """Return the numbers of the correlations that let what they gather speak alone too."""
        return frozenset(
            numbers[key]
            for one in self.correlations
            if isinstance(one.sigma, SigmaCorrelationRule) and one.sigma.generate
            for key in keys(one.sigma)
            if key in numbers
        )


def _filtered(filtering: SigmaFilter, sigma: object) -> bool:
    """Apply a filter on a rule if it concerns it; tell whether it does."""
    if not isinstance(sigma, SigmaRule) or not filtering._should_apply_on_rule(sigma):  # noqa: SLF001 — no public name
        return False
    filtering.apply_on_rule(sigma)
    return True


_IDLE = Text(fr="le filtre ne concerne aucune règle chargée", en="the filter concerns no loaded rule")


def _double(identity: str, first: Document) -> Text:
    return Text(
        fr=f"même identifiant qu'une règle déjà chargée ({identity}, {first.pack}/{first.path})",
        en=f"same id as a rule already loaded ({identity}, {first.pack}/{first.path})",
    )


def _about(one: Document) -> About:
    sigma = one.sigma
    return About(
        id=str(sigma.id) if sigma.id is not None else "",
        title=sigma.title or "",
        level=str(sigma.level) if sigma.level is not None else USUAL_LEVEL,
        status=str(sigma.status) if sigma.status is not None else "",
        author=sigma.author or "",
        licence=one.licence,
        description=sigma.description or "",
        tags=one.tags,
        references=tuple(str(it) for it in sigma.references),
        false_positives=tuple(str(it) for it in sigma.falsepositives),
        pack=one.pack,
        path=one.path,
        logsource=written(sigma) if isinstance(sigma, SigmaRule) else "",
    )


def _alone(
    rules: Sequence[Rule], correlations: Sequence[Correlation], generating: frozenset[int]
) -> tuple[list[Rule], list[Correlation]]:
    """Silence what only serves correlations: those that gather it do not let it speak alone."""
    silent = {
        gathered
        for number, one in enumerate(correlations, len(rules))
        if number not in generating
        for gathered in one.rules
    }
    return (
        [replace(one, alone=number not in silent) for number, one in enumerate(rules)],
        [replace(one, alone=number not in silent) for number, one in enumerate(correlations, len(rules))],
    )


def _carried(
    correlations: Sequence[Correlation], places: Sequence[tuple[tuple[Scope, Target], ...]]
) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Return the columns that correlations need of the events their rules match, by Sigma name."""
    needed: dict[str, dict[tuple[str, str, str], None]] = {}
    for one in correlations:
        for number, name in _read(one, correlations, len(places)):
            column = needed.setdefault(name, {})
            for scope, target in places[number]:
                for code in scope.codes or ("",):
                    for native in target.natives(name):
                        column[scope.source, code, native] = None
    return tuple((name, tuple(column)) for name, column in sorted(needed.items()))


def _read(one: Correlation, correlations: Sequence[Correlation], first: int) -> Iterator[tuple[int, str]]:
    """Yield what a correlation reads of the rules under it: of a correlation it gathers, of the rules of that one."""
    for number, name in read_fields(one):
        if number < first:
            yield number, name
        else:
            inner = replace(correlations[number - first], group_by=(name,), field=None)
            yield from _read(inner, correlations, first)
