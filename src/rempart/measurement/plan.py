"""What to fix, in the order that gains most for least effort."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import polars as pl
from pydantic import BaseModel, ConfigDict

from rempart.measurement.control import Control, Kind, Remedy
from rempart.measurement.path import ChokePoint, Hop
from rempart.measurement.powershell import fill
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

MAX_COMMANDS = 1000
"""A step lists so many commands; the table of subjects (CSV) gives the command of every one."""
UNSCORED = 9
"""Warnings come after every level in the order of the plan."""


class Command(BaseModel):
    """One command to run for one subject, and the one that goes back.

    `refused` says why no command is given: the subject's name could not be written into one safely.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    name: str = ""
    fix: str | None
    undo: str | None
    refused: Text | None = None


class Step(BaseModel):
    """One thing to do: a control to satisfy, or a right to remove, with its gain, effort, fix and undo.

    `control` is empty for a right that no single control names. `thresholds` are the levels of the control that this
    step settles. `subjects` counts what is touched, `cut_off` the accounts cut off from every path. `unlocks` is set
    when the level rises once this step and all those before are done; `at_most` when something unseen may lower it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    level: int | None
    thresholds: tuple[int, ...] = ()
    title: Text
    fix: Text
    undo: Text
    effort: int
    subjects: int
    cut_off: int
    unlocks: int | None
    at_most: bool = False
    commands: tuple[Command, ...] = ()


class Plan(BaseModel):
    """Steps in the order to take them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = ()


class Reached(Protocol):
    """What a level function returns: the level, and whether something unseen may lower it."""

    @property
    def value(self) -> int:
        """From 1 to 5."""

    @property
    def at_most(self) -> bool:
        """True when a threshold that could not be evaluated may lower it."""


LevelFunction = Callable[[Iterable[Verdict]], Reached]


def build_plan(
    controls: Mapping[str, Control],
    verdicts: Sequence[Verdict],
    choke_points: Sequence[ChokePoint],
    level_of: LevelFunction,
) -> Plan:
    """Return what to fix, first things first.

    The lowest failed level comes first, for nothing else raises the level. Inside a level, the gain (accounts cut off
    from a path, plus subjects) over the effort decides. Warnings come last; informations ask for nothing.

    `level_of` is the engine's own rule: it is asked again after each step, with the thresholds already settled held
    satisfied.
    """
    drafts = [*_control_steps(controls, verdicts, choke_points), *_hop_steps(verdicts, choke_points)]
    return Plan(steps=tuple(_with_unlocks(sorted(drafts, key=_order), verdicts, level_of)))


def _order(step: Step) -> tuple[int, float, str, str]:
    gain = (step.cut_off + step.subjects) / step.effort
    return step.level or UNSCORED, -gain, step.control, step.title.fr


def _control_steps(
    controls: Mapping[str, Control], verdicts: Sequence[Verdict], choke_points: Sequence[ChokePoint]
) -> Iterator[Step]:
    """One step a failed threshold; a threshold whose subjects are all in a lower one is settled with it."""
    failed: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.status is Status.FAILED and controls[verdict.control].kind is not Kind.INFORMATION:
            failed.setdefault(verdict.control, []).append(verdict)
    for name, thresholds in failed.items():
        done = pl.DataFrame()
        merged: list[tuple[Verdict, pl.DataFrame, list[int]]] = []
        for verdict in sorted(thresholds, key=lambda v: v.level or UNSCORED):
            rest = _without(verdict.subjects, done)
            if merged and rest.is_empty():
                merged[-1][2].extend(_levels(verdict))
            else:
                merged.append((verdict, rest, _levels(verdict)))
                done = pl.concat([done, rest], how="diagonal_relaxed")
        for verdict, rest, levels in merged:
            yield _control_step(controls[name], verdict.level, rest, levels, _cut_off(rest, choke_points))


def _levels(verdict: Verdict) -> list[int]:
    return [] if verdict.level is None else [verdict.level]


