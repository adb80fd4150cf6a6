"""Judge a snapshot: every control of the catalogue, then the level, the plan and the report."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files

from rempart import __version__
from rempart.directory import CATALOGUE_VERSION, ENGINE
from rempart.directory.controls import Evaluation, evaluations
from rempart.directory.forest import Forest
from rempart.directory.score import level
from rempart.directory.snapshot import Snapshot
from rempart.measurement.acceptance import Acceptance
from rempart.measurement.control import Catalogue, Control, load_catalogue
from rempart.measurement.report import Gap, Perimeter, Report, Source, Tool
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of the directory engine."""
    return load_catalogue(ENGINE, CATALOGUE_VERSION, files(__package__).joinpath("catalogue"))


def judge(forest: Forest) -> list[Verdict]:
    """Return one verdict per threshold of every control, in catalogue order."""
    functions = evaluations()
    return [
        verdict for entry in catalogue().controls.values() for verdict in _judge_one(entry, functions[entry.id], forest)
    ]


def _judge_one(entry: Control, evaluate: Evaluation, forest: Forest) -> Iterable[Verdict]:
    """Run one control; what its source could not show caps what it may claim."""
    gaps = forest.gaps([*entry.needs, "domain"] if "partition:domain" in entry.needs else entry.needs)
    blind = next((gap for gap in gaps if gap.domain is None), None)
    if blind is not None:
        return [entry.not_evaluated(blind.reason, level=threshold) for threshold in entry.thresholds]
    verdicts = list(evaluate(entry, forest))
    answered = {verdict.level for verdict in verdicts}
    if answered != set(entry.thresholds):
        raise AssertionError(f"{entry.id} answered {answered}, its thresholds are {entry.thresholds}")
    return [_capped(verdict, gaps) for verdict in verdicts]


def _capped(verdict: Verdict, gaps: list[Gap]) -> Verdict:
    """A pass over half the forest is not a pass."""
    if not gaps or verdict.status not in {Status.SATISFIED, Status.NOT_APPLICABLE}:
        return verdict
    seen = gaps[0].reason
    reason = Text(
        fr=f"{seen.fr} ; rien à signaler dans ce qui a été lu", en=f"{seen.en}; nothing found in what was read"
    )
    return verdict.model_copy(update={"status": Status.NOT_EVALUATED, "reason": reason})


def audit(
    snapshot: Snapshot,
    *,
    at: datetime | None = None,
    acceptances: tuple[Acceptance, ...] = (),
    finess: str | None = None,
) -> Report:
    """Judge `snapshot` at `at` (default: the snapshot's own date) and return the report.

    The snapshot must have been saved or opened, so that it has a digest.
    """
    moment = at or snapshot.manifest.taken_at
    verdicts = judge(Forest(snapshot, moment))
    entries = catalogue()
    reached = level(verdicts)
    return Report(
        perimeter=Perimeter(finess=finess, names=snapshot.manifest.domains),
        source=Source(
            kind=snapshot.manifest.source,
            taken_at=snapshot.manifest.taken_at,
            digest=snapshot.digest,
            counts=snapshot.manifest.counts,
        ),
        judged_at=moment,
        tool=Tool(
            engine=ENGINE,
            version=__version__,
            catalogue_version=entries.version,
            catalogue_digest=entries.digest,
        ),
        level=reached,
        level_with_acceptances=reached,
        gaps=tuple(Forest(snapshot, moment).gaps(set(snapshot.gaps["topic"]))),
        controls=entries.controls,
        verdicts=tuple(verdicts),
        acceptances=acceptances,
    )
