"""The result of a run, frozen: what was found, what was looked at, what could not be. One JSON schema, versioned."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from rempart import __version__
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.incident import Incident
from rempart.detection.alerts.incidents import incidents
from rempart.detection.events import covers
from rempart.detection.findings import Findings
from rempart.detection.rules.form import Refusal, Rule
from rempart.measurement.errors import InputError
from rempart.measurement.report import Flaw
from rempart.measurement.text import Text

SCHEMA = "urn:rempart:schema:detection:1"


@dataclass(frozen=True)
class Seen:
    """How many events of one class were read."""

    source: str
    code: str
    events: int


@dataclass(frozen=True)
class Absent:
    """A kind of log no event of this run belongs to, and how many rules wait for it."""

    logsource: str
    rules: int


@dataclass(frozen=True)
class LeftOutOf:
    """Matches that a correlation could not gather (see `findings.LeftOut`)."""

    title: str
    undated: int
    keyless: int
    valueless: int


@dataclass(frozen=True)
class Looked:
    """What was read: files by format, bytes, events by class, and what could not be understood."""

    files: dict[str, int]
    bytes: int
    events: int
    classes: tuple[Seen, ...]
    unknown: int
    undated: int
    flawed: int
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True)
class Rules:
    """Which rules looked.

    Attributes:
        loaded, correlations: how many.
        fed: rules that some event of this run could match.
        absent: the kinds of log the others wait for, those most rules wait for first.
        refusals: rules that were not loaded, and why.
        left_out: what correlations could not gather.
        digest: of the compiled rules.

    """

    loaded: int
    correlations: int
    fed: int
    absent: tuple[Absent, ...]
    refusals: tuple[Refusal, ...]
    left_out: tuple[LeftOutOf, ...]
    digest: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class DetectionResult:
    """Everything a run has to say. It names machines and accounts: it stays in the hospital.

    Attributes:
        made_at: the moment of the run.
        name: the hospital.
        finess: its FINESS number.
        version: of Rempart.
        looked, rules: what was looked at, and by which rules.
        matches: events that some rule matched, before repeated alerts were folded.
        alerts: by time.
        incidents: the most urgent first.

    """

    made_at: datetime
    name: str
    looked: Looked
    rules: Rules
    matches: int
    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...]
    finess: str | None = None
    version: str = __version__
    schema_id: Literal["urn:rempart:schema:detection:1"] = field(default="urn:rempart:schema:detection:1")


def result_of(
    findings: Findings, alerts: list[Alert], *, at: datetime, name: str, finess: str | None = None
) -> DetectionResult:
    """Return the result of a run; `at` is its moment."""
    return DetectionResult(
        made_at=at,
        name=name,
        finess=finess,
        looked=_looked(findings),
        rules=_rules(findings),
        matches=findings.matched.num_rows,
        alerts=tuple(alerts),
        incidents=incidents(alerts, at=at),
    )


def _looked(findings: Findings) -> Looked:
    census = findings.census
    told = sorted(census.events.items(), key=lambda pair: (-pair[1], pair[0]))
    return Looked(
        files=dict(sorted(census.files.items())),
        bytes=census.bytes,
        events=census.events.total(),
        classes=tuple(Seen(known.source, known.code, count) for known, count in told),
        unknown=sum(count for known, count in told if known.source == "unknown"),
        undated=census.undated,
        flawed=census.flawed,
        flaws=tuple(census.flaws),
    )


def _rules(findings: Findings) -> Rules:
    compiled = findings.compiled
    waiting = Counter(rule.about.logsource for rule in _waiting(findings))
    return Rules(
        loaded=len(compiled.rules),
        correlations=len(compiled.correlations),
        fed=len(compiled.rules) - waiting.total(),
        absent=tuple(Absent(name, n) for name, n in sorted(waiting.items(), key=lambda pair: (-pair[1], pair[0]))),
        refusals=compiled.refusals,
        left_out=tuple(
            LeftOutOf(compiled.about(each.rule).title, each.undated, each.keyless, each.valueless)
            for each in findings.left_out
            if each.undated or each.keyless or each.valueless
        ),
        digest=compiled.digest,
    )


def _waiting(findings: Findings) -> list[Rule]:
    """Return the rules that no event of the run could match: none of its class was read."""
    classes = list(findings.census.events)

    @cache
    def fed(source: str, codes: tuple[str, ...] | None) -> bool:
        return any(covers(source, known.source) and (codes is None or known.code in codes) for known in classes)

    return [rule for rule in findings.compiled.rules if not any(fed(s.source, s.codes) for s in rule.scopes)]


@cache
def _adapter() -> TypeAdapter[DetectionResult]:
    return TypeAdapter(DetectionResult)


def to_json(result: DetectionResult) -> str:
    """Return the result as JSON."""
    return _adapter().dump_json(result, indent=1).decode() + "\n"


def parse_result(content: bytes, where: str) -> DetectionResult:
    """Return the result that `content` (JSON) holds; `where` names its file.

    Raises:
        InputError: not a result of this version; the field is named.

    """
    try:
        return _adapter().validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "JSON"
        raise InputError(
            Text(
                fr=f"ce fichier n'est pas un résultat de détection Rempart (champ « {place} »)",
                en=f"this file is not a Rempart detection result (field {place})",
            ),
            where=where,
            advice=Text(
                fr="Écrivez-le par « rempart detection run --json FICHIER ».",
                en='Write it by "rempart detection run --json FILE".',
            ),
        ) from error


def schema() -> str:
    """Return the JSON Schema (2020-12) of a result."""
    described = _adapter().json_schema(mode="serialization")
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$id"] = SCHEMA
    return json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
