"""Alerts of one story, put together: by machine, account and address, within a gap of time.

Two alerts of level medium or more are of one incident when they name the same machine, account or address and the
second begins within the gap after the first ended; so are those linked through others. Names that everybody shares
(SYSTEM, root, loopback) link nothing. An alert of a lower level never links two stories: it joins the one nearest in
time that names the same, else it stays alone. Undated alerts of one name are together, apart from the dated ones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rempart.detection.alerts import advice
from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.attack import aim, order
from rempart.detection.alerts.entities import links, named
from rempart.detection.alerts.incident import Incident, Stage, incident_id
from rempart.detection.alerts.levels import rank
from rempart.detection.alerts.looking import in_order
from rempart.detection.alerts.score import score

GAP = timedelta(hours=8)
"""An intruder who is quiet for longer than that is another incident: the length of a shift."""
ACTIVE = timedelta(hours=1)
_MEDIUM = rank("medium")
_LAST_STAGE = 99


def incidents(alerts: Iterable[Alert], *, at: datetime, gap: timedelta = GAP) -> tuple[Incident, ...]:
    """Return the incidents, the most urgent first; alerts under medium that join none are in none."""
    ordered = sorted(alerts, key=in_order)
    groups: dict[int, list[Alert]] = {}
    for alert, group in zip(ordered, _stories(ordered, gap), strict=True):
        if group is not None:
            groups.setdefault(group, []).append(alert)
    seen_in = Counter(rule for story in groups.values() for rule in {alert.about.id for alert in story})
    made = [_incident(story, seen_in, at) for story in groups.values()]
    return tuple(sorted(made, key=lambda each: (-each.score.total, -rank(each.level), _first(each), each.id)))


def _first(incident: Incident) -> float:
    return incident.first.timestamp() if incident.first else float("inf")


def _stories(alerts: Sequence[Alert], gap: timedelta) -> list[int | None]:
    """Return the number of the story of each alert, None for a faint sign that joins none."""
    if not alerts:
        return []
    table = _named(alerts)
    strong = table.filter(pl.col("rank") >= _MEDIUM)
    edges = _edges(strong, gap)
    shape = (len(alerts), len(alerts))
    matrix = coo_array((np.ones(edges.height, dtype=np.int8), (edges["before"], edges["alert"])), shape=shape)
    story: list[int | None] = [
        int(number) if rank(alert.about.level) >= _MEDIUM else None
        for number, alert in zip(connected_components(matrix, directed=False)[1], alerts, strict=True)
    ]
    joined = _nearest(table.filter(pl.col("rank") < _MEDIUM), strong, gap)
    for alert, near in joined.items():
        story[alert] = story[near]
    return story


def _named(alerts: Sequence[Alert]) -> pl.DataFrame:
    """Return one row an alert and name: alert, rank, first, last (microseconds, null when undated), name."""
    frame = pl.DataFrame(
        {
            "alert": range(len(alerts)),
            "rank": [rank(alert.about.level) for alert in alerts],
            "first": [alert.first for alert in alerts],
            "last": [alert.last or alert.first for alert in alerts],
            "name": [list(links(alert)) for alert in alerts],
        },
        schema={
            "alert": pl.Int64,
            "rank": pl.Int8,
            "first": pl.Datetime("us", "UTC"),
            "last": pl.Datetime("us", "UTC"),
            "name": pl.List(pl.String),
        },
    )
    return frame.explode("name", empty_as_null=True).drop_nulls("name")


def _edges(strong: pl.DataFrame, gap: timedelta) -> pl.DataFrame:
    """Return the pairs of alerts that follow each other under one name within the gap."""
    dated = strong["first"].is_not_null()
    follows = strong.filter(dated).sort("name", "first", "alert")
    until = pl.col("last").cum_max().shift().over("name")
    near = follows.with_columns(before=pl.col("alert").shift().over("name"), until=until).filter(
        pl.col("first") - pl.col("until") <= gap
    )
    undated = strong.filter(~dated).sort("name", "alert").with_columns(before=pl.col("alert").shift().over("name"))
    return pl.concat([part.select("before", "alert").drop_nulls() for part in (near, undated)])


def _nearest(faint: pl.DataFrame, strong: pl.DataFrame, gap: timedelta) -> Mapping[int, int]:
    """Return, for each faint alert, the strong one nearest in time under one of its names, when there is one."""
    pairs = faint.join(strong, on="name", suffix="_strong")
    before, after = pl.col("first") - pl.col("last_strong"), pl.col("first_strong") - pl.col("last")
    away = pl.max_horizontal(before, after, pl.duration())
    both = pairs.with_columns(away=away).filter(
        (pl.col("away") <= gap) | (pl.col("first").is_null() & pl.col("first_strong").is_null())
    )
    best = both.sort("away", "alert_strong", nulls_last=True).group_by("alert", maintain_order=True).first()
    return dict(zip(best["alert"], best["alert_strong"], strict=True))


def _incident(story: Sequence[Alert], seen_in: Mapping[str, int], at: datetime) -> Incident:
    hosts, users, addresses = (_most(names) for names in zip(*map(named, story), strict=True))
    moments = [moment for alert in story for moment in (alert.first, alert.last) if moment is not None]
    last = max(moments, default=None)
    return Incident(
        id=incident_id(story[0].id),
        score=score(story, seen_in),
        level=max((alert.about.level for alert in story), key=rank),
        first=min(moments, default=None),
        last=last,
        active=last is not None and at - last <= ACTIVE,
        hosts=hosts,
        users=users,
        addresses=addresses,
        alerts=tuple(alert.id for alert in story),
        events=sum(alert.count for alert in story),
        stages=_stages(story),
        actions=advice.actions(story),
        declare=advice.declare(story),
    )


def _most(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, the most frequent first, whatever their case."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for name in filter(None, names):
        written.setdefault(name.lower(), name)
        counts[name.lower()] += 1
    return tuple(written[name] for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _stages(story: Sequence[Alert]) -> tuple[Stage, ...]:
    """Return what is seen, in the order of an attack; alerts that name no tactic come last."""
    by_tactic: dict[str, list[Alert]] = {}
    for alert in story:
        by_tactic.setdefault(aim(alert.about.tags).stage, []).append(alert)
    told = sorted(by_tactic.items(), key=lambda pair: order().get(pair[0], _LAST_STAGE))
    return tuple(Stage(tactic, each[0].first, tuple(alert.id for alert in each)) for tactic, each in told)
