"""The Sigma documents of a pack: rules, correlations and filters, as pySigma parses them, each on its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationConditionOperator, SigmaCorrelationRule
from sigma.exceptions import SigmaCollectionError, SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule
from sigma.rule.base import SigmaYAMLLoader, check_alias_expansion

from rempart.detection.rules.engine import POLICY
from rempart.detection.rules.form import Refusal
from rempart.detection.rules.packs import Pack, RuleFile
from rempart.detection.rules.refused import YAML_ERRORS, Unusable, of_yaml, only_metadata, reason
from rempart.measurement.text import Text

MOST_DOCUMENTS = 10_000
"""Documents of one file."""

MOST_DETECTIONS = 1000
LONGEST_CONDITION = 5000
"""Named detections of a rule, and characters of its conditions; the largest of SigmaHQ and Hayabusa have 36 and 572."""

Sigma = SigmaRule | SigmaCorrelationRule | SigmaFilter


@dataclass(frozen=True)
class Document:
    """A Sigma document that was parsed.

    Attributes:
        pack, path: where it comes from; several documents of a file are `path#2`, `path#3`...
        licence: of the document, else of its pack.
        sigma: what pySigma made of it, but for its tags.
        tags: as written: packs have words of their own among them, that pySigma would refuse the rule for.
        conditions: of a correlation: all its comparisons (pySigma knows one, the specification several).

    """

    pack: str
    path: str
    licence: str
    sigma: Sigma
    tags: tuple[str, ...] = ()
    conditions: tuple[SigmaCorrelationCondition, ...] = ()

    def refused(self, why: Text) -> Refusal:
        """Return it as refused."""
        return Refusal(self.pack, self.path, self.sigma.title or "", why)


@dataclass(frozen=True)
class Faulty:
    """A document that cannot be used, and the names by which a correlation may want it."""

    refusal: Refusal
    names: tuple[str, ...] = ()


def documents(pack: Pack) -> Iterator[Document | Faulty]:
    """Yield the documents of a pack, and what of it cannot be used. One that is faulty stops no other."""
    for file in pack.files:
        if file.content is None:
            why = file.problem or Text(fr="illisible", en="cannot be read")
            yield Faulty(Refusal(file.pack, file.path, "", why))
            continue
        yield from _of_file(file, pack.licence)


def _of_file(file: RuleFile, licence: str) -> Iterator[Document | Faulty]:
    raw: list[Any] = []
    stopped: Refusal | None = None
    try:
        for one in yaml.load_all(file.content or b"", SigmaYAMLLoader):
            check_alias_expansion(one, SigmaCollectionError)
            raw.append(one)
            _count(raw)
    except (SigmaError, Unusable) as error:
        stopped = Refusal(file.pack, file.path, "", reason(error))
    except YAML_ERRORS as error:
        stopped = Refusal(file.pack, file.path, "", of_yaml(error))
    if any(isinstance(one, dict) and "action" in one for one in raw):
        yield from _collection(file, licence, raw)
    else:
        for number, one in enumerate(raw, 1):
            if one is not None:
                yield _document(replace(file, path=_numbered(file.path, number)), licence, one)
    if stopped is not None:
        yield Faulty(stopped)


def _count(raw: list[object]) -> None:
    if len(raw) > MOST_DOCUMENTS:
        raise Unusable(Text(fr="trop de documents dans un fichier", en="too many documents in one file"))


def _numbered(path: str, number: int) -> str:
    return path if number == 1 else f"{path}#{number}"


def _document(file: RuleFile, licence: str, raw: object) -> Document | Faulty:
    title = str(raw.get("title", ""))[:200] if isinstance(raw, dict) else ""
    try:
        sigma, conditions = _parsed(raw)
    except Exception as error:  # noqa: BLE001 — a hostile rule finds what the parser did not think of: it alone is refused
        names = (raw.get(key) for key in ("name", "id")) if isinstance(raw, dict) else ()
        wanted = tuple(str(name).lower() for name in names if name is not None)
        return Faulty(Refusal(file.pack, file.path, title, reason(error)), wanted)
    return Document(file.pack, file.path, sigma.license or licence, sigma, _tags(raw), conditions)


def _parsed(raw: object) -> tuple[Sigma, tuple[SigmaCorrelationCondition, ...]]:
    if not isinstance(raw, dict):
        raise Unusable(Text(fr="ce n'est pas une règle Sigma", en="this is no Sigma rule"))
    raw = {key: value for key, value in raw.items() if key != "tags"}
    conditions: tuple[SigmaCorrelationCondition, ...] = ()
    sigma: Sigma
    if "correlation" in raw:
        raw, conditions = _comparisons(raw)
        sigma = SigmaCorrelationRule.from_dict(raw, collect_errors=True, policy=POLICY)
    elif "filter" in raw:
        sigma = SigmaFilter.from_dict(raw, collect_errors=True, policy=POLICY)
    elif "detection" in raw:
        _bounded(raw["detection"])
        sigma = SigmaRule.from_dict(raw, collect_errors=True, policy=POLICY)
    else:
        raise Unusable(
            Text(
                fr="ce n'est pas une règle Sigma : ni détection, ni corrélation, ni filtre",
                en="this is no Sigma rule: neither detection, correlation nor filter",
            )
        )
    serious = [error for error in sigma.errors if not only_metadata(error)]
    if serious:
        raise serious[0]
    return sigma, conditions


def _bounded(detection: object) -> None:
    """Refuse what would cost more than any real rule: `1 of them` is written out for each detection."""
    if not isinstance(detection, dict):
        return
    unquoted = [str(name) for name in detection if not isinstance(name, str)]
    if unquoted:
        raise Unusable(
            Text(
                fr=f"détection sans nom ({unquoted[0]}) : en YAML, on, off, yes, no, 5 vont entre guillemets",
                en=f"detection without a name ({unquoted[0]}): in YAML, on, off, yes, no and numbers need quotes",
            )
        )
    conditions = detection.get("condition")
    written = sum(len(str(one)) for one in (conditions if isinstance(conditions, list) else [conditions]))
    if len(detection) > MOST_DETECTIONS or written > LONGEST_CONDITION:
        raise Unusable(
            Text(
                fr=f"plus de {MOST_DETECTIONS} détections, ou condition de plus de {LONGEST_CONDITION} caractères",
                en=f"more than {MOST_DETECTIONS} detections, or a condition longer than {LONGEST_CONDITION} characters",
            )
        )


def _tags(raw: object) -> tuple[str, ...]:
    found = raw.get("tags") if isinstance(raw, dict) else None
    return tuple(tag for tag in found if isinstance(tag, str)) if isinstance(found, list) else ()


def _comparisons(raw: dict[Any, Any]) -> tuple[dict[Any, Any], tuple[SigmaCorrelationCondition, ...]]:
    """Part a condition of several comparisons ("gt: 100, lte: 200") into those of one, which pySigma takes."""
    correlation = raw["correlation"]
    condition = correlation.get("condition") if isinstance(correlation, dict) else None
    if not isinstance(condition, dict):
        return raw, ()
    operators = [name for name in condition if name in SigmaCorrelationConditionOperator.operators()]
    others = {name: value for name, value in condition.items() if name not in operators}
    each = tuple({name: condition[name], **others} for name in operators)
    if len(each) > 1:
        raw = {**raw, "correlation": {**correlation, "condition": each[0]}}
    return raw, tuple(SigmaCorrelationCondition.from_dict(one) for one in each)


def _collection(file: RuleFile, licence: str, raw: list[Any]) -> Iterator[Document | Faulty]:
    """Yield the rules of a file of the older form, in which `action` makes rules of a common part."""
    try:
        found = SigmaCollection.from_dicts(
            raw, collect_errors=True, collect_filters=True, resolve_references=False, policy=POLICY
        )
    except Exception as error:  # noqa: BLE001 — as above
        yield Faulty(Refusal(file.pack, file.path, "", reason(error)))
        return
    for fault in found.errors:
        if not only_metadata(fault):
            yield Faulty(Refusal(file.pack, file.path, "", reason(fault)))
    for number, one in enumerate((*found.rules, *found.filters), 1):
        if all(only_metadata(fault) for fault in one.errors):
            tags = tuple(str(tag) for tag in one.tags)
            yield Document(file.pack, _numbered(file.path, number), one.license or licence, one, tags)
