"""Judge a snapshot: every control of the catalogue, then the level, the plan and the report."""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart import __version__
from rempart.exposure import ENGINE
from rempart.exposure.annexes import annexes
from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import control
from rempart.exposure.snapshot import Snapshot, seal
from rempart.exposure.surface import Surface
from rempart.measurement.acceptance import Acceptance, level_with
from rempart.measurement.control import Control
from rempart.measurement.level import level
from rempart.measurement.plan import build_plan
from rempart.measurement.report import Flaw, Gap, Perimeter, Report, Source, Term, Tool
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

FLAWS_SHOWN = 1000
_TOLD_ELSEWHERE = frozenset({"flaws", "feeds", "support", "weaknesses", "outside"})
"""Tables whose size says nothing of what was measured: the report tells of them in their own place."""


class Vocabulary(BaseModel):
    """The engine's own words: labels of its codes and columns, and its glossary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: dict[str, Text]
    glossary: tuple[Term, ...] = ()


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the exposure engine: one file a theme in `words/`."""
    labels: dict[str, Text] = {}
    glossary: list[Term] = []
    for entry in sorted(files(__package__).joinpath("words").iterdir(), key=lambda entry: entry.name):
        part = Vocabulary(**tomllib.loads(entry.read_text(encoding="utf-8")))
        if twice := labels.keys() & part.labels.keys():
            raise ValueError(f"{entry.name} labels again {sorted(twice)}")
        labels |= part.labels
        glossary += part.glossary
    return Vocabulary(labels=labels, glossary=tuple(glossary))


def judge(surface: Surface) -> list[Verdict]:
    """Return one verdict per threshold of every control, in catalogue order."""

    def blind(entry: Control) -> Text | None:
        lacking = next((gap for gap in surface.gaps(entry.needs) if gap.domain is None), None)
        return None if lacking is None else lacking.reason

    return list(control.judged(catalogue().controls.values(), surface, blind))


def audit(
    snapshot: Snapshot,
    *,
    at: datetime | None = None,
    acceptances: tuple[Acceptance, ...] = (),
    finess: str | None = None,
    name: str | None = None,
) -> Report:
    """Judge `snapshot` at `at` (default: the end of its run) and return the report.

    `name` is the establishment's, shown before its perimeter.
    A snapshot that was never saved is sealed first, so that the report names its digest.
    """
    sealed = snapshot if snapshot.digest else seal(snapshot)[0]
    moment = at or sealed.manifest.taken_at
    surface = Surface(sealed, moment)
    verdicts = judge(surface)
    entries, words = catalogue(), vocabulary()
    return Report(
        perimeter=Perimeter(finess=finess, names=((name,) if name else ()) + sealed.manifest.names),
        source=Source(
            kind=sealed.manifest.source,
            taken_at=sealed.manifest.taken_at,
            digest=sealed.digest,
            counts={name: count for name, count in sealed.manifest.counts.items() if name not in _TOLD_ELSEWHERE},
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
        gaps=tuple(_gaps(surface)),
        flaws=tuple(Flaw(**row) for row in sealed.flaws.head(FLAWS_SHOWN).iter_rows(named=True)),
        controls=entries.controls,
        verdicts=tuple(verdicts),
        acceptances=acceptances,
        plan=build_plan(entries.controls, verdicts, (), level),
        annexes=tuple(annexes(surface, entries.controls, verdicts)),
        labels=words.labels,
        glossary=words.glossary,
    )


def _gaps(surface: Surface) -> list[Gap]:
    return surface.gaps(tuple(sorted(set(surface.snapshot.gaps["topic"]))))
