from dataclasses import replace
from datetime import timedelta

from rempart.detection.alerts.alert import Because
from rempart.detection.alerts.raised import EACH
from rempart.detection.alerts.silence import folded
from tests.detection.alerts import night

HOUR = timedelta(hours=1)


def test_the_same_alert_again_is_one_alert_with_a_count():
    beacons = [alert for alert in night.alerts(EACH) if "réguliers" in alert.about.title]
    one = folded(beacons, HOUR)
    assert [(alert.id, alert.count) for alert in one] == [(beacons[0].id, len(beacons))]
    assert one[0].last == beacons[-1].last
    assert len(one[0].events) == len(beacons)


def test_other_reasons_another_machine_or_a_longer_quiet_are_not_the_same():
    first = next(alert for alert in night.alerts(EACH) if alert.because)
    later = replace(first, id="later", first=first.first + timedelta(hours=3), last=first.last + timedelta(hours=3))
    others = [
        replace(first, id="why", because=(Because("x", "y", "z"),)),
        replace(first, id="where", host="PC-2"),
        later,
    ]
    assert len(folded([first, *others], HOUR)) == 4


def test_the_value_found_does_not_tell_reasons_apart():
    first = next(alert for alert in night.alerts(EACH) if alert.because and alert.measured is None)
    other = replace(first, id="b", because=tuple(replace(why, value="else") for why in first.because))
    assert [alert.count for alert in folded([first, other], HOUR)] == [2]


def test_correlations_are_left_as_they_are():
    burst = next(alert for alert in night.alerts(EACH) if alert.measured is not None)
    assert len(folded([burst, replace(burst, id="b")], HOUR)) == 2


def test_folding_in_parts_or_at_once_counts_the_same_events():
    alerts = night.alerts(EACH)
    twice = folded([*folded(alerts[:9], HOUR), *alerts[9:]], HOUR)
    assert sum(alert.count for alert in twice) == sum(alert.count for alert in alerts)
    assert {alert.id for alert in twice} == {alert.id for alert in folded(alerts, HOUR)}
