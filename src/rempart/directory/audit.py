"""Judge a snapshot: every control of the catalogue, then the level, the plan and the report."""

import tomllib
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart import __version__
from rempart.directory import ENGINE
from rempart.directory.catalogue import catalogue
from rempart.directory.controls import control
from rempart.directory.forest import Forest
from rempart.directory.paths import ControlPaths, control_paths
from rempart.directory.snapshot import Snapshot, seal
from rempart.measurement.acceptance import Acceptance, level_with
from rempart.measurement.control import Control
from rempart.measurement.level import level
from rempart.measurement.plan import build_plan
from rempart.measurement.report import Flaw, Gap, Perimeter, Report, Source, Term, Tool
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

FLAWS_SHOWN = 1000


class Vocabulary(BaseModel):
    """The engine's own words: labels of its codes and columns, and its glossary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: dict[str, Text]
    glossary: tuple[Term, ...]


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the directory engine."""
    return Vocabulary(**tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8")))


def judge(forest: Forest) -> list[Verdict]:
    """Return one verdict per threshold of every control, in catalogue order."""
    return list(judged(catalogue().controls.values(), forest))


def judged(entries: Collection[Control], forest: Forest) -> Iterator[Verdict]:
    """Yield the verdicts of some controls; what the source could not show caps what they may claim."""
    gaps = {entry.id: _gaps(entry, forest) for entry in entries}

    def blind(entry: Control) -> Text | None:
        return next((gap.reason for gap in gaps[entry.id] if gap.domain is None), None)

    for verdict in control.judged(entries, forest, blind):
        yield _capped(verdict, gaps[verdict.control])


def _gaps(entry: Control, forest: Forest) -> list[Gap]:
    return forest.gaps([*entry.needs, "domain"] if "partition:domain" in entry.needs else entry.needs)


def _capped(verdict: Verdict, gaps: list[Gap]) -> Verdict:
    """A pass over half the forest is not a pass."""
    if not gaps or verdict.status not in {Status.SATISFIED, Status.NOT_APPLICABLE}:
        return verdict
    seen = gaps[0].reason
    reason = Text(
        fr=f"{seen.fr} ; rien à signaler dans ce qui a été lu", en=f"{seen.en}; nothing found in what was read"
    )
    return verdict.model_copy(update={"status": Status.NOT_EVALUATED, "reason": reason})


def _topic_labels(snapshot: Snapshot) -> dict[str, Text]:
    """Return words for the topics of the gaps that name an attribute or one of its bits."""
    labels = {}
    for topic in sorted(set(snapshot.gaps["topic"])):
        family, _, name = topic.partition(":")
        if family == "attribute":
            labels[topic] = Text(fr=f"attribut {name}", en=f"attribute {name}")
        elif family == "uac":
            labels[topic] = Text(fr=f"bit {name} de userAccountControl", en=f"bit {name} of userAccountControl")
    return labels


def _paths(forest: Forest) -> ControlPaths | None:
    """Return the control paths; None when the source shows no right at all: nothing seen is not nobody."""
    blind = any(gap.domain is None for gap in forest.gaps(["descriptors"]))
    return None if blind else control_paths(forest)


def audit(
    snapshot: Snapshot,
    *,
    at: datetime | None = None,
    acceptances: tuple[Acceptance, ...] = (),
    finess: str | None = None,
    name: str | None = None,
) -> Report:
    """Judge `snapshot` at `at` (default: the snapshot's own date) and return the report.

    `name` is the establishment's, shown before its domains.
    A snapshot that was never saved is sealed first, so that the report names its digest.
    """
    sealed = snapshot if snapshot.digest else seal(snapshot)[0]
    moment = at or sealed.manifest.taken_at
    forest = Forest(sealed, moment)
    verdicts = judge(forest)
    found = _paths(forest)
    choke_points = () if found is None else found.choke_points
    entries, words = catalogue(), vocabulary()
    return Report(
        perimeter=Perimeter(finess=finess, names=((name,) if name else ()) + sealed.manifest.domains),
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
        gaps=tuple(forest.gaps(sorted(set(sealed.gaps["topic"])))),
        flaws=tuple(Flaw(**row) for row in sealed.flaws.head(FLAWS_SHOWN).iter_rows(named=True)),
        controls=entries.controls,
        verdicts=tuple(verdicts),
        acceptances=acceptances,
        plan=build_plan(entries.controls, verdicts, choke_points, level),
        attackers=None if found is None else found.attackers,
        paths_total=0 if found is None else found.total,
        paths=() if found is None else found.paths,
        choke_points=choke_points,
        labels=words.labels | _topic_labels(sealed),
        glossary=words.glossary,
    )
