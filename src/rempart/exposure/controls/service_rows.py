"""Rows to judge about services: those that are open and recognised, and those that did not tell what was asked."""

import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from rempart.exposure.doubts import Looked, settle
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.surface import DEDUCED, OBSERVED, Surface
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

PLACE = list(ENDPOINT[:3])
_PORTS_SAID = 6
_UNTRIED = Text(fr="ports essayés sur aucune adresse : {ports}", en="ports tried on no address: {ports}")


@cache
def watched() -> dict[str, dict[str, Any]]:
    """Return the ports whose mere opening is a finding by group, and the usual ones of protocols (`services.toml`)."""
    return tomllib.loads(files(__package__).joinpath("services.toml").read_text(encoding="utf-8"))


def open_ones(surface: Surface, *, protocols: Collection[str] = (), ports: Collection[int] = ()) -> pl.DataFrame:
    """Return the open services of these protocols, or on these ports, with an empty name."""
    by_protocol = pl.col("protocol").is_in(list(protocols))
    by_port = pl.col("port").is_in(list(ports)) & (pl.col("transport") == "tcp")
    return surface.open_services.filter(by_protocol | by_port).with_columns(name=pl.lit(""))


def exposed(
    entry: Control, surface: Surface, rows: pl.DataFrame, needed: Collection[int], *, certainty: str = OBSERVED
) -> Verdict:
    """Judge services by their being open; ports that were not tried, or not to the end, are doubts.

    `needed` are the TCP ports without which nothing can be said: one that no address was tried on is never a pass.
    """
    places = surface.snapshot.services.with_columns(name=pl.lit(""))
    unsure = places.filter(pl.col("state") == "unknown")
    count = places.filter(pl.col("state") != "unknown").height
    shown = rows.select(*ENDPOINT, pl.col("protocol").alias("service_protocol"), *_named(rows))
    subjects = surface.subjects(shown, *shown.columns[len(ENDPOINT) :], certainty=certainty)
    untried = sorted(set(needed) - set(places.filter(pl.col("transport") == "tcp")["port"]))
    if untried and subjects.is_empty():
        shown_ports = ", ".join(map(str, untried[:_PORTS_SAID]))
        return entry.not_evaluated(_UNTRIED.filled(ports=shown_ports + (", …" if untried[_PORTS_SAID:] else "")))
    return settle(entry, subjects, Looked(count, _nameless(surface, unsure)))


def by_port(entry: Control, surface: Surface, group: str) -> Verdict:
    """Judge the ports of a watched group: that one is open is seen, what speaks there is deduced from its number."""
    products = {int(port): name for port, name in watched()[group].items()}
    rows = open_ones(surface, ports=products)
    named = pl.col("port").replace_strict(products, default="", return_dtype=pl.String)
    return exposed(entry, surface, rows.with_columns(usual_product=named), products, certainty=DEDUCED)


def by_protocol(entry: Control, surface: Surface, *protocols: str) -> Verdict:
    """Judge the services of these protocols by their being there, wherever they were recognised."""
    return exposed(entry, surface, open_ones(surface, protocols=protocols), usual_ports(*protocols))


def usual_ports(*protocols: str) -> set[int]:
    """Return the ports where these protocols usually listen."""
    return {port for protocol in protocols for port in watched()["usual"][protocol]}


def told(
    entry: Control,
    surface: Surface,
    rows: pl.DataFrame,
    *columns: str,
    protocols: Iterable[str],
    level: int | None = None,
) -> Verdict:
    """Judge rows of facts by their column `bad`; null, and open services of `protocols` without a row, are doubts."""
    known = rows.filter(pl.col("bad").is_not_null())
    doubtful = rows.filter(pl.col("bad").is_null()).select(ENDPOINT)
    silent = open_ones(surface, protocols=tuple(protocols)).join(rows.select(PLACE), on=PLACE, how="anti")
    unseen = pl.concat([doubtful, silent.select(ENDPOINT)]).unique(maintain_order=True)
    looked = Looked(known.select(ENDPOINT).unique().height, _nameless(surface, unseen))
    return settle(entry, surface.subjects(known.filter("bad"), *columns), looked, level=level)


def asked_of_web(
    entry: Control, surface: Surface, rows: pl.DataFrame, *columns: str, probe: str, question: str
) -> Verdict:
    """Judge rows of facts (`bad`) about web servers that `probe` asked a question whose label matches `question`.

    Servers that answered anything else are looked at and fine; those that did not answer are doubts.
    """
    asked = surface.snapshot.observations.filter((pl.col("probe") == probe) & pl.col("question").str.contains(question))
    heard = pl.col("outcome").is_in(["answered", "closed", "refused"])
    unheard = asked.filter(~heard & (pl.col("outcome") != "skipped")).select(ENDPOINT).unique(maintain_order=True)
    doubts = unheard.join(rows.select(ENDPOINT), on=ENDPOINT, how="anti")
    looked = Looked(asked.filter(heard).select(ENDPOINT).unique().height, _nameless(surface, doubts))
    return settle(entry, surface.subjects(rows.filter("bad"), *columns), looked)


def _named(rows: pl.DataFrame) -> list[str]:
    return [column for column in ("usual_product",) if column in rows.columns]


def _nameless(surface: Surface, rows: pl.DataFrame) -> pl.DataFrame:
    return surface.subjects(rows.select(ENDPOINT)) if rows.height else surface.subjects(rows)
