"""What the headers of web services protect from: reading in clear, injected scripts, framing, stolen sessions."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.web_rows import headers, judge, some
from rempart.exposure.protocols.http.policies import leaks_referrer
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

SIX_MONTHS, ONE_YEAR = 15_552_000, 31_536_000
"""Seconds: the Observatory's six months (180 days), and the least that browsers' preload lists take."""
_REFERRER = pl.col("referrer")
_SHOWN_REFERRER = pl.when(_REFERRER != "").then(_REFERRER).otherwise(pl.lit("?")).alias("referrer_policy")
"""A policy that is not understood is shown as a question mark."""


@control("vuln_web_hsts")
def hsts(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that HSTS is there and makes sense for six months or more (level 3), one year or more (level 4)."""
    seconds = pl.col("hsts_seconds").fill_null(0)
    rows = headers(surface, of_pages=False).filter(pl.col("secure"))
    beside = pl.col("hsts").alias("hsts_header")
    yield judge(entry, surface, rows.with_columns(bad=seconds < SIX_MONTHS), beside, level=3)
    yield judge(entry, surface, rows.with_columns(bad=seconds < ONE_YEAR), beside, level=4)


@control("vuln_web_csp_missing")
def csp_missing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that a page comes with a Content Security Policy."""
    yield judge(entry, surface, headers(surface).with_columns(bad=pl.col("csp").is_null()))


@control("vuln_web_csp_unsafe")
def csp_unsafe(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the policies given limit scripts."""
    rows = headers(surface).filter(pl.col("csp").is_not_null())
    rows = rows.with_columns(bad=pl.col("csp_weak").list.len() > 0)
    yield judge(entry, surface, rows, some("csp_weak", "csp_lets"), pl.col("csp").alias("csp_header"))


@control("vuln_web_framing")
def framing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that other sites cannot frame a page."""
    yield judge(entry, surface, headers(surface).with_columns(bad=~pl.col("framing")))


@control("vuln_web_nosniff")
def nosniff(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that browsers are told not to guess types."""
    yield judge(entry, surface, headers(surface).with_columns(bad=~pl.col("nosniff")))


@control("vuln_web_referrer")
def referrer(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that a referrer policy that is given does not tell addresses to other sites."""
    leaking = [policy for policy in headers(surface)["referrer"].unique().drop_nulls().sort() if leaks_referrer(policy)]
    rows = headers(surface).with_columns(bad=pl.col("referrer").is_in(leaking).fill_null(value=False))
    yield judge(entry, surface, rows, _SHOWN_REFERRER)


def _sessions(surface: Surface) -> pl.DataFrame:
    return surface.facts("web_cookies").filter(pl.col("session"))


@control("vuln_web_session_secure")
def session_secure(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that session cookies never travel in clear."""
    rows = _sessions(surface).with_columns(bad=~pl.col("with_secure") | ~pl.col("secure"))
    yield judge(entry, surface, rows, "cookie")


@control("vuln_web_session_http_only")
def session_http_only(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that scripts cannot read session cookies."""
    yield judge(entry, surface, _sessions(surface).with_columns(bad=~pl.col("with_http_only")), "cookie")


@control("vuln_web_session_same_site")
def session_same_site(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that session cookies say whether other sites' requests may carry them, and do not let all."""
    strict = pl.col("same_site").is_in(["lax", "strict"]).fill_null(value=False)
    yield judge(entry, surface, _sessions(surface).with_columns(bad=~strict), "cookie", "same_site")


@control("vuln_web_cors")
def cors(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no service lets an invented site read it with its visitors' credentials."""
    rows = surface.facts("web_cors").with_columns(bad=pl.col("echoed") & pl.col("credentials"))
    yield judge(entry, surface, rows, pl.col("origin").alias("cors_origin"), listed=True)


@control("warning_web_trace")
def trace(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that TRACE is not among the methods that a server says it takes."""
    offered = pl.col("methods").list.set_intersection(["TRACE", "TRACK"]).list.len() > 0
    rows = surface.facts("web_cors").with_columns(bad=offered)
    yield judge(entry, surface, rows, some("methods", "http_methods"), listed=True)
