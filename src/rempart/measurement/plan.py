"""What to fix, in the order that gains most for least effort."""

from pydantic import BaseModel, ConfigDict

from rempart.measurement.text import Text


class Command(BaseModel):
    """One command to run for one subject, and the one that goes back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    fix: str | None
    undo: str | None


class Step(BaseModel):
    """One thing to do: a control to satisfy (or a hop to remove), with its gain, effort, fix and undo."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    control: str
    level: int | None
    title: Text
    fix: Text
    undo: Text
    effort: int
    subjects: int
    cut_off: int
    unlocks: int | None
    commands: tuple[Command, ...] = ()


class Plan(BaseModel):
    """Steps in the order to take them; `unlocks` of a step is the level reached once it and those before are done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = ()
