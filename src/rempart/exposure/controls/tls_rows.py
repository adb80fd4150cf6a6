"""Rows to judge: one a TLS service, with `bad` (null: not known), and the verdict that comes of them."""

from collections.abc import Mapping

import polars as pl

from rempart.exposure.doubts import Looked, settle
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.protocols.tls.starttls import NO_STARTTLS
from rempart.exposure.snapshot import Outcome
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Measure, Verdict

_SHOWN = 8
"""Suites named beside a finding; the rest is counted."""


def judge(
    entry: Control,
    surface: Surface,
    rows: pl.DataFrame,
    *columns: str,
    level: int | None = None,
    measured: Mapping[str, Measure] | None = None,
) -> Verdict:
    """Return the verdict on rows of services: those that are `bad`; those not known are never a pass.

    Services that were to be asked and gave nothing at all are not known either.
    """
    failing = rows.filter(pl.col("bad"))
    known = rows.filter(pl.col("bad").is_not_null()).select(ENDPOINT).unique()
    doubtful = rows.filter(pl.col("bad").is_null()).select(ENDPOINT)
    unknown = pl.concat([doubtful, _silent(surface)]).unique(maintain_order=True)
    looked = Looked(known.height, surface.subjects(unknown))
    return settle(entry, surface.subjects(failing, *columns), looked, level=level, measured=measured)


def _silent(surface: Surface) -> pl.DataFrame:
    """Return the open services known to speak TLS of which no hello was taken, save those that refuse STARTTLS.

    A server that answers no to STARTTLS has no TLS to judge: its clear text is another point's finding.
    """
    place = list(ENDPOINT[:3])
    taken = surface.facts("tls_services").filter(pl.col("tls")).select(place)
    wanted = surface.open_services.filter(pl.col("tls") != "").select(place).unique(maintain_order=True)
    asked = surface.facts("tls_services").select(place)
    every = pl.concat([wanted, asked]).unique(maintain_order=True)
    hellos = surface.snapshot.observations.filter(pl.col("probe") == "tls.hello")
    answers = pl.col("outcome") == str(Outcome.FAILED)
    clear = hellos.filter(answers, pl.col("detail").str.contains(NO_STARTTLS, literal=True)).select(place)
    return every.join(pl.concat([taken, clear]), on=place, how="anti").with_columns(name=pl.lit("")).select(ENDPOINT)


def spoken(surface: Surface, found: pl.DataFrame, *beside: pl.Expr) -> pl.DataFrame:
    """Return the services that speak TLS: `bad` where `found` has rows of theirs, null where not all was tested.

    `beside` sums the found rows of a service up.
    """
    services = surface.facts("tls_services").filter(pl.col("tls")).select(*ENDPOINT, "tested")
    summed = found.group_by(ENDPOINT, maintain_order=True).agg(pl.lit(value=True).alias("there"), *beside)
    rows = services.join(summed, on=list(ENDPOINT), how="left")
    there, tested = pl.col("there").is_not_null(), pl.col("tested")
    return rows.with_columns(bad=pl.when(there).then(True).when(tested).then(False).otherwise(None))  # noqa: FBT003


def by_version(surface: Surface, versions: tuple[str, ...]) -> pl.DataFrame:
    """Return the services, `bad` where one of these versions is offered; null when that is not known of one."""
    rows = surface.facts("tls_protocols").filter(pl.col("version").is_in(versions))
    speaking = surface.facts("tls_services").filter(pl.col("tls")).select(ENDPOINT)
    offered = pl.col("offered")
    there, doubtful = pl.lit(value=True), pl.lit(None, dtype=pl.Boolean())
    summed = rows.group_by(ENDPOINT, maintain_order=True).agg(
        bad=pl.when(offered.any()).then(there).when(offered.null_count() > 0).then(doubtful).otherwise(~there),
        versions=pl.col("version").filter(offered).str.join(", "),
        completed=pl.col("completed").filter(offered).any(ignore_nulls=False),
    )
    return speaking.join(summed, on=list(ENDPOINT), how="left")


def by_suite(surface: Surface, condition: pl.Expr) -> pl.DataFrame:
    """Return the services, `bad` where a suite answers `condition`, with their names, versions and smallest DH."""
    found = surface.facts("tls_suites").filter(condition)
    names = pl.col("suite").unique(maintain_order=True)
    more = names.len().cast(pl.Int64) - _SHOWN
    text = names.head(_SHOWN).str.join(", ") + pl.when(more > 0).then(pl.format(" (+{})", more)).otherwise(pl.lit(""))
    return spoken(
        surface,
        found,
        text.alias("suites"),
        pl.col("dh_bits").min(),
        pl.col("completed").any(ignore_nulls=False),
    )
