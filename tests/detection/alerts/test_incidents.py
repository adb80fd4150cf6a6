import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.alerts.alert import Alert
from rempart.detection.alerts.entities import host_key, links, user_key
from rempart.detection.alerts.incidents import GAP, incidents
from rempart.detection.alerts.levels import LEVELS
from tests.detection.alerts import night


def alert(name, clock="22:00", key="beacon", level=None, **who):
    title, own, tags, source, code = night.RULES[key]
    about = night.about(key, title, level or own, tags)
    moment = night.when(clock) if clock else None
    host, user, address = (who.get(kind, "") for kind in ("host", "user", "address"))
    return Alert(name, about, source, code, moment, moment, host, user, address, ())


def told(*alerts, **values):
    return [sorted(each.alerts) for each in incidents(alerts, at=night.AT, **values)]


def test_the_night_is_one_story_and_what_is_beside_it_is_not():
    first, *others = night.result().incidents
    assert first.hosts[0] in {"PC-ADMISSION-14", "SRV-SAUVEGARDE"}
    assert {stage.tactic for stage in first.stages} >= {"initial-access", "lateral-movement", "impact"}
    assert first.score.word == "urgent"
    assert first.active
    assert {each.hosts[0] for each in others} == {"vpn", "web-intranet"}


def test_alerts_are_linked_through_others_by_machine_account_or_address():
    assert told(
        alert("a", host="PC-1", user="V\\leroy"),
        alert("b", "23:00", host="PC-2", user="leroy@valmont.test", address="10.0.0.9"),
        alert("c", "23:30", host="srv.valmont.test", address="10.0.0.9"),
        alert("d", "23:40", host="SRV"),
        alert("e", "23:50", host="PC-9"),
    ) == [["a", "b", "c", "d"], ["e"]]


def test_what_comes_after_the_gap_is_another_incident():
    one, other = alert("a", "21:00", host="PC-1"), alert("b", "06:00", host="PC-1")
    assert len(told(one, other)) == 2
    assert len(told(one, other, gap=timedelta(hours=9))) == 1
    assert timedelta(hours=8) == GAP


def test_names_that_everybody_shares_link_nothing():
    for user in ("SYSTEM", "NT AUTHORITY\\SYSTEM", "root", "-", "AUTORITE NT\\Système", ""):
        assert len(told(alert("a", host="PC-1", user=user), alert("b", host="PC-2", user=user))) == 2
    assert links(alert("a", address="127.0.0.1", host="localhost")) == ()


def test_the_account_of_a_machine_is_that_machine():
    assert len(told(alert("a", host="DC-1"), alert("b", host="PC-2", user="VALMONT\\DC-1$"))) == 1


def test_a_faint_sign_joins_the_nearest_story_and_never_links_two():
    strong = (alert("a", "21:00", host="PC-1"), alert("b", "23:00", host="PC-2"))
    own = alert("c", "22:50", host="PC-1", level="low")
    between = alert("d", "22:10", host="PC-1", address="pc-2", level="low")
    assert sorted(told(*strong, own, between)) == [["a", "c"], ["b", "d"]]
    assert told(own) == []


def test_undated_alerts_of_one_name_are_together_apart_from_the_dated():
    assert told(alert("a", "", host="PC-1"), alert("b", "", host="PC-1"), alert("c", "22:00", host="PC-1")) == [
        ["c"],
        ["a", "b"],
    ]


def test_an_incident_keeps_its_identifier_as_it_grows():
    first = alert("a" * 16, host="PC-1")
    alone = incidents([first], at=night.AT)[0]
    grown = incidents([first, alert("b" * 16, "23:00", host="PC-1")], at=night.AT)[0]
    assert alone.id == grown.id == "I-aaaaaaaaaaaa"


def test_stages_follow_the_order_of_an_attack():
    slugs = [stage.tactic for stage in night.result().incidents[0].stages]
    assert slugs.index("initial-access") < slugs.index("credential-access") < slugs.index("impact")


def test_the_score_is_the_sum_of_its_three_parts_and_never_above_a_hundred():
    for each in night.result().incidents:
        score = each.score
        assert score.total == score.severity + score.breadth + score.progress <= 100
        assert score.severity <= 50
        assert score.breadth <= 25
        assert score.progress <= 25


def test_a_rule_that_fires_in_every_incident_weighs_less():
    alone = incidents([alert("a", host="PC-1")], at=night.AT)[0].score.severity
    many = incidents([alert(str(n), host=f"PC-{n}") for n in range(9)], at=night.AT)[0].score.severity
    assert alone == 8
    assert many == 3


def test_faint_signs_alone_never_look_like_a_disaster():
    strong = alert("a", host="PC-1", key="shadow", level="medium")
    assert incidents([strong], at=night.AT)[0].score.word in {"low", "watch"}


def test_backups_first_when_they_are_deleted_and_a_declaration_is_likely():
    found = night.result().incidents[0]
    assert found.actions[:3] == ("isolate", "backups", "call_management")
    assert found.declare == ("functioning",)


def test_a_quiet_night_has_no_incident():
    assert incidents([], at=night.AT) == ()


ALERTS = st.lists(
    st.tuples(
        st.sampled_from(["", "PC-1", "pc-1.valmont.test", "PC-2", "localhost"]),
        st.sampled_from(["", "a", "V\\A", "b", "SYSTEM", "PC-2$"]),
        st.sampled_from(["", "10.0.0.1", "::1", "PC-1"]),
        st.sampled_from(["", "21:00", "22:30", "07:00"]),
        st.sampled_from([*LEVELS, "strange"]),
        st.sampled_from(list(night.RULES)),
    ),
    max_size=12,
)


@given(ALERTS, st.randoms())
def test_each_alert_of_weight_is_in_one_incident_whatever_the_order(rows, dice: random.Random):
    made = [
        alert(f"{n:016d}", clock, key, level, host=host, user=user, address=address)
        for n, (host, user, address, clock, level, key) in enumerate(rows)
    ]
    found = incidents(made, at=night.AT)
    dice.shuffle(made)
    assert incidents(made, at=night.AT) == found
    inside = [name for each in found for name in each.alerts]
    assert len(inside) == len(set(inside))
    assert {each.id for each in made if each.about.level not in {"informational", "low"}} <= set(inside)
    assert sum(each.events for each in found) == len(inside)


def test_names_are_compared_without_domain_nor_case():
    assert host_key("PC-1.valmont.test") == host_key("pc-1") == "pc-1"
    assert host_key("10.0.0.1") == "10.0.0.1"
    assert user_key("VALMONT\\C.Leroy") == user_key("c.leroy@valmont.test") == "c.leroy"


def test_an_address_told_as_ipv6_is_the_same_address():
    assert len(told(alert("a", address="::ffff:10.0.0.9"), alert("b", address="10.0.0.9"))) == 1
    assert incidents([alert("a", address="::ffff:10.0.0.9")], at=night.AT)[0].addresses == ("10.0.0.9",)


def test_what_only_faint_signs_show_adds_no_breadth():
    strong = alert("a", host="PC-1", key="lsass")
    faint = alert("b", host="PC-1", key="veeam", level="low")
    alone, both = (incidents(each, at=night.AT)[0].score for each in ([strong], [strong, faint]))
    assert (alone.breadth, alone.progress) == (both.breadth, both.progress) == (0, alone.progress)
