"""How a control ends: what fails, fails; what could not be looked at is never a pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Measure, Verdict, no_subjects

_NONE = Text(fr="rien de tel n'est exposé", en="nothing of the kind is exposed")
_UNSEEN = Text(
    fr="{unseen} sans réponse exploitable ({first}) : rien à signaler dans ce qui a répondu",
    en="{unseen} without a usable answer ({first}): nothing found in what answered",
)


@dataclass(frozen=True)
class Looked:
    """How many services or names gave an answer to judge, and which gave none (columns `key`, `name`)."""

    count: int
    unseen: pl.DataFrame = field(default_factory=no_subjects)


def settle(
    entry: Control,
    failing: pl.DataFrame,
    looked: Looked,
    *,
    level: int | None = None,
    measured: Mapping[str, Measure] | None = None,
) -> Verdict:
    """Return the verdict of a control that looked at several services or names.

    Args:
        entry: the control.
        failing: the subjects that fail (`Surface.subjects`).
        looked: what could be looked at; nothing at all makes the control not applicable.
        level: the threshold, when the control has several.
        measured: figures the judgement rests on.

    """
    figures = {"looked": looked.count, "unseen": looked.unseen.height} | dict(measured or {})
    if failing.height:
        return entry.judge(failing, level=level, measured=figures)
    if looked.unseen.height:
        reason = _UNSEEN.filled(unseen=looked.unseen.height, first=looked.unseen["name"].sort()[0])
        return entry.not_evaluated(reason, level=level).model_copy(update={"measured": figures})
    if not looked.count:
        return entry.not_applicable(_NONE, level=level)
    return entry.judge(failing, level=level, measured=figures)
