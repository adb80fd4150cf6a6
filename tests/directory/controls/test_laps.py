from datetime import timedelta

from rempart.measurement.verdict import Status
from tests.directory.maker import AT

SOON = AT + timedelta(days=3)


def names(verdict):
    assert verdict.status is Status.FAILED
    return sorted(verdict.subjects["name"])


def test_info_laps_fails_to_list_covered_machines(maker, judge):
    maker.computer("ANCIEN", ms_Mcs_AdmPwdExpirationTime=SOON)
    maker.computer("RECENT", msLAPS_PasswordExpirationTime=SOON)
    maker.computer("NU")
    verdict = judge(maker, "info_laps")
    assert names(verdict) == ["ANCIEN$", "RECENT$"]
    assert verdict.measured == {"covered": 2, "computers": 4}


def test_info_laps_passes(maker, judge):
    maker.computer("NU")
    assert judge(maker, "info_laps").status is Status.SATISFIED


def test_info_laps_missing_fails_to_list_uncovered_machines(maker, judge):
    maker.computer("NU", operatingSystem="Windows 11 Entreprise")
    maker.computer("MUET")
    maker.computer("RECENT", msLAPS_PasswordExpirationTime=SOON)
    verdict = judge(maker, "info_laps_missing")
    assert names(verdict) == ["MUET$", "NU$"]
    assert verdict.measured == {"uncovered": 2, "computers": 3}


def test_info_laps_missing_passes(maker, judge):
    maker.computer("RECENT", ms_Mcs_AdmPwdExpirationTime=SOON)
    maker.computer("LINUX", operatingSystem="Ubuntu")
    maker.computer("RANGE", userAccountControl=0x1002)
    assert judge(maker, "info_laps_missing").status is Status.SATISFIED
