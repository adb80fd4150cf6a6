"""What the pages of web services expose: sign-ins in clear, foreign scripts, files listed, errors, pages by default."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.web_rows import answers, judge, pages, some
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_TITLE = pl.col("title")


@control("vuln_web_login_clear")
def login_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no page asks for a password that would travel in clear."""
    yield judge(entry, surface, pages(surface).with_columns(bad="form_plain"), _TITLE)


@control("vuln_web_basic_clear")
def basic_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no service asks for HTTP Basic authentication in clear."""
    rows = answers(surface).with_columns(bad=pl.col("realm").is_not_null() & ~pl.col("secure"))
    yield judge(entry, surface, rows, pl.col("realm").alias("basic_realm"))


@control("vuln_web_mixed_content")
def mixed_content(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that a page that came inside TLS loads nothing active in clear."""
    rows = pages(surface).filter(pl.col("secure")).with_columns(bad=pl.col("mixed").list.len() > 0)
    yield judge(entry, surface, rows, some("mixed", "mixed_loads"))


@control("vuln_web_scripts_plain")
def scripts_plain(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no page runs a script of another site that came in clear."""
    rows = pages(surface).with_columns(bad=pl.col("scripts_plain").list.len() > 0)
    yield judge(entry, surface, rows, some("scripts_plain", "plain_scripts"))


@control("vuln_web_sri")
def integrity(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that scripts of other sites are checked (`integrity`)."""
    rows = pages(surface).with_columns(bad=pl.col("scripts_unchecked").list.len() > 0)
    yield judge(entry, surface, rows, some("scripts_unchecked", "unchecked_scripts"))


@control("vuln_web_listing")
def listing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the root of a site does not list its files."""
    yield judge(entry, surface, pages(surface).with_columns(bad="listing"), _TITLE)


@control("vuln_web_error_trace")
def error_trace(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that a page does not show the inside of a program that failed."""
    rows = answers(surface).with_columns(bad=pl.col("trace").is_not_null())
    yield judge(entry, surface, rows, pl.col("trace").alias("error_trace"))


@control("warning_web_default_page")
def default_page(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no server shows the page it was installed with."""
    rows = pages(surface).with_columns(bad=pl.col("default").is_not_null())
    yield judge(entry, surface, rows, pl.col("default").alias("default_page"))


@control("warning_web_oddities")
def oddities(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that answers are framed without doubt: one length, no chunks beside it, clean headers."""
    doubtful = ["length_and_chunks", "lengths_disagree", "space_before_colon", "control_in_header", "folded_header"]
    found = pl.col("oddities").list.set_intersection(doubtful).list.sort()
    rows = answers(surface).with_columns(oddities=found).with_columns(bad=pl.col("oddities").list.len() > 0)
    yield judge(entry, surface, rows, some("oddities", "http_oddities"))


@control("info_web_server_version")
def server_version(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services whose headers tell a version."""
    rows = answers(surface).with_columns(bad=pl.col("versions").list.len() > 0)
    yield judge(entry, surface, rows, some("versions", "server_versions"))


@control("info_web_front")
def front(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services with a CDN or an application firewall in front: what is measured there is the front."""
    rows = surface.facts("web_pages").filter(pl.col("own")).with_columns(bad=pl.col("front").is_not_null())
    yield judge(entry, surface, rows, pl.col("front").alias("web_front"), pl.col("blocked").alias("web_blocked"))
