"""A report for machines: the model itself, and its published schema (docs/schemas/report-1.json)."""

import json
from pathlib import Path

from pydantic import ValidationError

from rempart.measurement.errors import InputError
from rempart.measurement.report import Report
from rempart.measurement.text import Text


def render(report: Report) -> str:
    """Return the report as JSON, subjects and commands complete."""
    return report.model_dump_json(indent=1) + "\n"


def schema() -> str:
    """Return the JSON Schema (2020-12) of a report."""
    described = Report.model_json_schema(mode="serialization")
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$id"] = Report.model_fields["schema_id"].default
    return json.dumps(described, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def read(path: Path) -> Report:
    """Return the report of a JSON file written by `render`.

    Raises:
        InputError: the file is missing, or is no report of this version; its place is named.

    """
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(Text(fr="rapport introuvable", en="report not found"), where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            Text(
                fr=f"ce n'est pas un rapport Rempart de cette version (champ « {place} »)",
                en=f"not a Rempart report of this version (field {place})",
            ),
            where=str(path),
        ) from error
