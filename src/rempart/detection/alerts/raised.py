"""From matches to alerts: one a match or a correlation, repeated ones folded into one with a count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl

from rempart.detection.alerts.alert import Alert, Reference
from rempart.detection.alerts.because import because
from rempart.detection.alerts.looking import Explain, Fetch, Looking, Place, Raised, in_order, looked
from rempart.detection.alerts.references import identifier, named
from rempart.detection.events import EventClass
from rempart.detection.findings import Findings

_PLACE = ("time", "file", "offset")
_TOLD = ("file", "offset", "length", "time", "event")


@dataclass(frozen=True)
class Raising:
    """How alerts are raised.

    Attributes:
        within: matches of one rule about one entity that follow each other within this are one alert with a count;
            None: each match is an alert.
        whole: how many whole events are read again and explained, the first of each rule before the second of any.
        kept: how many references an alert tells; the others are counted.

    """

    within: timedelta | None = None
    whole: int = 200
    kept: int = 20


EACH = Raising()
FOLDED = Raising(within=timedelta(hours=1))
"""What a run over files wants: 10 000 times the same thing is one alert."""


def raise_alerts(
    findings: Findings, fetch: Fetch | None = None, raising: Raising = EACH, *, explain: Explain = because
) -> list[Alert]:
    """Return the alerts of a run, by time.

    The identifier of an alert is made of its rule and its events, by file name and not by path; a folded alert has that
    of its first event, so that it keeps it as it grows. `fetch` gives whole events: without it, none is shown.
    """
    work = _Work(findings, named(pl.DataFrame(findings.matched)), raising)
    raised = sorted([*work.simple(), *work.correlated()], key=lambda each: in_order(each.alert))
    if fetch is not None:
        alerts = looked(raised, findings.compiled, Looking(fetch, explain, raising.whole))
    else:
        alerts = [each.alert for each in raised]
    return sorted(alerts, key=in_order)


@dataclass(frozen=True)
class _Work:
    """The alerts of some findings, before their events are looked at."""

    findings: Findings
    rows: pl.DataFrame
    raising: Raising

    def simple(self) -> Iterator[Raised]:
        """Yield the alerts of rules on single events, those only correlations use left out."""
        compiled = self.findings.compiled
        alone = [number for number, rule in enumerate(compiled.rules) if rule.alone]
        for group in self._groups(self.rows.filter(pl.col("rule").is_in(alone))).iter_rows(named=True):
            about, places = compiled.about(group["rule"]), tuple(map(_place, group["places"]))
            alert = Alert(
                id=identifier(about.id, [places[0].event]),
                about=about,
                source=group["source"] or "",
                code=group["code"] or "",
                first=group["first"],
                last=group["last"],
                host=group["host"] or "",
                user=group["user"] or "",
                address=group["address"] or "",
                events=tuple(place.reference for place in places),
                count=group["count"],
            )
            yield Raised(alert, group["rule"], EventClass(alert.source, alert.code), places)

    def _groups(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row an alert: matches of a rule about one entity, each within the window after the one before."""
        key = ("rule", "source", "code", "host", "user", "address")
        ordered = rows.sort(*key, *_PLACE, nulls_last=True)
        if self.raising.within is None:
            starts = pl.int_range(pl.len()) >= 0
        else:
            other = pl.struct(key).ne_missing(pl.struct(key).shift())
            late = (pl.col("time").diff() > self.raising.within).fill_null(value=False)
            starts = other | late | (pl.col("time").is_null() != pl.col("time").shift().is_null())
        return (
            ordered.with_columns(group=starts.fill_null(value=True).cast(pl.Int64).cum_sum())
            .group_by("group", maintain_order=True)
            .agg(
                pl.col(*key).first(),
                first=pl.col("time").min(),
                last=pl.col("time").max(),
                count=pl.len(),
                places=pl.struct(*_TOLD).head(self.raising.kept),
            )
        )

    def correlated(self) -> Iterator[Raised]:
        """Yield the alerts of correlations; one about several machines names that of its last event."""
        compiled = self.findings.compiled
        for found in self.findings.correlated.to_pylist():
            correlation = compiled.correlations[found["rule"] - len(compiled.rules)]
            if not correlation.alone:
                continue
            rows = self.rows[found["rows"]].sort(*_PLACE, nulls_last=True)
            places = tuple(map(_place, rows.select(_TOLD).head(self.raising.kept).to_dicts()))
            first, last = rows.row(0, named=True), rows.row(-1, named=True)
            one_class = rows.select("source", "code").n_unique() == 1
            alert = Alert(
                id=identifier(correlation.about.id, rows["event"]),
                about=correlation.about,
                source=first["source"] if one_class else "",
                code=first["code"] if one_class else "",
                first=found["first"],
                last=found["last"],
                host=_one(rows["host"], last["host"]),
                user=_one(rows["user"], last["user"]),
                address=_one(rows["address"], last["address"]),
                events=tuple(place.reference for place in places),
                keys=tuple(zip(correlation.group_by, found["keys"] or (), strict=False)),
                measured=found["measured"],
                count=rows.height,
            )
            yield Raised(alert, first["rule"], EventClass(first["source"], first["code"]), places)


def _one(values: pl.Series, last: str | None) -> str:
    """Return the value all events share, the absent ones apart; else that of the last event."""
    known = values.drop_nulls().unique()
    return str(known[0]) if len(known) == 1 else last or ""


def _place(told: Mapping[str, Any]) -> Place:
    return Place(Reference(told["file"], told["offset"], told["length"]), told["time"], told["event"])
