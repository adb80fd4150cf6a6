"""Several reports of one perimeter in the order of time: what is new, what was fixed, what came back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import polars as pl
from pydantic import BaseModel, ConfigDict

from rempart.measurement.control import Kind
from rempart.measurement.errors import InputError
from rempart.measurement.report import Level, Report
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict


class Change(StrEnum):
    """What became of a threshold between the reports before and the last one."""

    NEW = "new"
    CAME_BACK = "came_back"
    STILL = "still"
    FIRST_LOOK = "first_look"
    LOST = "lost"
    FIXED = "fixed"


class Subject(BaseModel):
    """Somebody or something that appeared in, or left, the subjects of a threshold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str


class Moment(BaseModel):
    """One report on the line of time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    taken_at: datetime
    level: Level
    level_with_acceptances: Level
    counts: dict[Status, int]
    catalogue_digest: str


class Evolution(BaseModel):
    """One threshold over time.

    `statuses` has one entry a report, None where the control did not exist. Subjects are compared with the last report
    that could look; they are all empty when the last one could not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    level: int | None
    title: Text
    change: Change
    statuses: tuple[Status | None, ...]
    reason: Text | None = None
    new: tuple[Subject, ...] = ()
    came_back: tuple[Subject, ...] = ()
    fixed: tuple[Subject, ...] = ()
    still: int = 0


class Trend(BaseModel):
    """The comparison: one moment a report, one evolution a threshold that failed once or can no longer be seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    moments: tuple[Moment, ...]
    evolutions: tuple[Evolution, ...]
    same_rules: bool

    def of(self, change: Change) -> tuple[Evolution, ...]:
        """Return the thresholds with this change, in the order of the report."""
        return tuple(evolution for evolution in self.evolutions if evolution.change is change)


def compare(reports: Sequence[Report]) -> Trend:
    """Return the trend of two reports or more, whatever the order they are given in.

    A threshold that can no longer be evaluated is `lost`: neither fixed nor new. One that fails and could never be
    looked at before is `first_look`. Informations are left out.

    Raises:
        InputError: fewer than two reports, or reports of other engines or perimeters.

    """
    ordered = sorted(reports, key=lambda report: (report.source.taken_at, report.judged_at))
    _check_comparable(ordered)
    series: dict[tuple[str, int], list[Verdict | None]] = {}
    for rank, report in enumerate(ordered):
        for verdict in report.verdicts:
            series.setdefault(verdict.key, [None] * len(ordered))[rank] = verdict
    controls = {name: control for report in ordered for name, control in report.controls.items()}
    evolutions = [
        evolution
        for (name, _), verdicts in series.items()
        if controls[name].kind is not Kind.INFORMATION
        and (evolution := _evolution(controls[name].title, verdicts)) is not None
    ]
    return Trend(
        names=ordered[-1].perimeter.names,
        moments=tuple(_moment(report) for report in ordered),
        evolutions=tuple(sorted(evolutions, key=lambda each: (each.level or 9, each.control))),
        same_rules=len({report.tool.catalogue_digest for report in ordered}) == 1,
    )


def _check_comparable(reports: Sequence[Report]) -> None:
    if len(reports) < 2:  # noqa: PLR2004 — a comparison has two sides
        raise InputError(Text(fr="il faut au moins deux rapports à comparer", en="at least two reports are needed"))
    first = reports[0]
    for report in reports[1:]:
        if report.tool.engine != first.tool.engine:
            raise InputError(Text(fr="les rapports viennent de moteurs différents", en="the engines differ"))
        if not set(report.perimeter.names) & set(first.perimeter.names):
            seen, other = ", ".join(first.perimeter.names), ", ".join(report.perimeter.names)
            raise InputError(
                Text(
                    fr=f"les rapports ne portent pas sur le même périmètre : {seen}, puis {other}",
                    en=f"the reports are about other perimeters: {seen}, then {other}",
                )
            )


def _moment(report: Report) -> Moment:
    return Moment(
        taken_at=report.source.taken_at,
        level=report.level,
        level_with_acceptances=report.level_with_acceptances,
        counts=report.counts(),
        catalogue_digest=report.tool.catalogue_digest,
    )


def _evolution(title: Text, verdicts: Sequence[Verdict | None]) -> Evolution | None:
    """Return what became of one threshold, None when it never failed and can still be seen."""
    change = _change(verdicts)
    if change is None:
        return None
    last = next(verdict for verdict in reversed(verdicts) if verdict is not None)
    bare = Evolution(
        control=last.control,
        level=last.level,
        title=title,
        change=change,
        statuses=tuple(verdict.status if verdict else None for verdict in verdicts),
        reason=last.reason,
    )
    return bare if change is Change.LOST else bare.model_copy(update=_subject_changes(verdicts))


def _seen(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status is not Status.NOT_EVALUATED


def _change(verdicts: Sequence[Verdict | None]) -> Change | None:
    *before, last = verdicts
    known = [verdict.status for verdict in before if verdict is not None and _seen(verdict)]
    if not _seen(last):
        return Change.LOST if known else None
    was_failing = bool(known) and known[-1] is Status.FAILED
    if last is None or last.status is not Status.FAILED:
        return Change.FIXED if was_failing else None
    if was_failing:
        return Change.STILL
    if not known:
        return Change.FIRST_LOOK
    return Change.CAME_BACK if Status.FAILED in known else Change.NEW


def _subject_changes(verdicts: Sequence[Verdict | None]) -> dict[str, object]:
    """Return who came, came back and left between the last two reports that could look."""
    seen = [verdict.subjects for verdict in verdicts if verdict is not None and _seen(verdict)]
    *older, last = seen
    if not older:
        return {}
    before, earlier = older[-1], older[:-1]
    arrived = last.join(before, on="key", how="anti")
    known = {key for frame in earlier for key in frame["key"]}
    return {
        "new": _subjects(arrived.filter(~pl.col("key").is_in(known))),
        "came_back": _subjects(arrived.filter(pl.col("key").is_in(known))),
        "fixed": _subjects(before.join(last, on="key", how="anti")),
        "still": last.join(before, on="key", how="semi")["key"].n_unique(),
    }


def _subjects(frame: pl.DataFrame) -> tuple[Subject, ...]:
    rows: Iterable[tuple[str, str]] = frame.select("key", "name").unique("key", keep="first").sort("key").rows()
    return tuple(Subject(key=key, name=name) for key, name in rows)
