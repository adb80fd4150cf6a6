"""Three directories nobody here wrote, judged by the controls of permissions: their planted faults, and no noise."""

import pytest

from rempart.directory.catalogue import catalogue
from rempart.directory.collect import adalanche, adexplorer, sharphound
from rempart.directory.controls import evaluations
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.shared_data import needs_data, shared_data

GOAD = "directory/goad-adalanche"
DETECTION_LAB = "directory/adexplorer-detectionlab/detectionlab.dat"
SAMPLE = "directory/bloodhound-ce-sample/ad_sampledata.zip"


def opened(reader, name):
    snapshot = reader.read(shared_data(name))
    return Forest(snapshot, snapshot.manifest.taken_at)


@pytest.fixture(scope="module")
def goad():
    return opened(adalanche, GOAD)


@pytest.fixture(scope="module")
def detection_lab():
    return opened(adexplorer, DETECTION_LAB)


@pytest.fixture(scope="module")
def sample():
    return opened(sharphound, SAMPLE)


def verdicts(forest, point):
    return list(evaluations()[point](catalogue().controls[point], forest))


def found(forest, point, level):
    """Who and by which right, of the verdict at this level."""
    verdict = next(verdict for verdict in verdicts(forest, point) if verdict.level == level)
    assert verdict.status is Status.FAILED
    return set(verdict.subjects.select("principal", "right").iter_rows())


@needs_data(GOAD)
@pytest.mark.parametrize(
    ("point", "level", "rights"),
    [
        ("vuln_permissions_adminsdholder", 1, {("lord.varys", "GenericAll")}),
        ("vuln_permissions_gpo_container_priv", 2, {("renly.baratheon", "WriteDacl")}),
        (
            "vuln_permissions_gpo_priv",
            1,
            {("samwell.tarly", right) for right in ("GenericWrite", "WriteDacl", "WriteOwner")},
        ),
        (
            "vuln_permissions_dc",
            1,
            {
                ("stannis.baratheon", "GenericAll"),
                ("AcrossTheNarrowSea", "GenericAll"),
                *(("samwell.tarly", right) for right in ("GenericWrite", "WriteDacl", "WriteOwner")),
            },
        ),
    ],
)
def test_the_planted_faults_of_goad_are_found_and_no_other(goad, point, level, rights):
    assert found(goad, point, level) == rights


@needs_data(GOAD)
@pytest.mark.parametrize(
    "point",
    [
        "vuln_adcs_control", "vuln_adcs_template_control", "vuln_adcs_template_auth_enroll_with_name",
        "vuln_dnsadmins", "vuln_permissions_msdns", "vuln_permissions_dfsr_sysvol", "vuln_permissions_dpapi",
        "vuln_permissions_naming_context", "vuln_permissions_schema", "warning_permissions_specific_containers",
        "warning_sd_anonymous_control", "warning_sd_deny_read", "warning_sd_generic_perm", "warning_sd_repl_perm",
        "warning_sd_unknown_sid", "warning_schema_default_sd", "warning_schema_posssuperiors",
    ],
)  # fmt: skip
def test_what_windows_sets_by_default_is_no_fault(goad, point):
    assert {verdict.status for verdict in verdicts(goad, point)} == {Status.SATISFIED}


@needs_data(DETECTION_LAB)
@pytest.mark.parametrize(
    ("point", "status"),
    [
        ("vuln_adcs_control", Status.SATISFIED),
        ("vuln_adcs_template_control", Status.SATISFIED),
        ("vuln_adcs_template_auth_enroll_with_name", Status.NOT_APPLICABLE),
        ("vuln_dnsadmins", Status.SATISFIED),
        ("vuln_permissions_adminsdholder", Status.SATISFIED),
        ("vuln_permissions_dc", Status.SATISFIED),
        ("vuln_permissions_dfsr_sysvol", Status.SATISFIED),
        ("vuln_permissions_gpo_priv", Status.SATISFIED),
        ("vuln_permissions_gpo_container_priv", Status.SATISFIED),
        ("vuln_permissions_schema", Status.SATISFIED),
        ("vuln_privileged_members_perm", Status.SATISFIED),
        ("vuln_permissions_dpapi", Status.NOT_EVALUATED),  # read with an ordinary account: these rights were hidden
        ("vuln_permissions_msdns", Status.NOT_EVALUATED),  # same
        ("vuln_permissions_naming_context", Status.NOT_EVALUATED),  # the DNS partitions were not collected
    ],
)
def test_a_fresh_directory_makes_no_noise(detection_lab, point, status):
    assert {verdict.status for verdict in verdicts(detection_lab, point)} == {status}


@needs_data(SAMPLE)
def test_rights_that_sharphound_resolved_can_fail(sample):
    assert found(sample, "vuln_permissions_naming_context", 1) == {("DCSyncers", "DCSync"), ("domainuser", "DCSync")}
    assert ("svc_payadmin", "AddMember") in found(sample, "vuln_privileged_members_perm", 1)
    assert ("Domain Users", "WriteTemplate") in found(sample, "vuln_adcs_template_control", 1)
    assert ("HR", "AddMember") in found(sample, "vuln_dnsadmins", 1)
    enrolment = verdicts(sample, "vuln_adcs_template_auth_enroll_with_name")[0]
    assert set(enrolment.subjects["sid"]) == {"S-1-5-11"}
    assert any("ESC1SMARTCARD" in target for target in enrolment.subjects["target"])


@needs_data(SAMPLE)
@pytest.mark.parametrize(
    "point",
    [
        "vuln_permissions_dfsr_sysvol", "vuln_permissions_dpapi", "vuln_permissions_gmsa_keys",
        "vuln_permissions_schema", "vuln_permissions_gpo_container_priv", "warning_sd_unknown_sid", "info_sd",
    ],
)  # fmt: skip
def test_what_sharphound_does_not_show_is_never_a_pass(sample, point):
    assert {verdict.status for verdict in verdicts(sample, point)} == {Status.NOT_EVALUATED}
