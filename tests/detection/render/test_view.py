from dataclasses import replace
from datetime import timedelta

from rempart.detection.alerts.incidents import incidents
from rempart.detection.render.view import View
from rempart.measurement.text import Language
from tests.detection.alerts import night
from tests.detection.alerts.test_incidents import alert


def viewed(result, *alerts):
    return View(replace(result, alerts=alerts, incidents=incidents(alerts, at=night.AT)), Language.FR)


def test_a_story_is_told_in_the_order_it_was_seen_and_without_faint_signs(result):
    strong = (alert("a", "23:00", "lsass", host="PC-1"), alert("b", "23:10", "macro", host="PC-1"))
    shown = viewed(result, *strong, alert("c", "22:30", "veeam", "low", host="PC-1")).incidents[0]
    assert [stage.slug for stage in shown.acts] == ["credential-access", "initial-access"]
    assert {stage.slug for stage in shown.stages} == {"credential-access", "initial-access", "impact"}


def test_a_stage_tells_its_gravest_rules_and_counts_the_others(result):
    rules = [replace(alert(str(n), key="shadow", host="PC-1").about, id=str(n), title=f"Règle {n}") for n in range(5)]
    rules[4] = replace(rules[4], level="medium")
    alerts = [replace(alert(str(n), key="shadow", host="PC-1"), about=about) for n, about in enumerate(rules)]
    told = viewed(result, *alerts).incidents[0].acts[0].titles
    assert told == ("Règle 0", "Règle 1", "Règle 2", "et 2 autres")


def test_an_incident_of_several_days_tells_the_day_of_each_stage(result):
    one = alert("a", "21:00", host="PC-1")
    other = replace(alert("b", "21:00", "lsass", host="PC-1"), first=one.first + timedelta(hours=7))
    third = replace(other, id="c", first=other.first + timedelta(hours=7), last=other.first + timedelta(hours=14))
    shown = viewed(result, one, replace(other, last=other.first), third).incidents[0]
    assert shown.long
    assert shown.acts[0].when == "23/11, 21\u00a0h\u00a000"


def test_a_sign_of_another_year_says_its_year(result):
    old = alert("a", host="PC-1")
    old = replace(old, first=old.first.replace(year=2024), last=old.first.replace(year=2024))
    assert viewed(result, old).incidents[0].span.startswith("23/11/2024")


def test_machines_are_shown_by_their_short_name_and_once(result):
    shown = viewed(result, alert("a", host="pc-1.valmont.test"), alert("b", host="PC-1")).incidents[0]
    assert shown.who == (("Machine", "PC-1"),)
