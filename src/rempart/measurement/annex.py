"""What an engine shows beside its verdicts: a table, a map with its table, texts to send."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from rempart.measurement.text import Text
from rempart.measurement.verdict import Measure

Cell = Text | Measure
"""One cell: a figure, a name, a code that the report's labels explain, or a sentence in both languages."""

STATE = "state"
"""The column that colours a leaf of a map: failed, to_review, satisfied, not_evaluated, not_applicable."""


class Form(StrEnum):
    """How an annex is shown."""

    TABLE = "table"
    MAP = "map"  # columns: place, leaf, state, then what the table adds; the drawing groups leaves by place
    TEXTS = "texts"  # columns: title, text; each text is unfolded and copied


class Annex(BaseModel):
    """One more part of a report.

    `columns` are codes that the report's labels name; every row has one cell a column. `total` says how many rows there
    are in all when only the first ones are kept. `brief` ones are shown on the terminal and on the first page too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    intro: Text
    form: Form = Form.TABLE
    brief: bool = False
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int

    @model_validator(mode="after")
    def _rows_fit_columns(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"annex {self.id}: a row does not have its {len(self.columns)} cells")
        if self.form is Form.MAP and STATE not in self.columns[:3]:
            raise ValueError(f"annex {self.id}: a map has a state in its third column")
        return self
