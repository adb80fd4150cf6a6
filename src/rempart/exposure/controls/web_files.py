"""What the list of paths shows (source code, secrets, copies, diagnostics, doors for administrators); ways."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.web_rows import SAME, answers, judge, some
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_SHOWN = 3
_WHERE = pl.col("target").alias("target_path")
_INFRASTRUCTURE = ("hypervisor", "server", "backup", "storage")


def _shown(entry: Control, surface: Surface, *kinds: str) -> Verdict:
    """Judge that no path of these kinds is there."""
    rows = surface.facts("web_paths").filter(pl.col("kind").is_in(kinds)).with_columns(bad="shown")
    return judge(entry, surface, rows, _WHERE, listed=True)


@control("vuln_web_source")
def source(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the history of a site's source code cannot be copied."""
    yield _shown(entry, surface, "git")


@control("vuln_web_secrets")
def secrets(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that files of passwords are not served."""
    yield _shown(entry, surface, "secrets")


@control("vuln_web_backup")
def backup(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no copy was left behind."""
    yield _shown(entry, surface, "backup")


@control("vuln_web_phpinfo")
def phpinfo(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that PHP does not tell its settings."""
    yield _shown(entry, surface, "phpinfo")


@control("vuln_web_actuator")
def actuator(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that Spring Boot's operators' door is closed."""
    yield _shown(entry, surface, "actuator")


@control("vuln_web_request_log")
def request_log(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that ASP.NET's logs of requests and errors are not served."""
    yield _shown(entry, surface, "trace")


@control("vuln_web_status")
def status(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that counters for operators are not public."""
    yield _shown(entry, surface, "status")


def _panels(entry: Control, surface: Surface, wanted: pl.Expr) -> Verdict:
    """Judge that no door for administrators of the wanted families shows."""
    found = surface.facts("web_panels").filter(wanted).with_columns(bad=pl.lit(value=True))
    others = answers(surface).select(*SAME, bad=pl.lit(value=False)).join(found, on=SAME, how="anti")
    rows = pl.concat([found, others], how="diagonal")
    columns = (pl.col("panel").alias("web_panel"), pl.col("family").alias("web_family"), _WHERE)
    return judge(entry, surface, rows, *columns, listed=True)


@control("vuln_web_panel_infrastructure")
def panel_infrastructure(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that consoles of hypervisors, servers, backups and storage are not reached from the internet."""
    yield _panels(entry, surface, pl.col("family").is_in(_INFRASTRUCTURE))


@control("vuln_web_panel")
def panel(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that other consoles for administrators are not reached from the internet."""
    yield _panels(entry, surface, ~pl.col("family").is_in([*_INFRASTRUCTURE, "edge"]))


@control("info_web_edge")
def edge(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the sign-in pages of firewalls, VPNs and load balancers: entry doors."""
    yield _panels(entry, surface, pl.col("family") == "edge")


@control("vuln_web_https_redirect")
def https_redirect(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that what answers in clear leads to TLS at once."""
    ways = surface.facts("web_redirects").filter(~pl.col("secure")).join(answers(surface), on=SAME, how="semi")
    bad = pl.col("result").is_in(["none", "plain", "late"])
    rows = ways.with_columns(bad=pl.when(pl.col("result") != "unknown").then(bad))
    yield judge(entry, surface, rows, some("route", "web_route"))


@control("info_web_leaves")
def leaves(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the other names that first pages lead to: to declare, unless they are."""
    rows = surface.facts("web_redirects").with_columns(bad=pl.col("leaves_to").is_not_null())
    yield judge(entry, surface, rows, pl.col("leaves_to").alias("web_leaves_to"), some("route", "web_route"))


@control("info_web_security_txt")
def security_txt(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the names without a security.txt that is valid at the date of judgement."""
    expired = (pl.col("expires") < surface.at).fill_null(value=False)
    fine = pl.col("present") & (pl.col("problems").list.len() == 0) & ~expired
    rows = surface.facts("security_txt").with_columns(fine=fine.fill_null(value=False), expired=expired)
    by_name = rows.sort("secure", descending=True).group_by("address", "name", maintain_order=True)
    best = by_name.agg(pl.col(*ENDPOINT[1:3], "expires", "problems").first(), bad=~pl.col("fine").any())
    columns = (pl.col("expires").alias("security_expires"), some("problems", "security_problems"))
    yield judge(entry, surface, best, *columns, listed=True)


@control("info_web_observatory")
def observatory(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Give the Observatory's grade of each site that has less than A."""
    rows = surface.facts("web_observatory")
    lost = (
        rows.explode("tests")
        .unnest("tests")
        .filter(pl.col("modifier") < 0)
        .sort("modifier", maintain_order=True)
        .group_by(SAME, maintain_order=True)
        .agg(losses=pl.concat_str("result", pl.lit(" ("), "modifier", pl.lit(")")))
    )
    rows = rows.join(lost, on=SAME, how="left").with_columns(bad=pl.col("score") < 90)  # noqa: PLR2004 — grade A
    verdict = judge(entry, surface, rows, "score", "grade", some("losses", "observatory_losses"))
    figures = {"scored": rows.height, "worst_score": min(rows["score"].to_list(), default=None)}
    yield verdict.model_copy(update={"measured": verdict.measured | figures})
