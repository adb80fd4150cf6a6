"""Every finding in the order to fix it, with each term of its priority (`priority.py`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rempart.exposure.priority import BEHAVIOUR, VERSION
from rempart.exposure.surface import DEDUCED, Surface, place_of
from rempart.measurement.control import Control, Kind
from rempart.measurement.text import Text
from rempart.measurement.verdict import Status, Verdict

LIKELY_BY_LEVEL = {1: 1.0, 2: 0.5, 3: 0.2, 4: 0.1, 5: 0.05}
"""L of a behaviour, for which no public figure exists: what a level says of how soon it is used. Rempart's own."""
USUAL_WEIGHT, USUAL_IMPACT = 0.7, 0.5


@dataclass(frozen=True)
class Ranked:
    """One finding and the terms of its priority: A the weight of the system, C certainty, L likelihood, I impact."""

    control: str
    title: Text
    key: str
    name: str
    level: int | None
    weight: float
    certain: float
    likely: float
    costs: float
    priority: float
    delay: str | None


def ranked(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> list[Ranked]:
    """Return every finding of a vulnerability, highest priority first; a subject counts once a control."""
    weights = _weights(surface)
    found: dict[tuple[str, str], Ranked] = {}
    for verdict in sorted(verdicts, key=lambda each: each.level or 9):
        entry = controls[verdict.control]
        if verdict.status is Status.FAILED and entry.kind is Kind.VULNERABILITY:
            for each in _of(entry, verdict, weights):
                found.setdefault((each.control, each.key), each)
    return sorted(found.values(), key=lambda each: (-each.priority, each.level or 9, each.control, each.key))


def _of(entry: Control, verdict: Verdict, weights: Mapping[str, float]) -> Iterator[Ranked]:
    """A loop over subjects: each is a row of its own, and there are few."""
    for row in verdict.subjects.iter_rows(named=True):
        host = place_of(row["key"]).rpartition(":")[0] or row["key"]
        weight = row.get("weight") or weights.get(host.strip("[]"), USUAL_WEIGHT)
        certain = row.get("certain") or (VERSION if row.get("certainty") == DEDUCED else BEHAVIOUR)
        likely = row["likely"] if row.get("likely") is not None else LIKELY_BY_LEVEL[verdict.level or 5]
        costs = row["costs"] if row.get("costs") is not None else (entry.impact or USUAL_IMPACT)
        yield Ranked(
            control=entry.id,
            title=entry.title,
            key=row["key"],
            name=row["name"],
            level=verdict.level,
            weight=weight,
            certain=certain,
            likely=round(likely, 3),
            costs=costs,
            priority=round(100 * weight * certain * (0.6 * likely + 0.4 * costs), 1),
            delay=row.get("delay"),
        )


def _weights(surface: Surface) -> dict[str, float]:
    """Return the declared weight of each name and address; the heaviest where there are several."""
    declared = surface.snapshot.assets.filter(pl.col("distance") == 0, pl.col("weight").is_not_null())
    hosts = pl.concat([declared.select(pl.col(column).alias("host"), "weight") for column in ("name", "address")])
    heaviest = hosts.filter(pl.col("host") != "").group_by("host").agg(pl.col("weight").max())
    return dict(heaviest.iter_rows())
