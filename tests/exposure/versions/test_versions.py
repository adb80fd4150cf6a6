from datetime import UTC, date, datetime

import polars as pl
import pytest

from rempart.exposure.catalogue import catalogue
from rempart.exposure.controls import evaluations
from rempart.exposure.facts import versions
from rempart.exposure.feeds.versions import version_key
from rempart.exposure.surface import Surface
from rempart.measurement.verdict import Status
from tests.exposure.maker import ADDRESS, Maker

AT = datetime(2026, 11, 24, tzinfo=UTC)
DATASETS = ("cve", "epss", "kev", "support")
PRODUCTS = {
    "address": pl.String(),
    "port": pl.UInt16(),
    "transport": pl.String(),
    "name": pl.String(),
    "product": pl.String(),
    "version": pl.String(),
    "cpe": pl.String(),
    "family": pl.String(),
    "weight": pl.Float64(),
    "evidence": pl.String(),
}
GATE = {
    "address": ADDRESS,
    "port": 443,
    "transport": "tcp",
    "name": "",
    "product": "Gate",
    "version": "7.0.5",
    "cpe": "cpe:2.3:o:acme:gate:7.0.5:*:*:*:*:*:*:*",
    "family": "edge",
    "weight": 1.0,
    "evidence": "Gate 7.0.5",
}


def made(product: dict[str, object], *, weakness=None, support=None, feeds=DATASETS) -> Surface:
    maker = Maker()
    for dataset in feeds:
        maker.rows.setdefault("feeds", []).append({"dataset": dataset, "dated": AT.date(), "digest": "", "records": 1})
    maker.rows["weaknesses"] = [weakness] if weakness else []
    maker.rows["support"] = [support] if support else []
    surface = Surface(maker.snapshot(), AT)
    surface._facts["products"] = pl.DataFrame([GATE | product], schema=PRODUCTS)
    return surface


def weak(low="7.0", high="7.0.12", **columns: object) -> dict[str, object]:
    base = {"pair": "acme:gate", "cve": "CVE-2024-1", "title": "t", "closed": False, "affected": True, "cvss": 9.8}
    return base | {"low": version_key(low), "high": version_key(high)} | columns


def ends(day: date, cycle: str = "7.0") -> dict[str, object]:
    return {"pair": "acme:gate", "product": "Gate", "cycle": cycle, "ends": day, "ended": False}


def verdicts(control: str, surface: Surface) -> list[Status]:
    return [verdict.status for verdict in evaluations()[control](catalogue().controls[control], surface)]


FAIL, PASS, BLIND, NOTHING = Status.FAILED, Status.SATISFIED, Status.NOT_EVALUATED, Status.NOT_APPLICABLE
ELSEWHERE = {"weight": 0.7}
PACKAGED = {"evidence": "Gate_7.0.5 Debian-2+deb12u1"}
UNREAD = {"version": None}
KEV = {"kev": date(2026, 1, 2)}


def test_vuln_version_unsupported_fails_on_a_door_at_both_levels_and_elsewhere_at_the_second():
    past = ends(date(2025, 9, 30))
    assert verdicts("vuln_version_unsupported", made({}, support=past)) == [FAIL, FAIL]
    assert verdicts("vuln_version_unsupported", made(ELSEWHERE, support=past)) == [NOTHING, FAIL]
    assert verdicts(
        "vuln_version_unsupported", made({}, support=ends(date(2025, 9, 30)) | {"ends": None, "ended": True})
    ) == [
        FAIL,
        FAIL,
    ]


def test_vuln_version_unsupported_passes_until_the_last_day_and_says_what_it_could_not_read():
    assert verdicts("vuln_version_unsupported", made({}, support=ends(AT.date()))) == [PASS, PASS]
    assert verdicts("vuln_version_unsupported", made(UNREAD, support=ends(AT.date()))) == [BLIND, BLIND]


def test_a_version_belongs_to_the_longest_cycle_that_begins_it():
    surface = made({"version": "7.10.1"}, support=ends(date(2020, 1, 1), "7.1"))
    assert versions.support(surface.facts("products"), surface.snapshot).is_empty()


def test_warning_version_support_ends_soon_fails_within_half_a_year():
    assert verdicts("warning_version_support_ends_soon", made({}, support=ends(date(2027, 3, 1)))) == [FAIL]


def test_warning_version_support_ends_soon_passes_beyond_and_when_already_past():
    assert verdicts("warning_version_support_ends_soon", made({}, support=ends(date(2028, 3, 1)))) == [PASS]
    assert verdicts("warning_version_support_ends_soon", made({}, support=ends(date(2020, 3, 1)))) == [PASS]


def test_vuln_version_exploited_fails_first_on_doors():
    assert verdicts("vuln_version_exploited", made({}, weakness=weak(**KEV))) == [FAIL, FAIL]
    assert verdicts("vuln_version_exploited", made(ELSEWHERE, weakness=weak(**KEV))) == [NOTHING, FAIL]


@pytest.mark.parametrize(
    ("product", "weakness"),
    [
        ({"version": "7.0.12"}, weak(**KEV)),
        ({"version": "6.9"}, weak(**KEV)),
        ({}, weak(**KEV, affected=False)),
        ({}, weak()),
        (PACKAGED, weak(**KEV)),
    ],
    ids=["fixed", "before", "said safe", "not known exploited", "back-ported"],
)
def test_vuln_version_exploited_passes(product, weakness):
    assert verdicts("vuln_version_exploited", made(product, weakness=weakness)) == [PASS, PASS]


def test_a_version_that_could_not_be_read_is_never_a_pass():
    assert verdicts("vuln_version_exploited", made(UNREAD, weakness=weak(**KEV))) == [BLIND, BLIND]


def test_vuln_version_likely_exploited_fails_at_a_tenth():
    assert verdicts("vuln_version_likely_exploited", made({}, weakness=weak(epss=0.1))) == [FAIL]


def test_vuln_version_likely_exploited_passes_below_and_leaves_known_ones_to_their_point():
    assert verdicts("vuln_version_likely_exploited", made({}, weakness=weak(epss=0.09))) == [PASS]
    assert verdicts("vuln_version_likely_exploited", made({}, weakness=weak(epss=0.9, **KEV))) == [PASS]


def test_vuln_version_critical_fails_at_nine():
    assert verdicts("vuln_version_critical", made({}, weakness=weak(cvss=9.0))) == [FAIL]


def test_vuln_version_critical_passes_below_and_leaves_likely_ones_to_their_point():
    assert verdicts("vuln_version_critical", made({}, weakness=weak(cvss=8.9))) == [PASS]
    assert verdicts("vuln_version_critical", made({}, weakness=weak(epss=0.5))) == [PASS]


def test_warning_version_to_verify_fails_for_a_packaged_version_with_less_certainty():
    surface = made(PACKAGED, weakness=weak(**KEV))
    assert verdicts("warning_version_to_verify", surface) == [FAIL]
    row = versions.weaknesses(surface.facts("products"), surface.snapshot).row(0, named=True)
    assert (row["certain"], row["delay"], row["priority"]) == (0.4, "3_days", 39.7)


def test_warning_version_to_verify_passes_for_exact_versions():
    assert verdicts("warning_version_to_verify", made({}, weakness=weak())) == [PASS]


def test_without_the_feed_the_points_are_not_evaluated():
    gaps = made({}, feeds=("support",)).gaps(("feed:cve", "feed:kev", "feed:support"))
    assert [gap.topic for gap in gaps] == ["feed:cve", "feed:kev"]
    assert all(gap.domain is None for gap in gaps)
