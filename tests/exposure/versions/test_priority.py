from datetime import date

import polars as pl
import pytest

from rempart.exposure.priority import delay, impact, likelihood, priority

FACTS = {"kev": None, "epss": None, "exploitation": None, "automatable": None, "impact": None, "cvss": None}
KINDS = {
    "kev": pl.Date(),
    "epss": pl.Float64(),
    "exploitation": pl.String(),
    "automatable": pl.Boolean(),
    "impact": pl.String(),
    "cvss": pl.Float64(),
}
KNOWN = date(2026, 1, 2)


def term(expression: pl.Expr, **facts: object) -> object:
    return pl.DataFrame([FACTS | facts], schema=KINDS).select(expression).item()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"kev": KNOWN, "epss": 0.001}, 1.0),
        ({"epss": 0.42}, 0.42),
        ({"epss": 0.01, "exploitation": "poc", "automatable": True}, 0.3),
        ({"epss": 0.01, "exploitation": "poc", "automatable": False}, 0.01),
        ({}, 0.0),
    ],
)
def test_likelihood_puts_known_exploitation_over_epss(facts, expected):
    assert term(likelihood(), **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"), [({"cvss": 7.5, "impact": "partial"}, 0.75), ({"impact": "partial"}, 0.6), ({}, 1.0)]
)
def test_impact_is_cvss_else_ssvc_else_total(facts, expected):
    assert term(impact(), **facts) == expected


def test_a_worked_example():
    """An exact version on a VPN (A 1, C 0.7), known exploited (L 1), CVSS 9.8: 100 x 0.7 x (0.6 + 0.392) = 69.4."""
    value = priority(pl.lit(1.0), pl.lit(0.7), likelihood(), impact())
    assert term(value, kev=KNOWN, cvss=9.8) == 69.4


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"kev": KNOWN, "automatable": False, "impact": "total"}, "3_days"),
        ({"kev": KNOWN, "automatable": True, "impact": "partial"}, "3_days"),
        ({"kev": KNOWN, "automatable": False, "impact": "partial"}, "14_days"),
        ({"automatable": True, "impact": "total"}, "60_days"),
        ({"automatable": True, "impact": "partial"}, "next_upgrade"),
        ({"kev": KNOWN}, "3_days"),
    ],
)
def test_the_delay_takes_the_worst_of_what_is_not_known(facts, expected):
    assert term(delay(), **facts) == expected
