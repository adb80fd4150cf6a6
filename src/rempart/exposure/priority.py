"""In which order to fix: a priority whose every term is shown, and the delay that four public facts give.

The formula and its weights are Rempart's own (reference, 4.4); the delays are those of CISA's BOD 26-04 (June 2026),
a public benchmark for federal agencies of the United States, shown beside the establishment's own.
"""

import polars as pl

BEHAVIOUR, VERSION, BACKPORTED = 1.0, 0.7, 0.4
"""Certainty: a behaviour that was proven, an exact version, a version whose publisher back-ports fixes."""
_POC_AUTOMATABLE = 0.3
_PARTIAL, _TOTAL = 0.6, 1.0
DELAYS = ("3_days", "14_days", "60_days", "next_upgrade")


def likelihood() -> pl.Expr:
    """L: 1 when exploitation is known (KEV); else EPSS, and 0.3 at least for an automatable proof of concept."""
    poc = (pl.col("exploitation") == "poc") & pl.col("automatable").fill_null(value=False)
    floor = pl.when(poc.fill_null(value=False)).then(_POC_AUTOMATABLE).otherwise(0.0)
    return (
        pl.when(pl.col("kev").is_not_null())
        .then(1.0)
        .otherwise(pl.max_horizontal(pl.col("epss").fill_null(0.0), floor))
    )


def impact() -> pl.Expr:
    """I: CVSS base over 10; without one, the technical impact of SSVC; without either, total."""
    ssvc = pl.when(pl.col("impact") == "partial").then(_PARTIAL).otherwise(_TOTAL)
    return pl.coalesce(pl.col("cvss") / 10, ssvc)


def priority(weight: pl.Expr, certainty: pl.Expr, likely: pl.Expr, costs: pl.Expr) -> pl.Expr:
    """P = 100 x A x C x (0.6 x L + 0.4 x I), rounded to one decimal."""
    return (100 * weight * certainty * (0.6 * likely + 0.4 * costs)).round(1)


def delay() -> pl.Expr:
    """Return the delay class of an exposed service, from the three other facts: in KEV, automatable, total impact.

    Known exploited: 3 days when it is automatable or takes all, else 14. Not known exploited: 60 days when it is both
    automatable and total, else at the next upgrade.
    """
    automatable = pl.col("automatable").fill_null(value=True)
    total = (pl.col("impact").fill_null("total") == "total").fill_null(value=True)
    known = pl.col("kev").is_not_null()
    return (
        pl.when(known & (automatable | total))
        .then(pl.lit(DELAYS[0]))
        .when(known)
        .then(pl.lit(DELAYS[1]))
        .when(automatable & total)
        .then(pl.lit(DELAYS[2]))
        .otherwise(pl.lit(DELAYS[3]))
    )
