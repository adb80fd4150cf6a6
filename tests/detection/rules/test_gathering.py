"""Correlations: their numbered form, what they carry, and those that are refused."""

from datetime import timedelta
from pathlib import Path
from textwrap import indent

import pytest

from rempart.detection.rules.form import And, Compare, Gather, Leaf, Not, Or
from tests.detection.rules.making import loaded, rule_text

BASE = rule_text("sel:\n  EventID: 4625\ncondition: sel", name="failed")
OTHER = rule_text("sel:\n  EventID: 4624\ncondition: sel", name="success", id="0a1b2c3d-0000-4000-8000-000000000002")


def correlation(told: str, name: str = "found") -> str:
    """Return a correlation."""
    return f"title: Corrélation\nname: {name}\nlevel: high\ncorrelation:\n{indent(told, '  ')}\n"


COUNT = "type: event_count\nrules: [failed]\ngroup-by: [TargetUserName]\ntimespan: 5m\ncondition: {gte: 10}\n"


def test_a_count_by_user(tmp_path: Path) -> None:
    compiled = loaded(tmp_path, BASE, correlation(COUNT))

    (one,) = compiled.correlations
    assert (one.gather, one.rules, one.group_by) == (Gather.EVENT_COUNT, (0,), ("TargetUserName",))
    assert (one.timespan, one.condition) == (timedelta(minutes=5), ((Compare.GTE, 10.0),))
    assert compiled.about(1).title == "Corrélation"
    assert compiled.carried == (("TargetUserName", (("windows/security", "4625", "TargetUserName"),)),)


def test_what_only_serves_a_correlation_is_silent_unless_it_generates(tmp_path: Path) -> None:
    silent = loaded(tmp_path, BASE, OTHER, correlation(COUNT))
    loud = loaded(tmp_path, BASE, OTHER, correlation(COUNT + "generate: true\n"))

    assert [one.alone for one in silent.rules] == [False, True]
    assert [one.alone for one in loud.rules] == [True, True]
    assert silent.correlations[0].alone


@pytest.mark.parametrize("gather", ["value_count", "value_sum", "value_avg", "value_median"])
def test_values_are_counted_or_summed_on_a_field(tmp_path: Path, gather: str) -> None:
    told = f"type: {gather}\nrules: [failed]\ntimespan: 1d\ncondition: {{field: IpAddress, gt: 2.5}}\n"

    (one,) = loaded(tmp_path, BASE, correlation(told)).correlations

    assert (one.gather, one.field, one.group_by) == (Gather(gather), "IpAddress", ())
    assert one.condition == ((Compare.GT, 2.5),)


def test_a_percentile_says_which(tmp_path: Path) -> None:
    told = "type: value_percentile\nrules: [failed]\ntimespan: 1h\ncondition: {field: Size, gte: 2, percentile: 95}\n"

    (one,) = loaded(tmp_path, BASE, correlation(told)).correlations

    assert one.percentile == 95


@pytest.mark.parametrize("gather", ["temporal", "temporal_ordered"])
def test_an_order_of_rules_needs_them_all(tmp_path: Path, gather: str) -> None:
    told = f"type: {gather}\nrules: [failed, 0a1b2c3d-0000-4000-8000-000000000002]\ntimespan: 1h\n"

    (one,) = loaded(tmp_path, BASE, OTHER, correlation(told)).correlations

    assert (one.gather, one.rules, one.condition, one.formula) == (Gather(gather), (0, 1), (), None)


def test_an_extended_condition_is_over_numbers_of_rules(tmp_path: Path) -> None:
    told = "type: temporal\ntimespan: 1h\ncondition: failed and not success or success\n"

    (one,) = loaded(tmp_path, BASE, OTHER, correlation(told)).correlations

    assert one.rules == (0, 1)
    assert one.formula == Or((And((Leaf(0), Not(Leaf(1)))), Leaf(1)))


def test_a_condition_of_two_comparisons_keeps_both(tmp_path: Path) -> None:
    told = COUNT.replace("{gte: 10}", "{gt: 10, lte: 20}")

    (one,) = loaded(tmp_path, BASE, correlation(told)).correlations

    assert one.condition == ((Compare.GT, 10.0), (Compare.LTE, 20.0))


def test_aliases_name_the_field_of_each_rule(tmp_path: Path) -> None:
    told = """type: temporal
rules: [failed, success]
group-by: [ip]
timespan: 1h
aliases:
  ip:
    failed: IpAddress
    success: SourceAddress
"""
    compiled = loaded(tmp_path, BASE, OTHER, correlation(told))

    assert compiled.correlations[0].aliases == (("ip", ((0, "IpAddress"), (1, "SourceAddress"))),)
    assert [name for name, _ in compiled.carried] == ["IpAddress", "SourceAddress"]


def test_a_correlation_of_correlations_stands_after_what_it_gathers(tmp_path: Path) -> None:
    outer = correlation("type: temporal\nrules: [found, success]\ngroup-by: [Computer]\ntimespan: 1h\n", "outer")

    compiled = loaded(tmp_path, outer, BASE, OTHER, correlation(COUNT))

    inner_one, outer_one = compiled.correlations
    assert (inner_one.rules, outer_one.rules) == ((0,), (2, 1))
    assert (inner_one.alone, outer_one.alone) == (False, True)
    assert ("Computer", (("windows/security", "4625", "Computer"), ("windows/security", "4624", "Computer"))) in (
        compiled.carried
    )


def test_carried_fields_are_named_natively_in_each_class(tmp_path: Path) -> None:
    base = rule_text(
        "sel:\n  Image: x\ncondition: sel", "{product: windows, category: process_creation}", name="failed"
    )

    compiled = loaded(tmp_path, base, correlation(COUNT.replace("TargetUserName", "User")))

    assert compiled.carried == (
        ("User", (("windows/sysmon", "1", "User"), ("windows/security", "4688", "SubjectUserName"))),
    )


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (COUNT.replace("[failed]", "[nosuch]"), "not among these rules"),
        (COUNT.replace("[failed]", "[broken]"), "refused"),
        (COUNT.replace("[failed]", "[found]"), "names itself"),
        (COUNT.replace("[failed]", "[]"), "no rule"),
        (COUNT.replace("event_count", "nosuch"), "type of correlation"),
        (COUNT.replace("5m", "5x"), "time span"),
        (COUNT.replace("5m", "5y"), "more than a year"),
        (COUNT.replace("5m", "9" * 30 + "y"), "more than a year"),
        (COUNT.replace("{gte: 10}", "{gte: many}"), "correlation condition"),
        (COUNT.replace("{gte: 10}", "{}"), "correlation condition"),
        (COUNT.replace("event_count", "value_count"), "incomplete"),
        (COUNT.replace("event_count", "value_count").replace("{gte: 10}", "{gte: 1, field: [a, b]}"), "several fields"),
        (COUNT.replace("event_count", "value_percentile").replace("{gte: 10}", "{gte: 1, field: a}"), "percentile"),
    ],
)
def test_a_correlation_that_cannot_be_done_is_refused_with_its_reason(tmp_path: Path, told: str, why: str) -> None:
    broken = rule_text("sel:\n  F|nosuch: x\ncondition: sel", name="broken")

    compiled = loaded(tmp_path, BASE, broken, correlation(told))

    assert not compiled.correlations
    assert any(why in one.reason.en for one in compiled.refusals)
    assert compiled.rules[0].alone, "what a refused correlation would have gathered speaks by itself"
