"""Each control of posture, failing and passing; what is not known is never a pass."""

import pytest

from rempart.detection.inventory import Family, Inventory, Machine, MachineKind
from tests.detection.posture.made import AT, DC, FULL, SOUND, Hospital, statuses

BACKUPS = Inventory(sources={Family.BACKUPS: ("linux/bareos",)})
FAMILIES = {
    "vuln_source_domain_controllers": "windows/security",
    "vuln_source_processes": "windows/sysmon",
    "vuln_source_powershell": "windows/powershell",
    "vuln_source_firewall": "network/firewall",
    "vuln_source_vpn": "hospital/vpn",
    "vuln_source_web": "web/proxy",
    "vuln_source_backups": "linux/bareos",
    "vuln_source_records": "hospital/records",
}


@pytest.fixture
def hospital(tmp_path):
    return lambda **settings: Hospital(tmp_path / "ledger.sqlite", **settings)


def without(source):
    return tuple(each for each in FULL if each[0] != source)


def fails_without(hospital, control):
    (verdict,) = hospital(days=9, events=without(FAMILIES[control])).judged(control, BACKUPS)
    assert verdict.status == "failed"
    assert "sept jours" in verdict.reason.fr


def passes_with(hospital, control):
    (verdict,) = hospital(days=9).judged(control, BACKUPS)
    assert verdict.status == "satisfied"
    assert verdict.measured == {"events": 7 * 24, "days_received": 7}


def test_vuln_source_domain_controllers_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_domain_controllers")


def test_vuln_source_domain_controllers_fails_when_a_declared_one_is_silent(hospital):
    second = Machine(name="dc02.valmont.test", kind=MachineKind.DOMAIN_CONTROLLER)
    inventory = Inventory(machines=(DC, second))
    (verdict,) = hospital(days=9).judged("vuln_source_domain_controllers", inventory)
    assert verdict.subjects["name"].to_list() == ["dc02.valmont.test"]


def test_vuln_source_domain_controllers_passes_when_all_are_heard(hospital):
    (verdict,) = hospital(days=9).judged("vuln_source_domain_controllers", Inventory(machines=(DC,)))
    assert verdict.status == "satisfied"


def test_vuln_source_domain_controllers_passes_when_what_only_one_writes_comes(hospital):
    passes_with(hospital, "vuln_source_domain_controllers")


def test_vuln_source_processes_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_processes")


def test_vuln_source_processes_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_processes")


def test_vuln_source_powershell_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_powershell")


def test_vuln_source_powershell_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_powershell")


def test_vuln_source_firewall_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_firewall")


def test_vuln_source_firewall_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_firewall")


def test_vuln_source_vpn_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_vpn")


def test_vuln_source_vpn_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_vpn")


def test_vuln_source_web_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_web")


def test_vuln_source_web_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_web")


def test_vuln_source_backups_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_backups")


def test_vuln_source_backups_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_backups")


def test_vuln_source_records_fails_when_nothing_comes(hospital):
    fails_without(hospital, "vuln_source_records")


def test_vuln_source_records_passes_when_it_comes(hospital):
    passes_with(hospital, "vuln_source_records")


def test_a_family_declared_absent_is_not_applicable_and_says_why(hospital):
    inventory = Inventory(absent={Family.VPN: "pas d'accès distant"})
    (verdict,) = hospital(days=9, events=without("hospital/vpn")).judged("vuln_source_vpn", inventory)
    assert verdict.status == "not_applicable"
    assert "pas d'accès distant" in verdict.reason.fr


def test_a_ledger_of_today_only_judges_nothing(hospital):
    made = hospital(days=0)
    made.day(0, "network/firewall")
    (verdict,) = made.judged("vuln_source_firewall")
    assert verdict.status == "not_evaluated"


def test_info_sources_fails_never_but_lists_what_came(hospital):
    (verdict,) = hospital(days=9).judged("info_sources")
    assert verdict.subjects["key"].to_list() == sorted(source for source, *_ in FULL)


def test_info_sources_passes_when_there_is_nothing_to_list(hospital):
    (verdict,) = hospital(days=0).judged("info_sources")
    assert verdict.status == "satisfied"


def machines(number):
    heard = ("dc01", "pc-17", "fw-1", "vpn-1", "proxy-1", "bk-1", "dpi-1")
    names = [*heard, *(f"pc-{1000 + each}" for each in range(number))]
    return Inventory(machines=tuple(Machine(name=name) for name in names))


def test_vuln_machines_heard_fails_when_too_many_are_silent(hospital):
    verdicts = hospital(days=9).judged("vuln_machines_heard", machines(3))
    assert statuses(verdicts) == ["satisfied", "failed", "failed"]
    assert verdicts[2].measured["percent"] == 70
    assert verdicts[2].subjects["name"].to_list() == ["pc-1000", "pc-1001", "pc-1002"]


def test_vuln_machines_heard_passes_when_all_are_heard(hospital):
    assert statuses(hospital(days=9).judged("vuln_machines_heard", machines(0))) == ["satisfied"] * 3


def test_machines_declared_as_a_count_are_counted(hospital):
    verdicts = hospital(days=9).judged("vuln_machines_heard", Inventory(count=8))
    assert statuses(verdicts) == ["satisfied", "satisfied", "failed"]
    assert verdicts[0].measured["heard"] == 7


def test_vuln_days_without_gap_fails_on_an_hour_without_anything(hospital):
    broken = hospital(days=0)
    for number in range(1, 41):
        broken.day(number, "windows/security", hours=range(1, 24) if number == 20 else range(24))
    verdicts = broken.judged("vuln_days_without_gap")
    assert statuses(verdicts) == ["satisfied", "failed"]
    assert verdicts[1].subjects["silent_hours"].to_list() == [1]


