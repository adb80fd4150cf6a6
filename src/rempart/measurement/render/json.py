"""A report for machines: the model itself, and its published schema (docs/schemas/report-1.json)."""

import json

from rempart.measurement.report import Report


def render(report: Report) -> str:
    """Return the report as JSON, every subject included."""
    return report.model_dump_json(indent=1) + "\n"


def schema() -> str:
    """Return the JSON Schema (2020-12) of a report."""
    described = Report.model_json_schema(mode="serialization")
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$id"] = Report.model_fields["schema_id"].default
    return json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
