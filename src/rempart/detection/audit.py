"""The posture of detection, judged: from a snapshot of figures to a report that can be attested."""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from rempart import __version__
from rempart.detection import ENGINE
from rempart.detection.annexes import annexes
from rempart.detection.catalogue import catalogue
from rempart.detection.controls import control
from rempart.detection.coverage import Coverage
from rempart.detection.snapshot import Snapshot, open_snapshot, seal
from rempart.measurement.acceptance import Acceptance, level_with
from rempart.measurement.control import Control
from rempart.measurement.level import level
from rempart.measurement.plan import build_plan
from rempart.measurement.report import Perimeter, Report, Source, Term, Tool
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict


class Vocabulary(BaseModel):
    """The words of the posture: labels of its codes and columns, and its glossary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: dict[str, Text]
    glossary: tuple[Term, ...] = ()


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the posture."""
    words = files(__package__).joinpath("words", "posture.toml")
    return Vocabulary(**tomllib.loads(words.read_text(encoding="utf-8")))


def judge(coverage: Coverage) -> list[Verdict]:
    """Return one verdict per threshold of every control, in catalogue order."""

    def blind(entry: Control) -> Text | None:
        lacking = next(iter(coverage.gaps(entry.needs)), None)
        return None if lacking is None else lacking.reason

    return list(control.judged(catalogue().controls.values(), coverage, blind))


def audit(
    snapshot: Snapshot,
    *,
    at: datetime | None = None,
    acceptances: tuple[Acceptance, ...] = (),
    finess: str | None = None,
    name: str | None = None,
) -> Report:
    """Judge `snapshot` at `at` (default: when it was taken) and return the report.

    A snapshot that was never saved is sealed first, so that the report names its digest.
    """
    sealed = snapshot if snapshot.digest else seal(snapshot)[0]
    moment = at or sealed.manifest.taken_at
    coverage = Coverage(sealed, moment)
    verdicts = judge(coverage)
    entries, words = catalogue(), vocabulary()
    return Report(
        perimeter=Perimeter(finess=finess, names=(name,) if name else ()),
        source=Source(
            kind=sealed.manifest.source,
            taken_at=sealed.manifest.taken_at,
            digest=sealed.digest,
            counts=sealed.manifest.counts,
        ),
        judged_at=moment,
        tool=Tool(
            engine=ENGINE,
            version=__version__,
            catalogue_version=entries.version,
            catalogue_digest=entries.digest,
        ),
        level=level(verdicts),
        level_with_acceptances=level_with(verdicts, acceptances, moment.date(), level),
        gaps=tuple(coverage.gaps(("inventory",))),
        controls=entries.controls,
        verdicts=tuple(verdicts),
        acceptances=acceptances,
        plan=build_plan(entries.controls, verdicts, (), level),
        annexes=tuple(annexes(coverage)),
        labels=words.labels,
        glossary=words.glossary,
    )


def rejudge(path: Path, at: datetime) -> Report:
    """Return the report of a saved snapshot judged at `at`: what `rempart proof replay` asks of this engine."""
    return audit(open_snapshot(path), at=at)
