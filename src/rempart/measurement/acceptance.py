"""A risk accepted by a named role until a date: kept beside the verdict, never hiding it."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

_OLD_ID = re.compile(r"^(vuln|warning|warn|info)(\d?)_")
_PREFIXES = {"warn": "warning"}


class Acceptance(BaseModel):
    """One accepted risk.

    `subjects` lists the keys or names it covers; empty means every subject of the control.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    subjects: tuple[str, ...] = ()
    role: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    until: date

    def holds(self, on: date) -> bool:
        """Tell whether the acceptance is still valid `on` that day (its last day included)."""
        return on <= self.until


class _AcceptanceFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    acceptance: tuple[Acceptance, ...] = ()


def load_acceptances(path: Path) -> tuple[Acceptance, ...]:
    """Read a TOML file of `[[acceptance]]` tables.

    Raises:
        InputError: the file is missing, is not TOML, or a table lacks a field; the place is named.

    """
    try:
        return _AcceptanceFile(**tomllib.loads(path.read_text(encoding="utf-8"))).acceptance
    except OSError as error:
        raise InputError(
            Text(fr="fichier des risques acceptés introuvable", en="accepted risks file not found"), where=str(path)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Text(fr=f"TOML illisible : {error}", en=f"unreadable TOML: {error}"), str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            Text(fr=f"champ « {place} » : {first['msg']}", en=f"field {place}: {first['msg']}"),
            where=str(path),
            advice=Text(
                fr="Chaque [[acceptance]] porte control, role, reason, until (AAAA-MM-JJ) et, au besoin, subjects.",
                en="Each [[acceptance]] has control, role, reason, until (YYYY-MM-DD) and, if needed, subjects.",
            ),
        ) from error


def current_id(control_id: str) -> str:
    """Return today's form of a control id: older material writes a level in it (`vuln2_krbtgt`, `warn1_admincount`).

    The digit is dropped, never trusted: levels moved over the years (ANSSI, list of control points).
    """
    return _OLD_ID.sub(lambda match: f"{_PREFIXES.get(match.group(1), match.group(1))}_", control_id)


def resolve(acceptances: Sequence[Acceptance], known: Collection[str], where: str) -> tuple[Acceptance, ...]:
    """Return the acceptances with today's ids.

    Raises:
        InputError: one names a control that does not exist; `where` (the file) and its rank are named.

    """
    resolved = []
    for rank, acceptance in enumerate(acceptances, start=1):
        control_id = current_id(acceptance.control)
        if control_id not in known:
            raise InputError(
                Text(fr=f"contrôle inconnu : {acceptance.control}", en=f"unknown control: {acceptance.control}"),
                where=f"{where}, acceptance {rank}",
                advice=Text(
                    fr="Reprenez l'identifiant écrit dans le rapport, par exemple vuln_krbtgt.",
                    en="Use the identifier written in the report, for example vuln_krbtgt.",
                ),
            )
        resolved.append(acceptance.model_copy(update={"control": control_id}))
    return tuple(resolved)


class Cover(BaseModel):
    """How far acceptances cover one failed threshold.

    `valid` and `expired` are the acceptances that name something of it; `accepted` counts the subjects of the `total`
    that a valid one covers. `full` says that nothing is left uncovered, the only case that changes a level.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid: tuple[Acceptance, ...] = ()
    expired: tuple[Acceptance, ...] = ()
    accepted: int = 0
    total: int = 0
    full: bool = False


def cover(verdict: Verdict, acceptances: Iterable[Acceptance], on: date) -> Cover:
    """Return how far `acceptances` cover `verdict` on that day; nothing is covered when it does not fail."""
    if verdict.status is not Status.FAILED:
        return Cover()
    named = [a for a in acceptances if a.control == verdict.control and _matching(verdict.subjects, [a]) is not None]
    valid = [acceptance for acceptance in named if acceptance.holds(on)]
    matched = _matching(verdict.subjects, valid)
    accepted = 0 if matched is None else matched.height
    whole = any(not acceptance.subjects for acceptance in valid)
    return Cover(
        valid=tuple(valid),
        expired=tuple(acceptance for acceptance in named if not acceptance.holds(on)),
        accepted=accepted,
        total=verdict.subjects.height,
        full=whole or 0 < accepted == verdict.subjects.height,
    )


def _matching(subjects: pl.DataFrame, acceptances: Sequence[Acceptance]) -> pl.DataFrame | None:
    """Return the subjects these acceptances cover; None when they cover nothing at all."""
    if not acceptances:
        return None
    if any(not acceptance.subjects for acceptance in acceptances):
        return subjects
    wanted = sorted({name.lower() for acceptance in acceptances for name in acceptance.subjects})
    found = subjects.filter(
        pl.col("key").str.to_lowercase().is_in(wanted) | pl.col("name").str.to_lowercase().is_in(wanted)
    )
    return found if found.height else None


Reached = TypeVar("Reached")


def level_with(
    verdicts: Iterable[Verdict],
    acceptances: Sequence[Acceptance],
    on: date,
    level_of: Callable[[Iterable[Verdict]], Reached],
) -> Reached:
    """Return the level that would stand if the thresholds accepted in full did not count.

    `level_of` is the engine's own rule. The verdicts themselves stay failed: a reader sees both levels.
    """
    return level_of([verdict for verdict in verdicts if not cover(verdict, acceptances, on).full])


def unused(verdicts: Sequence[Verdict], acceptances: Sequence[Acceptance], on: date) -> tuple[Acceptance, ...]:
    """Return the acceptances that cover nothing in this report: the fault is gone, or the name is misspelt."""
    covers = [cover(verdict, acceptances, on) for verdict in verdicts]
    used = {id(a) for each in covers for a in (*each.valid, *each.expired)}
    return tuple(acceptance for acceptance in acceptances if id(acceptance) not in used)
