"""What a control found: satisfied, failed, not applicable or not evaluated."""

from enum import StrEnum
from typing import Annotated, Any

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from rempart.measurement.text import Text


class Status(StrEnum):
    """The four things a control can say. Missing data is never a pass."""

    SATISFIED = "satisfied"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    NOT_EVALUATED = "not_evaluated"


SUBJECT_SCHEMA: dict[str, type[pl.DataType]] = {"key": pl.String, "name": pl.String}
"""The two columns every frame of subjects has: a stable identity and a name for people."""


def no_subjects() -> pl.DataFrame:
    """Return an empty frame of subjects."""
    return pl.DataFrame(schema=SUBJECT_SCHEMA)


def _frame_from(value: object) -> pl.DataFrame:
    if isinstance(value, pl.DataFrame):
        return value
    if value == []:
        return no_subjects()
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValueError("subjects must be a frame or a list of objects")
    try:
        frame = pl.DataFrame(value, infer_schema_length=None, schema_overrides=SUBJECT_SCHEMA)
    except (PolarsError, PanicException, TypeError, OverflowError) as error:
        raise ValueError("subjects must be objects of the same shape") from error
    if not set(SUBJECT_SCHEMA) <= set(frame.columns):
        raise ValueError("each subject has a key and a name")
    return frame


Subjects = Annotated[
    pl.DataFrame,
    BeforeValidator(_frame_from),
    PlainSerializer(lambda frame: frame.to_dicts(), return_type=list[dict[str, Any]]),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": list(SUBJECT_SCHEMA),
                "properties": {name: {"type": "string"} for name in SUBJECT_SCHEMA},
            },
        }
    ),
]

Measure = bool | int | float | str | None


class Verdict(BaseModel):
    """The answer of one control at one threshold.

    `level` is the level the threshold guards (1 to 5), None for a warning or an information, which are never scored.
    `subjects` is a frame with at least the columns `key` (SID, GUID or DN: stable between runs) and `name`; a failed
    verdict lists who or what fails, one row each, sorted by key. `measured` holds the figures the judgement rests on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    control: str
    level: int | None = Field(ge=1, le=5)
    status: Status
    reason: Text | None = None
    measured: dict[str, Measure] = {}
    subjects: Subjects = Field(default_factory=no_subjects)

    @property
    def key(self) -> tuple[str, int]:
        """The identity of the threshold: control id and level (0 when unscored)."""
        return self.control, self.level or 0
