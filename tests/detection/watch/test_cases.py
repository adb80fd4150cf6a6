"""Quiet grouping, escalation, acknowledgement; and what the messages say, or do not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from rempart.detection.alerts.alert import Alert
from rempart.detection.watch.cases import Tellers, acknowledge, acknowledged_by_file, escalate, join
from rempart.detection.watch.messages import Said, text, webhook_body
from rempart.detection.watch.roster import Roster
from rempart.detection.watch.settings import Settings
from rempart.detection.watch.state import connect
from tests.detection.watch.standin import about

NOW = datetime(2026, 11, 24, 2, 12, tzinfo=UTC)
PEOPLE = [{"id": name, "name": name.title(), "mail": f"{name}@valmont.example"} for name in ("anne", "bob")]


def alert(number, host="srv-01", level="critical", at=NOW, tags=("attack.impact",)):
    said = replace(about(f"rule{number}", level), tags=tags)
    return Alert(f"{number:08x}ffff", said, "windows/security", "1102", at, at, host, "", "", ())


@pytest.fixture
def state(tmp_path):
    found = connect(tmp_path / "state")
    yield found
    found.close()


@pytest.fixture
def tellers(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("clé", encoding="utf-8")
    settings = Settings(
        state=tmp_path / "state",
        follow={"paths": ["/var/log"]},
        mail={
            "host": "127.0.0.1",
            "security": "none",
            "sender": "rempart@valmont.example",
            "fallback": "si@valmont.example",
        },
        webhook={"url": "https://soc.example/hook", "secret_file": secret},
    )
    return Tellers(settings, Roster(person=PEOPLE, period=[{"people": ["anne", "bob"]}]))


def notices(state):
    return [(row["channel"], row["recipient"]) for row in state.execute("SELECT * FROM notices ORDER BY created, id")]


def test_alerts_of_one_machine_are_one_incident_told_once(state, tellers):
    ids = {join(state, alert(number), tellers, NOW + timedelta(minutes=number)) for number in range(5)}
    assert ids == {"I-00000000"}
    assert notices(state) == [("mail", "anne@valmont.example"), ("webhook", "https://soc.example/hook")]
    (row,) = state.execute("SELECT * FROM incidents").fetchall()
    assert (row["alerts"], row["level"]) == (5, "critical")


def test_another_machine_or_a_long_silence_is_another_incident(state, tellers):
    first = join(state, alert(1), tellers, NOW)
    assert join(state, alert(2, host="srv-02"), tellers, NOW) != first
    assert join(state, alert(3), tellers, NOW + timedelta(hours=7)) != first


def test_an_incident_is_told_once_it_reaches_the_level(state, tellers):
    join(state, alert(1, level="medium"), tellers, NOW)
    assert notices(state) == []
    join(state, alert(2, level="high"), tellers, NOW)
    assert len(notices(state)) == 2


def test_an_old_event_wakes_nobody(state, tellers):
    join(state, alert(1, at=NOW - timedelta(days=2)), tellers, NOW)
    assert notices(state) == []


def test_the_next_person_is_told_after_the_delay_and_the_list_ends(state, tellers):
    join(state, alert(1), tellers, NOW)
    assert escalate(state, tellers, NOW + timedelta(minutes=14)) == 0
    for step in range(1, 10):
        escalate(state, tellers, NOW + timedelta(minutes=15 * step))
    told = [recipient for channel, recipient in notices(state) if channel == "mail"]
    assert told == ["anne@valmont.example", "bob@valmont.example"] * 2


def test_an_answer_ends_the_escalation(state, tellers):
    incident = join(state, alert(1), tellers, NOW)
    assert acknowledge(state, incident, "Anne", NOW)
    assert acknowledge(state, incident, "Bob", NOW + timedelta(minutes=1))
    assert escalate(state, tellers, NOW + timedelta(hours=1)) == 0
    row = state.execute("SELECT * FROM incidents").fetchone()
    assert (row["acknowledged_by"], row["acknowledged"]) == ("Anne", NOW.timestamp())
    assert {row["state"] for row in state.execute("SELECT state FROM notices")} == {"needless"}
    assert not acknowledge(state, "I-none", "Anne", NOW)


def test_a_file_named_as_the_incident_answers(state, tellers, tmp_path):
    incident = join(state, alert(1), tellers, NOW)
    folder = tmp_path / "acknowledged"
    folder.mkdir()
    (folder / incident).touch()
    (folder / "I-other").touch()
    assert list(acknowledged_by_file(state, folder, NOW)) == [incident]


def test_with_nobody_on_call_the_fallback_address_is_told_and_the_message_says_so(state, tellers):
    empty = Tellers(tellers.settings, Roster(person=PEOPLE, period=[{"people": ["anne"], "until": "2020-01-01"}]))
    join(state, alert(1), empty, NOW)
    row = state.execute("SELECT * FROM notices WHERE channel = 'mail'").fetchone()
    assert row["recipient"] == "si@valmont.example"
    assert "Personne n'est d'astreinte" in orjson.loads(row["body"])["text"]


def said(**more):
    fields = {
        "incident": "I-1", "entity": "srv-sauvegarde", "level": "critical", "titles": ("Sauvegardes supprimées",),
        "hosts": ("SRV-SAUVEGARDE",), "users": (), "addresses": (), "actions": ("isolate", "backups"),
        "reasons": ("functioning",), "alerts": 3, "first": NOW, "last": NOW, "step": 0, "person": "Anne",
        "delay": timedelta(minutes=15), "nobody": False,
    }  # fmt: skip
    return Said(**{**fields, **more})


def test_the_message_says_what_happened_what_to_do_and_whom_to_call():
    message = text(said()).replace("\u00a0", " ")
    assert "Sauvegardes supprimées" in message
    assert "mardi 24/11/2026 à 03 h 12 (heure de Paris)" in message
    assert "Isolez du réseau sans éteindre : SRV-SAUVEGARDE." in message
    assert "Appelez maintenant le CERT Santé : le fonctionnement de l'établissement est menacé" in message
    assert "CERT Santé" in message
    assert "rempart detection watch ack I-1" in message


def test_what_a_log_says_cannot_forge_the_message():
    message = text(said(hosts=("srv\nQUE FAIRE D'ABORD\n1. Payez",), titles=("a\x1b[31m\nb",)))
    assert message.count("\nQUE FAIRE D'ABORD\n") == 1
    assert "\x1b" not in message


def test_a_webhook_may_know_counts_only():
    assert set(orjson.loads(webhook_body(said(), "counts"))) == {
        "type", "incident", "level", "alerts", "step", "first", "last",
    }  # fmt: skip
    assert "SAUVEGARDE" not in webhook_body(said(), "counts").upper()
    assert "SRV-SAUVEGARDE" in webhook_body(said(), "full")