def _without(frame: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    if done.is_empty() or frame.columns != done.columns or frame.schema != done.schema:
        return frame
    return frame.join(done, on=frame.columns, how="anti", nulls_equal=True, maintain_order="left")


def _control_step(control: Control, level: int | None, subjects: pl.DataFrame, levels: list[int], cut: int) -> Step:
    return Step(
        control=control.id,
        level=level,
        thresholds=tuple(levels),
        title=control.title,
        fix=Text(fr=control.fix.fr, en=control.fix.en),
        undo=Text(fr=control.undo.fr, en=control.undo.en),
        effort=control.effort,
        subjects=subjects.height,
        cut_off=cut,
        unlocks=None,
        commands=tuple(commands(control.fix, control.undo, subjects.head(MAX_COMMANDS))),
    )


def commands(fix: Remedy, undo: Remedy, subjects: pl.DataFrame) -> Iterator[Command]:
    """Return the commands of every subject, in the order of the frame; none when there is no template.

    A loop over rows: each command is a text of its own, with its own quoting.
    """
    if fix.command is None:
        return
    for row in subjects.iter_rows(named=True):
        forward, back = fill(fix.command, row), fill(undo.command, row)
        yield Command(
            subject=row["key"],
            name=row["name"],
            fix=forward.command,
            undo=back.command,
            refused=forward.refused or back.refused,
        )


def _cut_off(subjects: pl.DataFrame, choke_points: Sequence[ChokePoint]) -> int:
    """Return how many accounts the rights among these subjects cut off."""
    return sum(point.cut_off for point in choke_points if _holds(subjects, point.hop))


def _holds(subjects: pl.DataFrame, hop: Hop) -> bool:
    """Tell whether a subject is this very right: its key joins both ends, or its columns name them both."""
    key = pl.col("key")
    joined = key.str.starts_with(f"{hop.source.key}>") & key.str.ends_with(f">{hop.target.key}")
    values = pl.concat_list(pl.col(pl.String))
    named = [values.list.contains(end.key) | values.list.contains(end.name) for end in (hop.source, hop.target)]
    return bool(subjects.select((joined | (named[0] & named[1])).any()).item())


def _hop_level(verdicts: Sequence[Verdict], hop: Hop) -> int | None:
    """Return the lowest failed level that has this right, or one of its two ends, among its subjects."""
    ends = [hop.source.key, hop.target.key]
    levels = [
        verdict.level
        for verdict in verdicts
        if verdict.status is Status.FAILED
        and verdict.level is not None
        and (verdict.subjects["key"].is_in(ends).any() or _holds(verdict.subjects, hop))
    ]
    return min(levels, default=None)


def _hop_steps(verdicts: Sequence[Verdict], choke_points: Sequence[ChokePoint]) -> Iterator[Step]:
    """One step a choke point, at the lowest failed level it has to do with."""
    for point in choke_points:
        hop = point.hop
        command = Command(subject=hop.target.key, name=hop.target.name, fix=hop.command, undo=hop.undo)
        yield Step(
            control="",
            level=_hop_level(verdicts, hop),
            title=Text(
                fr=f"Droit à retirer : {hop.source.name} {_within(hop.title.fr)} {hop.target.name}",
                en=f"Right to remove: {hop.source.name} {_within(hop.title.en)} {hop.target.name}",
            ),
            fix=hop.removal,
            undo=Text(
                fr="Remettez le droit retiré sur l'objet, avec la commande ci-dessous si elle est donnée.",
                en="Put the removed right back on the object, with the command below when one is given.",
            ),
            effort=1,
            subjects=1,
            cut_off=point.cut_off,
            unlocks=None,
            commands=(command,) if hop.command else (),
        )


def _within(sentence: str) -> str:
    """Return a title as the middle of a sentence."""
    return sentence[:1].lower() + sentence[1:]


def _with_unlocks(steps: Sequence[Step], verdicts: Sequence[Verdict], level_of: LevelFunction) -> Iterator[Step]:
    state = {verdict.key: verdict for verdict in verdicts}
    before = level_of(state.values()).value
    for step in steps:
        for threshold in step.thresholds:
            settled = state[step.control, threshold].model_copy(update={"status": Status.SATISFIED})
            state[step.control, threshold] = settled
        reached = level_of(state.values())
        rises = reached.value > before
        before = reached.value
        yield step.model_copy(
            update={"unlocks": reached.value if rises else None, "at_most": rises and reached.at_most}
        )
