"""The files a result is asked in: one door for every command."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from rempart.detection.alerts import ecs, ocsf, timesketch
from rempart.detection.alerts.result import DetectionResult, to_json
from rempart.detection.alerts.triage import Triage
from rempart.detection.render import csv, digest, html, pdf
from rempart.measurement.command_line import write
from rempart.measurement.language import LANGUAGE
from rempart.measurement.text import Language


class Shape(StrEnum):
    """The standards alerts are written in, one a line."""

    ECS = "ecs"
    OCSF = "ocsf"


_LINES = {Shape.ECS: ecs.lines, Shape.OCSF: ocsf.lines}


@dataclass(frozen=True)
class Outputs:
    """Where to write what; nothing is written where no path is given.

    Attributes:
        html, pdf: the night for people.
        json: the whole result, that `explain`, `triage` and `digest` read back.
        csv: the alerts, one a row.
        jsonl: the alerts in `shape`, one a line.
        timesketch: the alerts for a line of time.
        digest: the digest as text; as HTML when its name ends by `.html`.

    """

    html: Path | None = None
    pdf: Path | None = None
    json: Path | None = None
    csv: Path | None = None
    jsonl: Path | None = None
    timesketch: Path | None = None
    digest: Path | None = None
    shape: Shape = Shape.ECS

    def under(self, folder: Path) -> "Outputs":
        """Return the same files in a folder."""
        paths = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "shape"}
        return replace(self, **{name: folder / path for name, path in paths.items() if path is not None})

    def write(self, result: DetectionResult, *, triage: Triage | None = None, language: Language = LANGUAGE) -> None:
        """Write the result in each of them.

        Raises:
            InputError: a file cannot be written.

        """
        if self.json is not None:
            write(self.json, to_json(result))
        if self.jsonl is not None:
            write(self.jsonl, "".join(_LINES[self.shape](result.alerts, at=result.made_at)))
        if self.timesketch is not None:
            groups = {alert: each.id for each in result.incidents for alert in each.alerts}
            write(self.timesketch, "".join(timesketch.lines(result.alerts, incidents=groups)))
        if self.csv is not None:
            write(self.csv, csv.render(result, language, triage=triage))
        if self.html is not None:
            write(self.html, html.render(result, language, triage=triage, file=str(self.json or "")))
        if self.pdf is not None:
            write(self.pdf, pdf.render(result, language, triage=triage))
        if self.digest is not None:
            told = digest.digest(result, language, triage=triage)
            page = self.digest.suffix.lower() in {".html", ".htm"}
            write(self.digest, digest.html(told, language) if page else digest.text(told))