def test_vuln_days_without_gap_passes_when_each_hour_has_something(hospital):
    assert statuses(hospital(days=40, events=FULL[:2]).judged("vuln_days_without_gap")) == ["satisfied"] * 2


def test_a_young_ledger_does_not_pass_for_a_month(hospital):
    assert statuses(hospital(days=9, events=FULL[:2]).judged("vuln_days_without_gap")) == ["satisfied", "not_evaluated"]


def test_vuln_source_interrupted_fails_when_a_steady_source_misses_a_day(hospital):
    made = hospital(days=20, events=FULL[:2])
    for number in range(3, 20):
        made.day(number, "network/firewall")
    (verdict,) = made.judged("vuln_source_interrupted")
    assert verdict.subjects.select("key", "days_received").rows() == [("network/firewall", 5)]


def test_vuln_source_interrupted_passes_when_all_go_on(hospital):
    assert statuses(hospital(days=20).judged("vuln_source_interrupted")) == ["satisfied"]
    assert statuses(Hospital(hospital(days=0).path.with_name("young"), days=9).judged("vuln_source_interrupted")) == [
        "not_evaluated"
    ]


def test_vuln_delay_fails_when_events_come_late(hospital):
    verdicts = hospital(days=9, events=FULL[:2], delay=1800).judged("vuln_delay")
    assert statuses(verdicts) == ["failed", "failed"]
    assert verdicts[0].measured == {"mean_seconds": 1800, "p95_seconds": 1800}


def test_vuln_delay_passes_when_events_come_at_once(hospital):
    verdicts = hospital(days=9, events=FULL[:2]).judged("vuln_delay")
    assert statuses(verdicts) == ["satisfied", "satisfied"]
    assert verdicts[1].measured == {"mean_seconds": 30, "p95_seconds": 30}


def test_the_delay_of_logs_that_were_not_received_live_is_not_known(hospital):
    made = hospital(days=9, events=())
    for number in range(1, 9):
        made.day(number, "windows/security")
    made.tally._days = {key: day for key, day in made.tally._days.items() if not setattr(day, "delays", 0)}
    assert statuses(made.judged("vuln_delay")) == ["not_evaluated"] * 2


def test_vuln_clock_fails_when_a_clock_is_ahead(hospital):
    made = hospital(days=9, events=FULL[:2])
    made.day(2, "network/firewall", delay=-600)
    (verdict,) = made.judged("vuln_clock")
    assert verdict.subjects.select("key", "ahead").rows() == [("network/firewall", 24)]


def test_vuln_clock_passes_when_clocks_agree(hospital):
    assert statuses(hospital(days=9, events=FULL[:2]).judged("vuln_clock")) == ["satisfied"]


def test_warning_unknown_events_fails_when_many_are_unknown(hospital):
    (verdict,) = hospital(days=9, events=(*FULL[:2], ("unknown", "", ""))).judged("warning_unknown_events")
    assert (verdict.status, verdict.measured["percent"]) == ("failed", 33)


def test_warning_unknown_events_passes_when_they_are_few(hospital):
    assert statuses(hospital(days=9).judged("warning_unknown_events")) == ["satisfied"]


def fact(hospital, control, **facts):
    return statuses(hospital(days=2, events=FULL[:1], facts={**SOUND, **facts}).judged(control))


def test_vuln_rules_active_fails_without_rules_or_with_many_refused(hospital, tmp_path):
    assert fact(hospital, "vuln_rules_active", rules=0) == ["failed", "failed"]
    other = Hospital(tmp_path / "other", days=2, facts={**SOUND, "refused": 300})
    assert statuses(other.judged("vuln_rules_active")) == ["satisfied", "failed"]


def test_vuln_rules_active_passes_when_rules_run(hospital):
    assert fact(hospital, "vuln_rules_active") == ["satisfied", "satisfied"]


def test_vuln_rules_fresh_fails_on_old_rules(hospital):
    assert fact(hospital, "vuln_rules_fresh", rules_newest=AT.timestamp() - 100 * 86400) == ["failed"]


def test_vuln_rules_fresh_passes_on_new_ones(hospital):
    assert fact(hospital, "vuln_rules_fresh") == ["satisfied"]


def test_vuln_roster_fails_on_a_minute_without_anybody(hospital):
    assert fact(hospital, "vuln_roster", roster_gap_minutes=1) == ["failed"]


def test_vuln_roster_passes_when_somebody_always_answers(hospital):
    assert fact(hospital, "vuln_roster") == ["satisfied"]


def test_vuln_acknowledged_fails_when_nobody_answers(hospital):
    assert fact(hospital, "vuln_acknowledged", acknowledged_within_hour_30=8) == ["failed"]


def test_vuln_acknowledged_passes_when_somebody_does(hospital):
    assert fact(hospital, "vuln_acknowledged") == ["satisfied"]


def test_without_an_incident_there_was_nothing_to_answer(hospital):
    assert fact(hospital, "vuln_acknowledged", told_30=0) == ["not_applicable"]


def test_vuln_retention_fails_when_logs_are_kept_too_short(hospital):
    assert fact(hospital, "vuln_retention", store_days=100) == ["satisfied", "failed", "failed"]


def test_vuln_retention_passes_when_they_are_kept_a_year(hospital):
    assert fact(hospital, "vuln_retention") == ["satisfied"] * 3


@pytest.mark.parametrize(
    "control",
    ["vuln_rules_active", "vuln_rules_fresh", "vuln_roster", "vuln_acknowledged", "vuln_retention"],
)
def test_figures_that_are_not_there_are_never_a_pass(hospital, control):
    found = statuses(hospital(days=2, events=FULL[:1], facts={}).judged(control))
    assert set(found) == {"not_evaluated"}
