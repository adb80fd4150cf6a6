"""Two directories nobody here wrote, judged by the controls of domain controllers, delegation, trusts and settings."""

import pytest

from rempart.directory.audit import catalogue
from rempart.directory.collect import adalanche, adexplorer
from rempart.directory.controls import evaluations
from rempart.directory.forest import Forest
from rempart.measurement.verdict import Status
from tests.shared_data import needs_data, shared_data

GOAD = "directory/goad-adalanche"
DETECTION_LAB = "directory/adexplorer-detectionlab/detectionlab.dat"


@pytest.fixture(scope="module")
def goad():
    snapshot = adalanche.read(shared_data(GOAD))
    return Forest(snapshot, snapshot.manifest.taken_at)


@pytest.fixture(scope="module")
def detection_lab():
    snapshot = adexplorer.read(shared_data(DETECTION_LAB))
    return Forest(snapshot, snapshot.manifest.taken_at)


def verdict_of(forest, point, level):
    verdicts = evaluations()[point](catalogue().controls[point], forest)
    return next(verdict for verdict in verdicts if verdict.level == level)


@needs_data(GOAD)
@pytest.mark.parametrize(
    ("point", "level", "names"),
    [
        ("vuln_trusts_forest_sidhistory", 1, {"essos.local"}),
        ("vuln_delegation_a2d2", 1, {"jon.snow", "CASTELBLACK$"}),
        ("vuln_delegation_t2a4d", 1, {"jon.snow"}),
        ("vuln_delegation_t4d", 1, {"sansa.stark"}),
        ("vuln_dc_crypto", 4, {"KINGSLANDING$", "WINTERFELL$"}),
        ("vuln_dsheuristics_bad", 4, {"AttributeAuthorizationOnLDAPAdd", "BlockOwnerImplicitRights"}),
    ],
)
def test_the_faults_of_goad_are_found(goad, point, level, names):
    verdict = verdict_of(goad, point, level)
    assert verdict.status is Status.FAILED
    assert set(verdict.subjects["name"]) == names


@needs_data(GOAD)
@pytest.mark.parametrize(
    ("point", "level"),
    [
        ("vuln_trusts_domain_notfiltered", 1),  # the trust of parent and child stays inside the forest
        ("vuln_critical_objects", 1),
        ("vuln_dc_inconsistent_uac", 1),
        ("vuln_dc_obsolete", 1),
        ("vuln_display_specifier", 1),
        ("vuln_dnszone_bad_prop", 3),
        ("vuln_adupdate_bad", 2),
        ("vuln_rodc_denied_group", 3),
        ("vuln_certificates_vuln", 1),
    ],
)
def test_what_goad_does_well_is_not_reproached(goad, point, level):
    assert verdict_of(goad, point, level).status is Status.SATISFIED


@needs_data(DETECTION_LAB)
def test_the_domain_preparation_of_detection_lab_is_the_bad_one(detection_lab):
    assert verdict_of(detection_lab, "vuln_adupdate_bad", 2).subjects["value"].to_list() == ["15"]


@needs_data(DETECTION_LAB)
def test_a_snapshot_of_adexplorer_without_dns_partitions_claims_nothing_of_zones(detection_lab):
    assert verdict_of(detection_lab, "vuln_dnszone_bad_prop", 1).status is Status.NOT_EVALUATED
