"""Each control about health protocols. No test, and no probe, holds a patient."""

import pytest

from rempart.exposure.facts.health import NOBODY
from rempart.exposure.protocols import dicom
from tests.exposure.services import answers
from tests.exposure.services.test_controls import failed, open_service, passed, some_web, unsure

FIND = next(iter(dicom.FIND))


def dicom_server(maker, received, **columns):
    return open_service(maker, 104, "dicom", received, probe="health.dicom", **columns)


def hl7_server(maker, received, **columns):
    return open_service(maker, 2575, "hl7", received, probe="health.hl7", **columns)


def web(maker, question, received, **columns):
    maker.service(443, "http", tls="direct")
    maker.observed("health.web", received, question=f"{question} (TLS)", name="pacs.valmont.example", **columns)
    return maker


def test_vuln_health_dicom_exposed_fails_even_when_it_refuses(maker, judge):
    failed(judge, dicom_server(maker, answers.dicom_rejected()), "vuln_health_dicom_exposed")


def test_vuln_health_dicom_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_health_dicom_exposed")


def test_vuln_health_dicom_any_title_fails(maker, judge):
    verdict = failed(judge, dicom_server(maker, answers.dicom_accepted()), "vuln_health_dicom_any_title")
    assert verdict.subjects["dicom_version"].to_list() == ["OFFIS_DCMTK_367"]


def test_vuln_health_dicom_any_title_passes(maker, judge):
    passed(judge, dicom_server(maker, answers.dicom_rejected()), "vuln_health_dicom_any_title")
    assert maker.surface().facts("dicom")["reason"].to_list() == ["called AE title not recognised"]


def test_a_dicom_server_that_did_not_answer_is_a_doubt(maker, judge):
    for control in ("any_title", "clear", "find"):
        unsure(judge, dicom_server(maker, None), f"vuln_health_dicom_{control}")


def test_vuln_health_dicom_clear_fails(maker, judge):
    failed(judge, dicom_server(maker, answers.dicom_rejected()), "vuln_health_dicom_clear")


def test_vuln_health_dicom_clear_passes_inside_tls(maker, judge):
    passed(judge, dicom_server(maker, answers.dicom_rejected(), detail={"tls": "TLSv1.3"}), "vuln_health_dicom_clear")


def test_vuln_health_dicom_find_fails(maker, judge):
    received = answers.dicom_accepted(dicom.VERIFICATION, FIND)
    verdict = failed(judge, dicom_server(maker, received), "vuln_health_dicom_find")
    assert verdict.subjects["contexts_agreed"].to_list() == ["Patient Root C-FIND"]


def test_vuln_health_dicom_find_passes(maker, judge):
    passed(judge, dicom_server(maker, answers.dicom_accepted(dicom.VERIFICATION)), "vuln_health_dicom_find")


def test_vuln_health_hl7_exposed_fails(maker, judge):
    failed(judge, hl7_server(maker, answers.hl7("AR")), "vuln_health_hl7_exposed")
    assert maker.surface().facts("hl7").select("application", "code").rows() == [("MIRTH", "AR")]


def test_vuln_health_hl7_exposed_passes_without_any(maker, judge):
    passed(judge, some_web(maker), "vuln_health_hl7_exposed")


def test_an_hl7_receiver_that_did_not_answer_again_is_a_doubt(maker, judge):
    unsure(judge, hl7_server(maker, None), "vuln_health_hl7_clear")


def test_vuln_health_hl7_clear_fails(maker, judge):
    failed(judge, hl7_server(maker, answers.hl7()), "vuln_health_hl7_clear")


def test_vuln_health_hl7_clear_passes_inside_tls(maker, judge):
    passed(judge, hl7_server(maker, answers.hl7(), detail={"tls": "TLSv1.2"}), "vuln_health_hl7_clear")


ALLOWED = answers.http(405, Allow="GET, POST")


def test_vuln_health_dicomweb_open_fails(maker, judge):
    web(maker, "OPTIONS /dicom-web/studies", ALLOWED)
    verdict = failed(judge, web(maker, f"OPTIONS {NOBODY}", answers.http(404)), "vuln_health_dicomweb_open")
    assert verdict.subjects["web_path"].to_list() == ["/dicom-web/studies"]
    assert verdict.subjects["key"].to_list() == ["pacs.valmont.example:443/tcp"]


@pytest.mark.parametrize("answer", [answers.http(401), answers.http(404)])
def test_vuln_health_dicomweb_open_passes(maker, judge, answer):
    web(maker, "OPTIONS /dicom-web/studies", answer)
    passed(judge, web(maker, f"OPTIONS {NOBODY}", answers.http(404)), "vuln_health_dicomweb_open")


def test_a_server_that_answers_anything_alike_is_no_dicomweb(maker, judge):
    web(maker, "OPTIONS /dicom-web/studies", ALLOWED)
    passed(judge, web(maker, f"OPTIONS {NOBODY}", ALLOWED), "vuln_health_dicomweb_open")


def test_a_path_that_did_not_answer_is_a_doubt(maker, judge):
    unsure(judge, web(maker, "OPTIONS /dicom-web/studies", b"", outcome="timeout"), "vuln_health_dicomweb_open")
    unsure(judge, web(maker, "GET /metadata", b"", outcome="timeout"), "vuln_health_fhir_unsecured")


def statement(**rest):
    software = {"name": "HAPI FHIR Server", "version": "6.8.0"}
    return answers.http_json(
        {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": software, "rest": [rest]}
    )


SECURED = statement(mode="server", security={"service": [{"text": "OAuth"}]})


def test_vuln_health_fhir_unsecured_fails(maker, judge):
    verdict = failed(judge, web(maker, "GET /fhir/metadata", statement(mode="server")), "vuln_health_fhir_unsecured")
    assert verdict.subjects["fhir_software"].to_list() == ["HAPI FHIR Server 6.8.0"]


def test_vuln_health_fhir_unsecured_passes(maker, judge):
    passed(judge, web(maker, "GET /fhir/metadata", SECURED), "vuln_health_fhir_unsecured")


def test_warning_health_fhir_metadata_fails(maker, judge):
    failed(judge, web(maker, "GET /metadata", SECURED), "warning_health_fhir_metadata")


def test_warning_health_fhir_metadata_passes(maker, judge):
    passed(judge, web(maker, "GET /metadata", answers.http(200, b"<html>")), "warning_health_fhir_metadata")


def test_vuln_health_orthanc_open_fails(maker, judge):
    document = {"Version": "1.10.1", "DicomAet": "ORTHANC", "Name": "Valmont"}
    verdict = failed(judge, web(maker, "GET /system", answers.http_json(document)), "vuln_health_orthanc_open")
    assert verdict.subjects["orthanc_version"].to_list() == ["1.10.1"]


def test_vuln_health_orthanc_open_passes(maker, judge):
    realm = 'Basic realm="Orthanc Secure Area"'
    passed(judge, web(maker, "GET /system", answers.http(401, WWW_Authenticate=realm)), "vuln_health_orthanc_open")


def test_warning_health_viewers_fails(maker, judge):
    page = answers.http(200, b"<html><head><title>OHIF Viewer</title>")
    assert failed(judge, web(maker, "GET /", page), "warning_health_viewers").subjects["viewer"].to_list() == ["OHIF"]


def test_warning_health_viewers_passes(maker, judge):
    passed(judge, web(maker, "GET /", answers.http(200, b"<title>CH de Valmont</title>")), "warning_health_viewers")
