"""The health surveys on Orthanc, DCMTK and a receiver of HL7; pynetdicom says the same."""

import pytest
from pynetdicom import AE
from pynetdicom.sop_class import Verification

from rempart.exposure.collect.question import Endpoint
from rempart.exposure.collect.surveys import Service
from rempart.measurement.verdict import Status
from tests.exposure.lab import services as lab
from tests.exposure.lab.namespace import Namespace
from tests.exposure.services.lab_talks import surveyed
from tests.exposure.services.snapshots import maker_of

HERE = "127.0.0.1"
SERVICES = [
    Service(Endpoint(HERE, 11112), "dicom"),
    Service(Endpoint(HERE, 104), "dicom"),
    Service(Endpoint(HERE, 2575), "hl7"),
    Service(Endpoint(HERE, 8042), "http"),
]
SURVEYS = ["health", "health_web"]
CLOSED = {
    "DicomCheckCalledAet": True,
    "DicomAlwaysAllowEcho": False,
    "AuthenticationEnabled": True,
    "RegisteredUsers": {"lab": "lab"},
}


def echo(port: int, called: str) -> bool:
    """Tell whether pynetdicom's C-ECHO is answered."""
    entity = AE(ae_title="REMPART")
    entity.add_requested_context(Verification)
    association = entity.associate(HERE, port, ae_title=called)
    if not association.is_established:
        return False
    answered = association.send_c_echo()
    association.release()
    return bool(answered) and answered.Status == 0


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("health")
    with Namespace("health") as ns:
        pacs = lab.orthanc(ns, folder)
        lab.storescp(ns, folder)
        lab.fake(ns, folder, "mllp", HERE, 2575)
        observations = ns.run(surveyed, SERVICES, SURVEYS)
        assert pacs.alive
        yield ns, maker_of(observations, SERVICES), pacs


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    with Namespace("closed") as ns:
        lab.orthanc(ns, folder, **CLOSED)
        services = [SERVICES[0], SERVICES[3]]
        yield ns, maker_of(ns.run(surveyed, services, SURVEYS), services)


FAILING = ("dicom_exposed", "dicom_any_title", "dicom_clear", "hl7_exposed", "hl7_clear", "orthanc_open")


@pytest.mark.parametrize("what", FAILING)
def test_an_open_hospital_fails(opened, judge, what):
    assert judge(opened[1], f"vuln_health_{what}").status is Status.FAILED


def test_dicom_servers_tell_their_software(opened):
    found = opened[1].surface().facts("dicom").sort("port")
    assert found["version"].to_list() == ["OFFIS_DCMTK_367", "OFFIS_DCMTK_367"]
    assert found["accepted"].all()
    by_port = dict(found.select("port", "find").iter_rows())
    assert by_port[104] == []
    assert by_port[11112] == ["Patient Root C-FIND", "Study Root C-FIND", "Modality Worklist C-FIND"]


def test_a_search_is_negotiated_and_never_made(opened, judge):
    verdict = judge(opened[1], "vuln_health_dicom_find")
    assert verdict.subjects["key"].to_list() == ["127.0.0.1:11112/tcp"]
    for row in opened[1].rows["observations"]:
        if row["probe"] == "health.dicom":
            length = int.from_bytes(row["sent"][2:6], "big")
            rest = row["sent"][6 + length :]
            assert rest == b"\x07\x00\x00\x00\x00\x04\x00\x00\x00\x00"  # an A-ABORT: no data was ever sent


def test_the_hl7_message_holds_no_patient(opened):
    (row,) = (row for row in opened[1].rows["observations"] if row["probe"] == "health.hl7")
    segments = [part[:3] for part in row["sent"].strip(b"\x0b\x1c\r").split(b"\r")]
    assert segments == [b"MSH"]
    assert row["sent"].split(b"|")[10] == b"T"


def test_the_web_is_asked_for_no_patient_path(opened):
    asked = {row["question"] for row in opened[1].rows["observations"] if row["probe"] == "health.web"}
    assert asked <= {
        "GET /",
        "GET /system",
        "GET /metadata",
        "GET /fhir/metadata",
        "OPTIONS /dicom-web/studies",
        "OPTIONS /dicomweb/studies",
        "OPTIONS /rempart-nobody/studies",
    }


def test_a_closed_pacs_passes(closed, judge):
    assert judge(closed[1], "vuln_health_orthanc_open").status is Status.SATISFIED
    assert judge(closed[1], "vuln_health_dicom_any_title").status is Status.SATISFIED
    assert judge(closed[1], "vuln_health_dicom_exposed").status is Status.FAILED


def test_pynetdicom_says_the_same(opened, closed):
    assert opened[0].run(echo, 11112, "NOBODYKNOWS")
    assert opened[0].run(echo, 104, "NOBODYKNOWS")
    assert not closed[0].run(echo, 11112, "NOBODYKNOWS")
