"""Writes the JSON Schema of a detection result: docs/schemas/detection-1.json."""

from pathlib import Path

from rempart.detection.alerts.result import schema

PATH = Path(__file__).parent.parent / "docs" / "schemas" / "detection-1.json"

if __name__ == "__main__":
    PATH.write_text(schema(), encoding="utf-8")
