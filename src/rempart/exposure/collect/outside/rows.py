"""What every importer gives: rows of the `outside` table, and the records that could not be understood."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

LONGEST = 2000
_LAST_PORT = 65535
"""Signs kept of one text."""

Row = dict[str, object]


@dataclass
class Rows:
    """The findings of one file, and its flaws by place."""

    findings: list[Row] = field(default_factory=list)
    flaws: list[Row] = field(default_factory=list)

    def add(self, source: str, title: str, **columns: object) -> None:
        """Add a finding; the columns that are not said are empty, a date or a port unknown."""
        base: Row = {"subject": "", "address": "", "severity": "", "reference": "", "detail": ""}
        texts = {name: value[:LONGEST] if isinstance(value, str) else value for name, value in columns.items()}
        self.findings.append(base | {"source": source, "title": title[:LONGEST]} | texts)

    def flaw(self, place: str, problem: str) -> None:
        """Add a record that could not be understood."""
        self.flaws.append({"place": place, "problem": problem})


def moment(value: object) -> datetime | None:
    """Return a moment from seconds since 1970 or an ISO date (UTC when no zone is said); None when it is neither."""
    try:
        if isinstance(value, int | float) or (
            isinstance(value, str) and value.isdigit() and len(value) > len("20261123")
        ):
            return datetime.fromtimestamp(float(value), UTC)
        parsed = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def port(value: object) -> int | None:
    """Return a port number; None when it is none."""
    text = str(value).strip()
    return int(text) if text.isdigit() and len(text) <= len(str(_LAST_PORT)) and 0 < int(text) <= _LAST_PORT else None


def records(content: bytes) -> list[tuple[int, object]]:
    """Return the JSON values of a file: a list's items, or one value a line, with their rank or line from 1.

    A line that is no JSON gives None.
    """
    text = content.decode("utf-8-sig", "replace").strip()
    if text.startswith("["):
        try:
            return list(enumerate(json.loads(text), start=1))
        except (ValueError, RecursionError):
            return [(1, None)]
    return [(number, _line(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]


def _line(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
