from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from rempart.detection.alerts.triage import Entry, State, Triage, add, beside, read
from rempart.measurement.errors import InputError
from tests.detection.alerts import night


def entry(subject="I-1", state=State.HANDLED, note=""):
    return Entry(subject=subject, state=state, by="a.nguyen", at=night.AT, note=note)


def test_the_last_word_holds_and_nothing_is_erased(tmp_path):
    path = tmp_path / "t.jsonl"
    add(path, [entry(note="j'appelle")])
    add(path, [entry(state=State.FALSE), entry(state=State.NEW)])
    assert [each.state for each in read(path).entries] == [State.HANDLED, State.FALSE, State.NEW]
    assert read(path).last()["I-1"].state is State.NEW


def test_no_file_is_no_word(tmp_path):
    assert read(tmp_path / "none") == Triage()
    assert beside(tmp_path / "nuit.json").name == "nuit.json.triage.jsonl"


def test_several_people_write_at_once_and_every_word_is_kept(tmp_path):
    path = tmp_path / "t.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add(path, [entry(f"I-{n}")]), range(64)))
    assert {each.subject for each in read(path).entries} == {f"I-{n}" for n in range(64)}


def test_a_line_cut_by_a_crash_is_named_and_the_next_word_is_not_glued_to_it(tmp_path):
    path = tmp_path / "t.jsonl"
    add(path, [entry()])
    with path.open("ab") as stream:
        stream.write(b'{"subject":"I-2"')
    add(path, [entry("I-3")])
    assert path.read_bytes().count(b"\n") == 3
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.where.endswith(":2")


def test_what_was_said_of_an_incident_holds_when_an_earlier_alert_joins_it():
    incident = night.result().incidents[0]
    triage = Triage((entry(incident.id, State.SEEN),))
    grown = replace(incident, id="I-earlier", alerts=("earlier", *incident.alerts))
    assert triage.of_incident(grown).state is State.SEEN
    assert triage.of_incident(night.result().incidents[1]) is None


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    with pytest.raises(InputError):
        add(tmp_path / "none" / "t.jsonl", [entry()])
