"""What every rendering shows, in one order: made once from the report, free of any markup."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from rempart.measurement.acceptance import Acceptance, Cover, cover, unused
from rempart.measurement.annex import Annex, Cell
from rempart.measurement.control import Control, Kind
from rempart.measurement.plan import Command, Step
from rempart.measurement.render.rampart import Course, courses
from rempart.measurement.render.words import Words, cell, own_terms, words_of
from rempart.measurement.report import Gap, Report, Term
from rempart.measurement.text import Language, Text
from rempart.measurement.verdict import SUBJECT_SCHEMA, Status, Verdict

STATES = ("failed", "accepted", "not_evaluated", "satisfied", "not_applicable")
"""The states a threshold is counted in, in the order they are shown."""
COMMANDS_SHOWN = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """Return `text` with the signs nobody can see, or that turn the writing around, spelt as their code point."""
    return _CONTROL.sub(lambda sign: f"[U+{ord(sign.group()):04X}]", text)


@dataclass(frozen=True)
class Point:
    """One threshold as it is shown: its state counts an acceptance, and sets warnings apart from failures."""

    control: Control
    verdict: Verdict
    cover: Cover
    state: str

    @property
    def level(self) -> int | None:
        """The level it guards."""
        return self.verdict.level

    @property
    def anchor(self) -> str:
        """A name for links."""
        return f"{self.control.id}-{self.verdict.level or 0}"

    @property
    def total(self) -> int:
        """How many subjects it has."""
        return self.verdict.subjects.height

    def table(self, limit: int, words: Words) -> tuple[list[str], list[list[str]]]:
        """Return the columns worth showing (the key last) and at most `limit` rows, as visible text.

        A code that the report's labels explain is said in words; names and keys stay as they are.
        """
        frame = self.verdict.subjects
        told = [name for name in frame.columns if name != "key" and _says_something(frame[name])]
        columns = [*told, "key"]
        rows = frame.select(columns).head(limit).rows()
        codes = [name not in SUBJECT_SCHEMA for name in columns]
        return columns, [
            [visible(words.cell(value) if code else cell(value)) for value, code in zip(row, codes, strict=True)]
            for row in rows
        ]


def _says_something(column: pl.Series) -> bool:
    if isinstance(column.dtype, pl.List):
        return bool((column.list.len() > 0).any())
    return column.name == "name" or bool((column.is_not_null() & (column.cast(pl.String, strict=False) != "")).any())


@dataclass(frozen=True)
class StepView:
    """One step of the plan with the commands that are shown of it."""

    rank: int
    step: Step
    shown: tuple[Command, ...]
    refused: tuple[Command, ...]
    total: int

    @property
    def fixes(self) -> str:
        """The fix commands shown, one after the other."""
        return "\n\n".join(command.fix for command in self.shown if command.fix)

    @property
    def undos(self) -> str:
        """The undo commands shown, one after the other."""
        return "\n\n".join(command.undo for command in self.shown if command.undo)


@dataclass(frozen=True)
class AcceptanceView:
    """One acceptance and what it is worth that day: holds, expired, unused."""

    acceptance: Acceptance
    title: str
    worth: str


class View:
    """A report made ready to be shown in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self.report = report
        self.words: Words = words_of(report, language)
        self.language = language
        self.wall: tuple[Course, ...] = courses(report.level, report.verdicts)
        self.on = report.judged_at.date()
        self.points = tuple(self._point(verdict) for verdict in report.verdicts)

    def _point(self, verdict: Verdict) -> Point:
        control = self.report.controls[verdict.control]
        covered = cover(verdict, self.report.acceptances, self.on)
        state: str = verdict.status
        if verdict.status is Status.FAILED:
            state = "accepted" if covered.full else "failed" if verdict.level else "to_review"
        return Point(control, verdict, covered, state)

    # -- how are we doing ---------------------------------------------------------------------------------------------

    @property
    def level(self) -> str:
        """The level as people say it."""
        return self.words.level(self.report.level)

    @property
    def lead(self) -> str:
        """The sentence under the level: what stands between here and the next one."""
        blocking = next((course for course in self.wall if course.level > self.report.level.value), None)
        if blocking is None:
            return self.words("top_seen" if self.report.level.at_most else "top_reached")
        return self.words("to_reach", n=blocking.failed, next=self._next_level())

    def _next_level(self) -> int:
        """The level reached once the lowest failed level is settled."""
        return next((step.unlocks for step in self.report.plan.steps if step.unlocks), self.report.level.value + 1)

    @property
    def differs_with_acceptances(self) -> bool:
        """Whether accepted risks change the level."""
        return self.report.level_with_acceptances != self.report.level

    @property
    def counts(self) -> dict[str, int]:
        """How many thresholds are in each state, warnings and informations left out."""
        scored = [point.state for point in self.points if point.level is not None]
        return {state: scored.count(state) for state in STATES}

    # -- what to do next ----------------------------------------------------------------------------------------------

    def steps(self, commands: int = COMMANDS_SHOWN) -> list[StepView]:
        """Return the plan with at most `commands` commands a step."""
        return [
            StepView(
                rank=rank,
                step=step,
                shown=tuple(command for command in step.commands if command.fix)[:commands],
                refused=tuple(command for command in step.commands if command.refused),
                total=sum(command.fix is not None for command in step.commands),
            )
            for rank, step in enumerate(self.report.plan.steps, start=1)
        ]

    def unlocked(self, step: Step) -> str:
        """Return the level a step unlocks, as people say it; empty when it unlocks none."""
        return self.words("unlocks_at_most" if step.at_most else "unlocks", n=step.unlocks) if step.unlocks else ""

    # -- what could not be looked at ----------------------------------------------------------------------------------

    @property
    def blind(self) -> tuple[Point, ...]:
        """The thresholds that could not be evaluated."""
        return tuple(p for p in self.points if p.state == "not_evaluated" and p.level is not None)

    @property
    def flaws(self) -> int:
        """How many records or values of the source could not be understood; the report lists the first ones."""
        return max(self.report.source.counts.get("flaws", 0), len(self.report.flaws))

    def blind_by_reason(self) -> list[tuple[str, list[Point]]]:
        """Return the points that could not be evaluated, by reason, most numerous first."""
        told = sorted(self.blind, key=self._reason)
        grouped = [(reason, list(points)) for reason, points in groupby(told, key=self._reason)]
        return sorted(grouped, key=lambda pair: (-len(pair[1]), pair[0]))

    def _reason(self, point: Point) -> str:
        return self.words.text(point.verdict.reason) if point.verdict.reason else ""

    def gaps(self) -> list[tuple[str, list[Gap]]]:
        """Return what the source could not show, by reason."""
        told = sorted(self.report.gaps, key=lambda gap: (self.words.text(gap.reason), gap.topic, gap.domain or ""))
        return [(reason, list(gaps)) for reason, gaps in groupby(told, key=lambda gap: self.words.text(gap.reason))]

    # -- beside the verdicts ------------------------------------------------------------------------------------------

    def annex_rows(self, annex: Annex, limit: int) -> list[list[str]]:
        """Return at most `limit` rows of an annex as visible text, codes named by the report's labels."""
        return [[visible(self._annex_cell(value)) for value in row] for row in annex.rows[:limit]]

    def _annex_cell(self, value: Cell) -> str:
        if isinstance(value, Text):
            return self.words.text(value)
        return self.words.label(value) if isinstance(value, str) else "" if value is None else self.words.measure(value)

    # -- the points ---------------------------------------------------------------------------------------------------

    def groups(self) -> list[tuple[str, str, list[Point]]]:
        """Return every point in groups (name for links, title, points), what asks for action first."""
        failing = sorted(self._in("failed"), key=lambda point: (point.level or 0, -point.total, point.control.id))
        found = [
            (f"failed-{level}", self.words("failed_at", n=level), list(points))
            for level, points in groupby(failing, key=lambda point: point.level)
        ]
        review = self._in("to_review")
        others = (
            ("accepted", self.words("accepted", n=2), self._in("accepted")),
            ("not_evaluated", self.words("not_evaluated", n=2), self._in("not_evaluated")),
            ("warnings", self.words("warning", n=2), [p for p in review if p.control.kind is Kind.WARNING]),
            ("informations", self.words("information", n=2), [p for p in review if p.control.kind is Kind.INFORMATION]),
            ("satisfied", self.words("satisfied", n=2), self._in("satisfied")),
            ("not_applicable", self.words("not_applicable", n=2), self._in("not_applicable")),
        )
        return [*found, *((name, title, points) for name, title, points in others if points)]

    def _in(self, state: str) -> list[Point]:
        return [point for point in self.points if point.state == state]

    # -- beside the points --------------------------------------------------------------------------------------------

    def acceptances(self) -> list[AcceptanceView]:
        """Return every acceptance with what it is worth on the day of the judgement."""
        idle = {id(acceptance) for acceptance in unused(self.report.verdicts, self.report.acceptances, self.on)}
        return [
            AcceptanceView(
                acceptance=acceptance,
                title=self._title(acceptance.control),
                worth="expired" if not acceptance.holds(self.on) else "unused" if id(acceptance) in idle else "holds",
            )
            for acceptance in self.report.acceptances
        ]

    def _title(self, control: str) -> str:
        known = self.report.controls.get(control)
        return self.words.text(known.title) if known else control

    def terms(self) -> list[Term]:
        """Return the glossary, in the reader's alphabetical order."""
        return sorted((*own_terms(), *self.report.glossary), key=lambda term: self.words.text(term.name).casefold())


def capped(names: Sequence[str], limit: int) -> tuple[list[str], int]:
    """Return the first `limit` names and how many are left."""
    return list(names[:limit]), max(len(names) - limit, 0)


def joined(parts: Iterable[str], between: str = ", ") -> str:
    """Return the non-empty parts on one line."""
    return between.join(part for part in parts if part)
