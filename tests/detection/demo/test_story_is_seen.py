"""The pack finds the intruder of the night at every step, and says nearly nothing of the rest."""

from collections import Counter
from datetime import timedelta

import pyarrow as pa
import pytest

from rempart.detection import kernel, pack
from rempart.detection.alerts.incidents import incidents
from rempart.detection.alerts.raised import raise_alerts
from rempart.detection.census import Census
from rempart.detection.correlation import correlate
from rempart.detection.demo import night
from rempart.detection.findings import Findings
from rempart.detection.rules.form import Compiled
from rempart.detection.rules.load import load
from tests.detection.demo.reading import events
from tests.detection.pack.running import blocks


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> night.Night:
    return night.write(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def blocks_of_night(written: night.Night):
    return list(blocks(list(events(written))))


def matches(found_in: list, rules: Compiled) -> tuple[pa.Table, pa.Table]:
    matched = pa.concat_tables([kernel.match(block, rules) for block in found_in])
    return matched, correlate(matched, rules)


def results(found_in: list, rules: Compiled) -> Counter[str]:
    """Return how many results each rule that speaks has, by identifier."""
    numbers = [number for table in matches(found_in, rules) for number in table["rule"].to_pylist()]
    speaking = [rule.alone for rule in (*rules.rules, *rules.correlations)]
    return Counter(rules.about(number).id for number in numbers if speaking[number])


def test_every_step_is_seen_and_what_is_innocent_is_nearly_silent(written: night.Night, blocks_of_night: list):
    raised = results(blocks_of_night, load([pack.folder()], placeholders=pack.placeholders()))
    for step in written.steps:
        assert {rule for rule in step.rules if rule not in raised} == set(), step.title.fr
    expected = {rule for step in written.steps for rule in step.rules}
    assert set(raised) - expected == set(written.odd)
    assert sum(raised[rule] for rule in written.odd) <= 3
    assert sum(raised.values()) < 60


def test_it_is_told_as_one_urgent_incident(written: night.Night, blocks_of_night: list):
    rules = load([pack.folder()], filters=[written.filters], placeholders=pack.placeholders())
    alerts = raise_alerts(Findings(rules, *matches(blocks_of_night, rules), Census()))
    (incident,) = incidents(alerts, at=written.last)
    assert incident.score.word == "urgent"
    assert incident.first - written.steps[0].at == timedelta(seconds=9)  # when the document starts PowerShell
    assert incident.last >= written.steps[-1].at
    assert len({stage.tactic for stage in incident.stages}) >= 8
    outside = [alert for alert in alerts if alert.id not in incident.alerts]
    assert {alert.about.id for alert in outside} <= set(written.odd)


def test_what_a_filter_says_is_expected_is_silent(written: night.Night, blocks_of_night: list):
    rules = load([pack.folder()], filters=[written.filters], placeholders=pack.placeholders())
    assert pack.identifier("maintenance_out_of_hours") not in results(blocks_of_night, rules)


def test_without_the_intruder_the_night_is_quiet(written: night.Night, blocks_of_night: list):
    """The same night with another seed raises the same alerts: none comes from the ordinary life."""
    other = night.write(written.folder / "other", seed=4)
    rules = load([pack.folder()], placeholders=pack.placeholders())
    assert results(list(blocks(list(events(other)))), rules) == results(blocks_of_night, rules)
