"""The posture as a whole: snapshot, report, attestation, command; what is proven, and what never leaves."""

import json
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from rempart.detection import ledger
from rempart.detection.audit import audit, rejudge, vocabulary
from rempart.detection.catalogue import catalogue
from rempart.detection.commands.posture import posture_command
from rempart.detection.controls import evaluations
from rempart.detection.inventory import Inventory, open_inventory
from rempart.detection.snapshot import is_snapshot, open_snapshot, save, take
from rempart.measurement.errors import InputError
from rempart.proof.attestation import Attestation
from tests.detection.posture.made import AT, DC, FULL, Hospital, block


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "ledger.sqlite"
    inventory = Inventory(machines=(DC,), sources={"backups": ["linux/bareos"]})
    return take(path, inventory, AT) if Hospital(path).coverage() else None


def test_every_entry_has_code_and_all_code_has_an_entry():
    assert set(evaluations()) == set(catalogue().controls)


def test_a_sound_hospital_reaches_the_top(sound):
    report = audit(sound)
    assert (report.level.value, report.level.at_most) == (5, False)
    assert report.source.counts == {"ledger_days": 40, "events": 40 * 24 * 8, "log_sources": 8, "hosts": 7}


def test_without_an_inventory_the_level_is_at_most(tmp_path):
    Hospital(tmp_path / "ledger").coverage()
    report = audit(take(tmp_path / "ledger", None, AT))
    assert [gap.topic for gap in report.gaps] == ["inventory"]
    machines = [verdict for verdict in report.verdicts if verdict.control == "vuln_machines_heard"]
    assert {verdict.status for verdict in machines} == {"not_evaluated"}
    assert report.level.at_most


def test_an_empty_ledger_proves_nothing(tmp_path):
    with ledger.opened(tmp_path / "ledger"):
        pass
    report = audit(take(tmp_path / "ledger", None, AT))
    assert all(verdict.status != "satisfied" or verdict.level is None for verdict in report.verdicts)


def test_a_saved_snapshot_is_judged_the_same_and_replayed(sound, tmp_path):
    kept = save(sound, tmp_path / "posture.rempart")
    assert is_snapshot(tmp_path / "posture.rempart")
    assert open_snapshot(tmp_path / "posture.rempart").digest == kept.digest
    again = rejudge(tmp_path / "posture.rempart", AT)
    assert again.model_dump_json() == audit(kept, at=AT).model_dump_json()


def test_the_attestation_holds_figures_only(sound):
    payload = Attestation.of(audit(sound), finess="010000024").model_dump_json()
    for name in ("dc01", "DC01", "pc-17", "valmont", "bareos", "windows"):
        assert name not in payload


def test_the_ledger_sums_what_comes_in_parts_and_its_delays(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    moments = [AT - timedelta(days=1, minutes=number) for number in range(50)]
    hosts = [f"h{number % 7}" for number in range(50)]
    for path, size in ((whole, 50), (parts, 9)):
        tally = ledger.Tally()
        for start in range(0, 50, size):
            part = slice(start, start + size)
            tally.count(block("web/proxy", "", hosts[part], moments[part]), AT, live=True)
            with ledger.opened(path) as connection:
                tally.write(connection)
    first, second = (take(path, None, AT) for path in (whole, parts))
    assert all(one.equals(second.tables()[name]) for name, one in first.tables().items())


def test_events_without_a_moment_count_for_the_day_they_came(tmp_path):
    tally = ledger.Tally()
    tally.count(block("web/proxy", "", ["a"], [None]), AT, live=True)
    with ledger.opened(tmp_path / "ledger") as connection:
        tally.write(connection)
    (row,) = take(tmp_path / "ledger", None, AT).days.rows(named=True)
    assert (row["day"], row["undated"], row["delays"]) == (AT.date(), 1, 0)


def test_an_inventory_is_read_from_toml_and_csv(tmp_path):
    (tmp_path / "m.csv").write_text("name;kind\nDC01;domain_controller\npc-1;\n", encoding="utf-8")
    (tmp_path / "i.toml").write_text('machines = "m.csv"\n[absent]\nvpn = "aucun"\n', encoding="utf-8")
    (tmp_path / "n.toml").write_text("machines = 850\n", encoding="utf-8")
    assert [machine.kind for machine in open_inventory(tmp_path / "i.toml").machines] == [
        "domain_controller",
        "workstation",
    ]
    assert len(open_inventory(tmp_path / "m.csv").machines) == 2
    assert open_inventory(tmp_path / "n.toml").count == 850


@pytest.mark.parametrize(
    ("name", "content"),
    [("i.toml", "machines = 0\n"), ("i.toml", "[absent]\nradar = 'x'\n"), ("i.toml", "machines = \n"),
     ("m.csv", "host\npc-1\n"), ("m.csv", "name,kind\npc-1,toaster\n"), ("m.csv", "name\npc-1\nPC-1\n")],
)  # fmt: skip
def test_a_wrong_inventory_is_told(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        open_inventory(tmp_path / name)


def test_what_is_no_ledger_is_told(tmp_path):
    (tmp_path / "x").write_text("no", encoding="utf-8")
    for path in (tmp_path / "x", tmp_path / "missing", tmp_path):
        with pytest.raises(InputError):
            take(path, None, AT)


def test_the_command_writes_the_report_and_fails_under_a_level(tmp_path):
    Hospital(tmp_path / "ledger", events=FULL[1:]).coverage()
    app = typer.Typer()
    app.command()(posture_command)
    asked = [str(tmp_path / "ledger"), "--at", AT.isoformat(), "--fail-under", "3", "--json", str(tmp_path / "r.json")]
    result = CliRunner().invoke(
        app, [*asked, "--html", str(tmp_path / "r.html"), "--save", str(tmp_path / "s.rempart")]
    )
    assert result.exit_code == 1
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["level"]["value"] == 1
    assert is_snapshot(tmp_path / "s.rempart")
    assert "Journaux des contrôleurs de domaine" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_every_measure_has_a_word():
    for entry in catalogue().controls.values():
        assert entry.category in vocabulary().labels
        assert set(entry.needs) <= set(vocabulary().labels)
