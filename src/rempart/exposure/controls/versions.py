"""Versions: what is no longer supported, known to be exploited, likely to be, or to be verified. All are deductions."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.doubts import Looked, settle
from rempart.exposure.facts import versions
from rempart.exposure.surface import DEDUCED, Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

DOOR = 1.0
"""The weight of an entry door or of a care-critical product."""
SOON = timedelta(days=180)
LIKELY = 0.1
"""EPSS from which exploitation is held likely: 7 % of weaknesses, three quarters of those known exploited."""
CRITICAL = 9.0

_RANKED = ("product", "version", "cve", "title", "priority", "delay", "likely", "costs", "certain", "weight")


@control("vuln_version_unsupported")
def unsupported(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Level 2: an entry door or care-critical product past its support; level 3: any other."""
    known = versions.support(surface.facts("products"), surface.snapshot)
    past = known.filter((pl.col("ends") < surface.at.date()) | pl.col("ended"))
    yield from _by_door(
        entry, surface, past, known, ("product", "version", "cycle", "ends"), _unread(surface, "support")
    )


@control("warning_version_support_ends_soon")
def support_ends_soon(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the products whose support ends within `SOON`."""
    known = versions.support(surface.facts("products"), surface.snapshot)
    soon = known.filter(pl.col("ends").is_between(surface.at.date(), surface.at.date() + SOON))
    yield settle(entry, _subjects(surface, soon, "product", "version", "cycle", "ends"), Looked(known.height))


@control("vuln_version_exploited")
def exploited(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Level 1: a weakness known to be exploited on an entry door; level 2: elsewhere. Back-ports are left to verify."""
    seen = _exact(surface)
    hit = seen.filter(pl.col("kev").is_not_null())
    unread = _unread(surface, "weaknesses", pl.col("kev").is_not_null())
    yield from _by_door(entry, surface, hit, _versioned(surface), (*_RANKED, "kev", "ransomware"), unread)


@control("vuln_version_likely_exploited")
def likely_exploited(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List weaknesses not known exploited whose EPSS is `LIKELY` or more."""
    hit = _exact(surface).filter(pl.col("kev").is_null(), pl.col("epss") >= LIKELY)
    unread = _unread(surface, "weaknesses", pl.col("epss") >= LIKELY)
    looked = Looked(_versioned(surface).height, unread)
    yield settle(entry, _subjects(surface, hit, *_RANKED, "epss"), looked)


@control("vuln_version_critical")
def critical(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List critical weaknesses (CVSS 9 or more) that are neither known nor likely to be exploited."""
    quiet = pl.col("kev").is_null() & (pl.col("epss").fill_null(0) < LIKELY)
    hit = _exact(surface).filter(quiet, pl.col("cvss") >= CRITICAL)
    unread = _unread(surface, "weaknesses", pl.col("cvss") >= CRITICAL)
    yield settle(entry, _subjects(surface, hit, *_RANKED, "cvss"), Looked(_versioned(surface).height, unread))


@control("warning_version_to_verify")
def to_verify(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List weaknesses of versions whose publisher back-ports fixes: only the package says whether they are there."""
    hit = _hits(surface).filter("backports")
    yield settle(entry, _subjects(surface, hit, *_RANKED, "evidence"), Looked(_versioned(surface).height))


def _hits(surface: Surface) -> pl.DataFrame:
    return versions.weaknesses(surface.facts("products"), surface.snapshot)


def _exact(surface: Surface) -> pl.DataFrame:
    return _hits(surface).filter(~pl.col("backports"))


def _versioned(surface: Surface) -> pl.DataFrame:
    return surface.facts("products").filter(pl.col("version").is_not_null())


def _unread(surface: Surface, table: str, which: pl.Expr | None = None) -> pl.DataFrame:
    """Return the products without a version that the table speaks of: they might be concerned."""
    rows: pl.DataFrame = getattr(surface.snapshot, table)
    concerned = (rows if which is None else rows.filter(which))["pair"].unique()
    bare = versions.versioned(surface.facts("products")).filter(pl.col("version").is_null())
    return surface.subjects(bare.filter(pl.col("pair").is_in(concerned.implode())), "product", certainty=DEDUCED)


def _by_door(  # noqa: PLR0913, PLR0917 — one call a control
    entry: Control,
    surface: Surface,
    hit: pl.DataFrame,
    seen: pl.DataFrame,
    columns: tuple[str, ...],
    unread: pl.DataFrame,
) -> Iterator[Verdict]:
    """Settle the lower threshold on entry doors, the higher one on everything."""
    first, second = entry.levels
    doors = hit.filter(pl.col("weight") >= DOOR)
    yield settle(
        entry,
        _subjects(surface, doors, *columns),
        Looked(seen.filter(pl.col("weight") >= DOOR).height, unread),
        level=first,
    )
    yield settle(entry, _subjects(surface, hit, *columns), Looked(seen.height, unread), level=second)


def _subjects(surface: Surface, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return subjects whose key names the product and the weakness: one finding each."""
    found = surface.subjects(rows, *columns, certainty=DEDUCED)
    if found.is_empty():
        return found
    parts = [pl.col("key"), pl.col("product")] + ([pl.col("cve")] if "cve" in columns else [])
    return found.with_columns(pl.concat_str(parts, separator=" ").alias("key"))
