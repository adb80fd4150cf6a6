"""A risk accepted by a named role until a date: kept beside the verdict, never hiding it."""

import tomllib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rempart.measurement.errors import InputError
from rempart.measurement.text import Text


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
