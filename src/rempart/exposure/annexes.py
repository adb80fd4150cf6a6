"""What the report shows beside its verdicts: scores, the map, what to declare, the load, messages to send."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from rempart.exposure.letters import letters
from rempart.exposure.ranking import ranked
from rempart.exposure.score import CategoryScore, category_scores, overall
from rempart.exposure.surface import Surface, place_of
from rempart.measurement.annex import Annex, Cell
from rempart.measurement.control import Control, Kind
from rempart.measurement.verdict import Status, Verdict

MOST_ROWS = 1000
"""Rows kept of an annex; the snapshot holds them all."""


def annexes(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Iterator[Annex]:
    """Return the annexes of a report, in the order people need them."""
    yield _scores(controls, verdicts)
    yield _map(surface, controls, verdicts)
    yield _ranked(surface, controls, verdicts)
    yield _to_declare(surface)
    yield _feeds(surface)
    yield _load(surface)
    if surface.snapshot.outside.height:
        yield _outside(surface)
    yield _letters(surface, controls, verdicts)


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("annexes.toml").read_text(encoding="utf-8"))


def annex(name: str, rows: Iterable[tuple[Cell, ...]]) -> Annex:
    """Return the annex `name` of `annexes.toml` with its first rows."""
    kept = tuple(rows)
    return Annex(id=name, rows=kept[:MOST_ROWS], total=len(kept), **_shapes()[name])


def _scores(controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Annex:
    scores = category_scores(controls, verdicts)
    return annex("scores", (_score_row(each) for each in ([overall(scores)] if scores else []) + scores))


def _score_row(each: CategoryScore) -> tuple[Cell, ...]:
    return each.category, each.letter, each.score, each.failed, each.judged, each.unseen


def _ranked(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Annex:
    rows = ranked(surface, controls, verdicts)
    return annex(
        "ranked",
        (
            (
                each.priority,
                each.title,
                each.name,
                each.level,
                each.weight,
                each.certain,
                each.likely,
                each.costs,
                each.delay,
            )
            for each in rows
        ),
    )


def _map(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Annex:
    """One row an open service: its state is the worst that a point says of it."""
    found = _worst(controls, verdicts)
    answered = set(
        surface.snapshot.observations.filter(pl.col("outcome") == "answered")
        .select("address", "port", "transport")
        .unique()
        .iter_rows()
    )
    names = _names(surface)
    rows = []
    for row in surface.open_services.sort("address", "port", "transport").iter_rows(named=True):
        hosts = names.get(row["address"], ()) or (row["address"],)
        keys = {_key(host, row["port"], row["transport"]) for host in (*hosts, row["address"])}
        hits = [hit for key in keys for hit in found.get(key, ())]
        level = min((level for level in hits if level), default=None)
        state = "failed" if level else "to_review" if hits else "satisfied"
        if not hits and (row["address"], row["port"], row["transport"]) not in answered:
            state = "not_evaluated"
        shown = f"{row['port']} {row['protocol'] or '?'}{' (TLS)' if row['tls'] == 'direct' else ''}"
        rows.append((_host(hosts, row["address"]), shown, state, level, len(hits)))
    return annex("map", rows)


def _worst(controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> dict[str, list[int | None]]:
    """Return the level of each failed point by subject key; None for a warning."""
    found: dict[str, list[int | None]] = {}
    for verdict in verdicts:
        if verdict.status is Status.FAILED and controls[verdict.control].kind is not Kind.INFORMATION:
            for key in verdict.subjects["key"].unique():
                found.setdefault(place_of(key), []).append(verdict.level)
    return found


def _key(host: str, port: int, transport: str) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{port}/{transport}"


def _host(names: Sequence[str], address: str) -> str:
    return address if names[0] == address else f"{names[0]} ({address})"


def _names(surface: Surface) -> dict[str, tuple[str, ...]]:
    """Return the declared names of each address, in alphabetical order."""
    named = surface.snapshot.assets.filter(pl.col("name") != "", pl.col("address") != "", pl.col("distance") == 0)
    grouped = named.group_by("address").agg(pl.col("name").unique().sort()).iter_rows()
    return {address: tuple(names) for address, names in grouped}


def _to_declare(surface: Surface) -> Annex:
    found = surface.snapshot.assets.filter(pl.col("distance") > 0).sort("distance", "name", "address")
    return annex(
        "to_declare",
        ((row["name"] or row["address"], row["origin"], row["source"]) for row in found.iter_rows(named=True)),
    )


def _feeds(surface: Surface) -> Annex:
    """Each data set with its date, its age on the day of the judgement, and how much it holds."""
    rows = surface.snapshot.feeds.sort("dataset").iter_rows(named=True)
    return annex(
        "feeds",
        (
            (
                f"feed:{row['dataset']}",
                f"{row['dated']:%Y-%m-%d}",
                (surface.at.date() - row["dated"]).days,
                row["records"],
                row["digest"],
            )
            for row in rows
        ),
    )


def _load(surface: Surface) -> Annex:
    """The load by address, heaviest first; the total stands first."""
    by_address = (
        surface.snapshot.load.group_by("address")
        .agg(
            pl.struct("port", "transport").n_unique().alias("services"),
            pl.col("connections", "bytes_sent", "bytes_received").sum(),
            pl.col("connections").max().alias("most"),
        )
        .sort("connections", "address", descending=[True, False])
    )
    columns = ("services", "connections", "most", "bytes_sent", "bytes_received")
    totals = by_address.select(pl.col("services", "connections").sum(), pl.col("most").max(), pl.col("^bytes.*$").sum())
    rows: list[tuple[Cell, ...]] = list(by_address.select("address", *columns).iter_rows())
    if rows:
        rows.insert(0, ("load_total", *totals.row(0)))
    return annex("load", rows)


def _outside(surface: Surface) -> Annex:
    rows = surface.snapshot.outside.sort("source", "at", "subject", "address", "port", "title").iter_rows(named=True)
    return annex(
        "outside",
        (
            (
                row["source"],
                f"{row['at']:%Y-%m-%d}" if row["at"] else "",
                _place(row),
                row["title"],
                row["severity"],
                row["reference"],
            )
            for row in rows
        ),
    )


def _place(row: Mapping[str, object]) -> str:
    host = str(row["subject"] or row["address"] or "")
    return f"{host}:{row['port']}" if row["port"] else host


def _letters(surface: Surface, controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> Annex:
    return annex("letters", ((each.subject, each.body) for each in letters(surface, controls, verdicts)))
