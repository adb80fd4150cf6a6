from datetime import date, timedelta

import pytest

from rempart.measurement.acceptance import cover, current_id, level_with, load_acceptances, resolve, unused
from rempart.measurement.errors import InputError
from rempart.measurement.verdict import Status
from tests.measurement.factory import AT, accept, failed, level_of, make_control, people

ON = AT.date()
ONE = make_control("vuln_a", (1,))
THREE = make_control("vuln_b", (3,))
VERDICTS = [failed(ONE, people(3)), failed(THREE, people(1))]


def test_accepting_every_subject_lifts_the_level_and_keeps_the_verdict_failed():
    acceptances = (accept("vuln_a", "adm.000", "ADM.001"), accept("vuln_a", "S-1-5-21-1-2-3-1102"))
    assert level_with(VERDICTS, acceptances, ON, level_of).value == 3
    assert level_of(VERDICTS).value == 1
    assert VERDICTS[0].status is Status.FAILED
    assert cover(VERDICTS[0], acceptances, ON).full


def test_accepting_a_part_keeps_failing():
    acceptances = (accept("vuln_a", "adm.000"),)
    covered = cover(VERDICTS[0], acceptances, ON)
    assert (covered.accepted, covered.total, covered.full) == (1, 3, False)
    assert level_with(VERDICTS, acceptances, ON, level_of).value == 1


def test_naming_no_subject_covers_the_whole_control():
    assert level_with(VERDICTS, (accept("vuln_a"),), ON, level_of).value == 3


def test_a_failed_point_without_subjects_is_covered_only_as_a_whole():
    bare = ONE.judge(people(0), failed=True)
    assert cover(bare, (accept("vuln_a"),), ON).full
    assert not cover(bare, (accept("vuln_a", "adm.000"),), ON).full


def test_an_acceptance_holds_on_its_last_day_and_is_listed_as_expired_after():
    last = accept("vuln_a", until=ON)
    assert cover(VERDICTS[0], (last,), ON).full
    after = cover(VERDICTS[0], (last,), ON + timedelta(days=1))
    assert (after.full, after.expired) == (False, (last,))


def test_a_satisfied_point_is_not_covered():
    assert cover(ONE.judge(people(0)), (accept("vuln_a"),), ON).valid == ()


def test_an_acceptance_that_covers_nothing_is_said():
    misspelt = accept("vuln_a", "adm.999")
    assert unused(VERDICTS, (misspelt, accept("vuln_b")), ON) == (misspelt,)


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("vuln2_krbtgt", "vuln_krbtgt"),
        ("warn1_admincount", "warning_admincount"),
        ("warning_admincount", "warning_admincount"),
        ("info_laps", "info_laps"),
        ("vuln_smb1_dc", "vuln_smb1_dc"),
    ],
)
def test_ids_of_older_material_become_todays(old, today):
    assert current_id(old) == today


def test_an_unknown_control_is_refused_with_its_place(tmp_path):
    file = tmp_path / "risques.toml"
    file.write_text(
        '[[acceptance]]\ncontrol = "vuln1_a"\nrole = "DSI"\nreason = "biologie"\nuntil = 2027-01-01\n'
        '[[acceptance]]\ncontrol = "vuln_zzz"\nrole = "DSI"\nreason = "biologie"\nuntil = 2027-01-01\n'
    )
    loaded = load_acceptances(file)
    assert loaded[0].until == date(2027, 1, 1)
    assert resolve(loaded[:1], {"vuln_a"}, str(file))[0].control == "vuln_a"
    with pytest.raises(InputError, match=r"risques.toml, acceptance 2: unknown control: vuln_zzz"):
        resolve(loaded, {"vuln_a"}, str(file))
