"""The life of a finding over runs: new, still, fixed, back, not observed, accepted. Today's rules judge every run.

A finding is one subject of one control (its normal form: the same whatever the address answers by name). It is fixed
only when its service or name was looked at again and passes, or its port was seen closed; a run that got no answer says
"not observed", never "fixed".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import polars as pl

from rempart.exposure.snapshot import Outcome, Snapshot
from rempart.exposure.surface import place_of
from rempart.measurement.control import Kind
from rempart.measurement.report import Report
from rempart.measurement.verdict import Status

SILENT_AFTER = timedelta(days=20)
"""A control that once judged and has not for so long is an alarm: its detector may be dead."""


class State(StrEnum):
    """Where a finding stands after the last run."""

    NEW = "new"
    BACK = "back"
    STILL = "still"
    NOT_OBSERVED = "not_observed"
    ACCEPTED = "accepted_until"
    FIXED = "fixed"


@dataclass(frozen=True)
class Run:
    """One measurement and what today's rules say of it, at its own date."""

    snapshot: Snapshot
    report: Report

    @property
    def at(self) -> datetime:
        """When it was taken."""
        return self.report.source.taken_at


@dataclass(frozen=True)
class Finding:
    """One subject of one control over the runs. `seen` are the dates it was found at, oldest first."""

    control: str
    level: int | None
    key: str
    name: str
    state: State
    seen: tuple[datetime, ...]
    until: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """Control and normal form: what tells one finding from another, over runs."""
        return self.control, self.key

    @property
    def first(self) -> datetime:
        """When it was first found."""
        return self.seen[0]


def findings(runs: Sequence[Run]) -> list[Finding]:
    """Return every finding that any run found, oldest run first; informations are left out.

    Args:
        runs: at least one run, in any order.

    """
    ordered = sorted(runs, key=lambda run: run.at)
    found = [_found(run.report) for run in ordered]
    identities = sorted({identity for each in found for identity in each})
    looked = _looked_at(ordered[-1].snapshot)
    return [_life(identity, ordered, found, looked) for identity in identities]


def silent_controls(runs: Sequence[Run]) -> list[tuple[str, datetime]]:
    """Return the controls that judged once and have not for `SILENT_AFTER` or more, with the last date they did."""
    ordered = sorted(runs, key=lambda run: run.at)
    last: dict[str, datetime] = {}
    for run in ordered:
        for verdict in run.report.verdicts:
            if verdict.status in {Status.SATISFIED, Status.FAILED}:
                last[verdict.control] = run.at
    return sorted((control, at) for control, at in last.items() if ordered[-1].at - at >= SILENT_AFTER)


_Found = dict[tuple[str, str], tuple[int | None, str]]


def _found(report: Report) -> _Found:
    """Return the level and name of each finding of one run, by identity; the lowest level where there are several."""
    found: _Found = {}
    for verdict in sorted(report.verdicts, key=lambda each: each.level or 9, reverse=True):
        if verdict.status is Status.FAILED and report.controls[verdict.control].kind is not Kind.INFORMATION:
            for key, name in verdict.subjects.select("key", "name").iter_rows():
                found[verdict.control, key] = (verdict.level, name)
    return found


def _life(
    identity: tuple[str, str], runs: Sequence[Run], found: Sequence[_Found], looked: dict[str, set[str]]
) -> Finding:
    control, key = identity
    present = [identity in each for each in found]
    level, name = next(each[identity] for each in reversed(found) if identity in each)
    last = runs[-1].report
    state, until = _state(present), ""
    if present[-1]:
        for acceptance in last.acceptances:
            covers = not acceptance.subjects or {key, name} & set(acceptance.subjects)
            if acceptance.control == control and covers and acceptance.holds(last.judged_at.date()):
                state, until = State.ACCEPTED, acceptance.until.isoformat()
    elif not _was_looked_at(key, last.controls[control].category or "", looked):
        state = State.NOT_OBSERVED
    seen = tuple(run.at for run, here in zip(runs, present, strict=True) if here)
    return Finding(control, level, key, name, state, seen, until)


def _state(present: Sequence[bool]) -> State:
    *before, now = present
    if not now:
        return State.FIXED
    if not any(before):
        return State.NEW
    return State.STILL if before[-1] else State.BACK


_PROBES = {"tls": ("tls.",), "web": ("http.",), "mail": ("dns.", "mta_sts.", "smtp."), "dns": ("dns.",)}
"""The families of probes that look for each category; any probe that answered counts for the others."""


def _looked_at(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return the families of probes that got an answer, by subject key; `closed` for a port seen closed."""
    answered = snapshot.observations.filter(pl.col("outcome") == str(Outcome.ANSWERED))
    looked: dict[str, set[str]] = {}
    columns = ("subject", "address", "port", "transport", "name", "probe")
    for subject, address, port, transport, name, probe in answered.select(columns).unique().iter_rows():
        family = f"{probe.partition('.')[0]}."
        for key in _keys(subject, address, port, transport, name):
            looked.setdefault(key, set()).add(family)
    closed = snapshot.services.filter(pl.col("state") == "closed").select("address", "port", "transport")
    named = snapshot.assets.filter(pl.col("name") != "").group_by("address").agg(pl.col("name").unique())
    names = dict(named.iter_rows())
    for address, port, transport in closed.iter_rows():
        for host in (address, *names.get(address, ())):
            for key in _keys("", host, port, transport, ""):
                looked.setdefault(key, set()).add("closed")
    return looked


def _keys(
    subject: str | None, address: str | None, port: int | None, transport: str | None, name: str | None
) -> Iterable[str]:
    if subject:
        yield subject
    if port is not None:
        for host in filter(None, (name, address)):
            shown = f"[{host}]" if ":" in host else host
            yield f"{shown}:{port}/{transport}"


def _was_looked_at(key: str, category: str, looked: dict[str, set[str]]) -> bool:
    families = looked.get(place_of(key), set())
    wanted = _PROBES.get(category)
    return "closed" in families or bool(families & set(wanted) if wanted else families)
