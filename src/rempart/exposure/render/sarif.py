"""A report as SARIF 2.1.0 (OASIS): what trackers of findings and code platforms read."""

import json
from collections.abc import Iterator

from rempart.exposure.surface import DEDUCED
from rempart.measurement.control import Control, Kind
from rempart.measurement.report import Report
from rempart.measurement.text import Language, Text
from rempart.measurement.verdict import Status, Verdict

_LEVELS = {1: "error", 2: "error", 3: "warning", 4: "note", 5: "note"}
"""A SARIF level by the level a threshold guards; warnings of ours are `note`."""
_RANKS = {1: 95.0, 2: 75.0, 3: 50.0, 4: 25.0, 5: 10.0}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, language: Language) -> str:
    """Return the log as JSON: one rule a control, one result a subject, one notification a point not evaluated.

    A finding's fingerprint is its control and its subject's key: it stays the same between runs.
    """
    order = {name: rank for rank, name in enumerate(report.controls)}
    run = {
        "tool": {
            "driver": {
                "name": "Rempart",
                "semanticVersion": report.tool.version,
                "language": language.value,
                "rules": [_rule(control, language) for control in report.controls.values()],
            }
        },
        "automationDetails": {"id": f"rempart/{report.tool.engine}/{report.source.taken_at:%Y-%m-%dT%H:%M:%SZ}"},
        "invocations": [
            {
                "executionSuccessful": True,
                "endTimeUtc": f"{report.source.taken_at:%Y-%m-%dT%H:%M:%SZ}",
                "toolExecutionNotifications": list(_blind(report, order, language)),
            }
        ],
        "properties": {"snapshot": report.source.digest, "catalogue": report.tool.catalogue_digest},
        "results": [
            result
            for verdict in report.verdicts
            if verdict.status is Status.FAILED
            for result in _results(report.controls[verdict.control], verdict, order, language)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _rule(control: Control, language: Language) -> dict[str, object]:
    rule: dict[str, object] = {
        "id": control.id,
        "shortDescription": {"text": control.title.say(language)},
        "fullDescription": {"text": control.risk.say(language)},
        "help": {"text": control.fix.fr if language is Language.FR else control.fix.en},
        "defaultConfiguration": {"level": _level(control, None)},
        "properties": {"tags": [control.category or control.engine, control.kind.value]},
    }
    link = next((each for each in control.references if each.startswith("https://")), None)
    return rule | ({"helpUri": link} if link else {})


def _level(control: Control, level: int | None) -> str:
    if control.kind is not Kind.VULNERABILITY:
        return "note"
    return _LEVELS[level or min(control.levels)]


def _results(
    control: Control, verdict: Verdict, order: dict[str, int], language: Language
) -> Iterator[dict[str, object]]:
    """One result a subject. A loop over rows: the log is written row by row."""
    for row in verdict.subjects.iter_rows(named=True):
        details = {name: value for name, value in row.items() if name not in {"key", "name"} and value is not None}
        yield {
            "ruleId": control.id,
            "ruleIndex": order[control.id],
            "kind": "review" if row.get("certainty") == DEDUCED else "fail",
            "level": "none" if row.get("certainty") == DEDUCED else _level(control, verdict.level),
            "rank": _RANKS.get(verdict.level or 5, 0.0),
            "message": {"text": f"{control.title.say(language)} – {row['name']}"},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": row["key"], "kind": "resource"}]}],
            "partialFingerprints": {"control/subject/v1": f"{control.id}|{row['key']}"},
            "properties": {name: str(value) for name, value in details.items()},
        }


def _blind(report: Report, order: dict[str, int], language: Language) -> Iterator[dict[str, object]]:
    unsaid = Text(fr="non évalué", en="not evaluated")
    for verdict in report.verdicts:
        if verdict.status is Status.NOT_EVALUATED:
            yield {
                "level": "warning",
                "associatedRule": {"id": verdict.control, "index": order[verdict.control]},
                "message": {"text": (verdict.reason or unsaid).say(language)},
            }
