"""From a logsource to classes of events."""

import pytest

from rempart.detection.logsources import code_field, entities, source_of_channel, targets


@pytest.mark.parametrize(
    ("channel", "source"),
    [
        ("Security", "windows/security"),
        ("security", "windows/security"),
        ("MICROSOFT-WINDOWS-SYSMON/OPERATIONAL", "windows/sysmon"),
        ("Windows PowerShell", "windows/powershell-classic"),
        ("PowerShellCore/Operational", "windows/powershell"),
        ("Microsoft-Windows-Windows Defender/Operational", "windows/windefend"),
        ("Linux-Sysmon/Operational", "linux/sysmon"),
        ("Contoso-Driver/Debug", "windows/other"),
        ("", "windows/other"),
    ],
)
def test_a_channel_names_its_source_whatever_its_case(channel: str, source: str) -> None:
    assert source_of_channel(channel) == source


def test_a_new_process_is_looked_for_in_sysmon_and_in_what_every_windows_has() -> None:
    sysmon, security = targets("process_creation", "windows", None)

    assert (sysmon.source, sysmon.codes, sysmon.natives("Image")) == ("windows/sysmon", ("1",), ("Image",))
    assert (security.source, security.codes) == ("windows/security", ("4688",))
    assert security.natives("Image") == ("NewProcessName",)
    assert security.natives("ProcessId") == ("NewProcessId",)
    assert security.natives("CommandLine") == ("CommandLine",)


def test_it_is_known_which_fields_4688_never_has() -> None:
    security = targets("process_creation", "windows", None)[1]

    assert not security.can_have("OriginalFileName")
    assert not security.can_have("ParentCommandLine")
    assert security.can_have("NewProcessName")
    assert security.can_have("Computer")


def test_a_category_without_a_product_is_that_of_every_product() -> None:
    sources = {target.source for target in targets("process_creation", None, None)}

    assert sources == {"windows/sysmon", "windows/security", "linux/sysmon", "linux/auditd", "macos/endpoint"}


def test_a_category_with_a_service_is_the_category_where_the_service_has_it() -> None:
    assert [one.source for one in targets("process_creation", "windows", "sysmon")] == ["windows/sysmon"]
    assert targets("process_creation", "windows", "system") == ()


def test_what_a_known_product_lacks_does_not_exist() -> None:
    assert targets(None, "windows", "no-such-service") == ()
    assert targets("no_such_category", None, None) == ()
    assert targets("no_such_category", "windows", None) == ()
    assert targets(None, None, None) == ()


def test_an_unknown_product_with_a_service_is_a_source_for_the_hospital_to_declare() -> None:
    assert [one.source for one in targets(None, "valmont", "badges")] == ["valmont/badges"]


def test_the_account_that_acts_is_the_one_that_signs_in() -> None:
    assert entities("windows/security", "4624").user[0] == "TargetUserName"
    assert entities("windows/security", "4720").user[0] == "SubjectUserName"
    assert entities("windows/security").user[0] == "SubjectUserName"


def test_every_source_has_entities() -> None:
    for source in ("windows/sysmon", "windows/other", "linux/auditd", "hospital/vpn", "cloud/m365", "valmont/badges"):
        found = entities(source)
        assert found.host
        assert found.user
        assert found.address
        assert found.time


def test_the_code_of_an_event_is_one_of_its_fields_on_windows_and_in_audit_records() -> None:
    assert code_field("windows/security") == "EventID"
    assert code_field("windows/other") == "EventID"
    assert code_field("linux/auditd") == "type"
    assert code_field("linux/syslog") is None
