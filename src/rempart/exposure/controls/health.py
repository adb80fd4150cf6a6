"""Health protocols: imaging, HL7, FHIR and their viewers, judged by what they declare; no patient was asked for."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.service_rows import asked_of_web, by_protocol, told
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_DICOM, _HL7 = ("dicom",), ("hl7",)
_OPEN = "none"


@control("vuln_health_dicom_exposed")
def dicom_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge DICOM servers by their being there."""
    yield by_protocol(entry, surface, *_DICOM)


@control("vuln_health_dicom_any_title")
def any_title(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge DICOM servers that take an association from a caller and to a title they cannot know."""
    yield told(entry, surface, _dicom(surface, pl.col("accepted")), "dicom_version", "tls", protocols=_DICOM)


@control("vuln_health_dicom_clear")
def dicom_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge DICOM servers that answer outside TLS."""
    yield told(entry, surface, _dicom(surface, ~pl.col("tls")), "dicom_version", protocols=_DICOM)


@control("vuln_health_dicom_find")
def find(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge DICOM servers that agree to be searched by a stranger; none was."""
    agreed = pl.col("find").list.len() > 0
    rows = _dicom(surface, agreed).with_columns(contexts_agreed=pl.col("find").list.join(", "))
    yield told(entry, surface, rows, "contexts_agreed", "dicom_version", protocols=_DICOM)


@control("vuln_health_hl7_exposed")
def hl7_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge HL7 receivers by their acknowledging a stranger's message: that is how they are recognised."""
    yield by_protocol(entry, surface, *_HL7)


@control("vuln_health_hl7_clear")
def hl7_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge HL7 receivers that answer outside TLS."""
    yield told(entry, surface, _hl7(surface).with_columns(bad=~pl.col("tls")), "hl7_application", protocols=_HL7)


@control("vuln_health_dicomweb_open")
def dicomweb(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge DICOMweb services that allow reading without a login."""
    rows = surface.facts("dicomweb").with_columns(bad=pl.col("login") == _OPEN, web_path=pl.col("path"))
    yield asked_of_web(entry, surface, rows, "web_path", probe="health.web", question="OPTIONS ")


@control("vuln_health_fhir_unsecured")
def fhir_unsecured(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge FHIR servers whose own statement names no security service."""
    rows = _fhir(surface).with_columns(bad=~pl.col("secured"))
    yield asked_of_web(entry, surface, rows, "fhir_software", "web_path", probe="health.web", question="/metadata")


@control("warning_health_fhir_metadata")
def fhir_metadata(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge FHIR servers that show their statement to anybody."""
    rows = _fhir(surface).with_columns(bad=pl.lit(value=True))
    yield asked_of_web(entry, surface, rows, "fhir_software", "web_path", probe="health.web", question="/metadata")


@control("vuln_health_orthanc_open")
def orthanc(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge Orthanc servers that answer without a login."""
    rows = surface.facts("orthanc").with_columns(bad=pl.col("login") == _OPEN, orthanc_version=pl.col("version"))
    yield asked_of_web(entry, surface, rows, "orthanc_version", probe="health.web", question="/system")


@control("warning_health_viewers")
def viewers(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the front pages of viewers, integration engines and records."""
    rows = surface.facts("viewers").with_columns(bad=pl.lit(value=True), viewer=pl.col("product"))
    yield asked_of_web(entry, surface, rows, "viewer", probe="health.web", question=r"^GET /( \(TLS\))?$")


def _dicom(surface: Surface, bad: pl.Expr) -> pl.DataFrame:
    return surface.facts("dicom").with_columns(bad=bad, dicom_version=pl.col("version"))


def _hl7(surface: Surface) -> pl.DataFrame:
    return surface.facts("hl7").with_columns(hl7_application=pl.col("application"))


def _fhir(surface: Surface) -> pl.DataFrame:
    return surface.facts("fhir").with_columns(fhir_software=pl.col("software"), web_path=pl.col("path"))
