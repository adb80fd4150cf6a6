from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from rempart.detection.alerts.raised import EACH, FOLDED, Raising, raise_alerts
from rempart.detection.alerts.references import short_names
from rempart.detection.findings import Findings
from rempart.detection.matched import CORRELATED
from rempart.measurement.errors import InputError
from rempart.measurement.text import Text
from tests.detection.alerts import night

BEACONS = [("22:00:00", "beacon", "PC-1", "c.leroy", "", {"n": str(n)}, {}) for n in range(3)]


def raised(story, raising=EACH, fetch=None, files=None):
    matched = night.matched(story)
    if files:
        matched = matched.set_column(3, "file", pa.array(files))
    findings = Findings(night.compiled(), matched, CORRELATED.empty_table(), night.census())
    return raise_alerts(findings, fetch, raising, explain=night.explain)


def at(*clocks, key="beacon", host="PC-1"):
    return [(clock, key, host, "c.leroy", "", {"n": clock}, {}) for clock in clocks]


def test_each_match_of_a_rule_is_an_alert_that_carries_its_rule():
    alerts = raised(at("22:00", "22:01", "22:02"))
    assert len({alert.id for alert in alerts}) == 3
    assert {alert.about.author for alert in alerts} == {"Camille Renard, Valmont"}
    assert {alert.about.licence for alert in alerts} == {"EUPL-1.2"}


def test_a_rule_only_correlations_use_raises_nothing_alone():
    assert raised(at("22:00", key="failed")) == []


def test_a_correlation_is_one_alert_with_its_keys_its_measure_and_all_its_events():
    found = next(alert for alert in night.alerts(EACH) if alert.measured is not None)
    assert (found.keys, found.measured, found.count) == ((("User", "d.morel"),), 8.0, 8)
    assert (found.host, found.user, found.address) == ("vpn", "d.morel", "198.51.100.9")
    assert [place.offset for place in found.events] == sorted(place.offset for place in found.events)


def test_identifiers_do_not_depend_on_the_order_of_the_table():
    matched = night.matched()
    turned = matched.take(list(range(matched.num_rows))[::-1])
    empty = CORRELATED.empty_table()
    one, other = (raise_alerts(Findings(night.compiled(), table, empty, night.census())) for table in (matched, turned))
    assert one == other


def test_identifiers_do_not_depend_on_where_the_folder_of_logs_stands():
    here, there = (raised(at("22:00"), files=[path]) for path in ("/var/log/a.jsonl", "/mnt/copy/a.jsonl"))
    assert here[0].id == there[0].id


def test_two_files_of_one_name_give_two_identifiers():
    story = at("22:00", "22:00")
    story[1] = story[0]
    matched = night.matched(story)
    same = matched.set_column(4, "offset", pa.array([0, 0], pa.int64()))
    same = same.set_column(3, "file", pa.array(["/log/pc1/a.jsonl", "/log/pc2/a.jsonl"]))
    findings = Findings(night.compiled(), same, CORRELATED.empty_table(), night.census())
    assert len({alert.id for alert in raise_alerts(findings)}) == 2


def test_a_short_name_is_the_shortest_end_of_a_path_nobody_else_has():
    names = short_names(["/log/pc1/a.jsonl", "/log/pc2/a.jsonl", "/log/b.jsonl", "zip!a.jsonl", "a.jsonl", "x/a.jsonl"])
    assert names["/log/pc1/a.jsonl"] == "pc1/a.jsonl"
    assert names["/log/b.jsonl"] == "b.jsonl"
    assert len(set(names.values())) == len(names)


def test_repeated_matches_about_one_entity_fold_into_one_alert_with_a_count():
    alerts = raised(at("22:00", "22:30", "23:00", "02:00"), FOLDED)
    assert [(alert.count, alert.first, alert.last) for alert in alerts] == [
        (3, night.when("22:00"), night.when("23:00")),
        (1, night.when("02:00"), night.when("02:00")),
    ]


def test_a_folded_alert_keeps_its_identifier_as_it_grows():
    assert raised(at("22:00"), FOLDED)[0].id == raised(at("22:00", "22:05", "22:10"), FOLDED)[0].id


def test_what_concerns_two_machines_is_not_folded_together():
    alerts = raised([*at("22:00"), *at("22:01", host="PC-2"), *at("22:02")], FOLDED)
    assert sorted((alert.host, alert.count) for alert in alerts) == [("PC-1", 2), ("PC-2", 1)]


def test_undated_matches_fold_apart_from_the_dated_ones():
    alerts = raised(at("22:00", "", "", "22:10"), FOLDED)
    assert [(alert.first, alert.count) for alert in alerts] == [(night.when("22:00"), 2), (None, 2)]


def test_one_rule_seen_for_two_reasons_is_two_alerts():
    shadow = [alert for alert in night.alerts(FOLDED) if "secours" in alert.about.title]
    assert [alert.because[0].sought for alert in shadow] == ["*delete*shadows*", "*shadowcopy*delete*"]
    assert [alert.count for alert in shadow] == [1, 1]


def test_only_some_events_are_read_again_the_first_of_each_rule_first():
    asked = []

    def fetch(reference):
        asked.append(reference)
        return night.fetch(reference)

    alerts = raise_alerts(night.findings(), fetch, Raising(whole=13), explain=night.explain)
    assert len(asked) == 13
    told = {alert.about.id for alert in alerts if alert.event is not None}
    assert told == {alert.about.id for alert in alerts}
    assert sum(alert.event is None for alert in alerts) == len(alerts) - 13


@pytest.mark.parametrize("error", [OSError("gone"), InputError(Text(fr="parti", en="gone"))])
def test_an_event_that_cannot_be_read_again_leaves_the_alert_without_it(error):
    def fetch(_reference):
        raise error

    alerts = raise_alerts(night.findings(), fetch, FOLDED, explain=night.explain)
    assert {alert.event for alert in alerts} == {None}
    assert sum(alert.count for alert in alerts) == len(night.STORY)


def test_folding_loses_no_event():
    for window in (timedelta(0), timedelta(minutes=5), timedelta(days=1)):
        alerts = night.alerts(replace(FOLDED, within=window))
        assert sum(alert.count for alert in alerts) == len(night.STORY)


def test_long_alerts_tell_their_first_events_and_count_the_others():
    alert = raised(at(*(f"22:{n:02d}" for n in range(50))), FOLDED)[0]
    assert (len(alert.events), alert.count) == (20, 50)


def test_a_night_without_a_match_raises_nothing():
    for raising in (EACH, FOLDED):
        assert raised([], raising) == []
