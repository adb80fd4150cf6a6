"""Facts about health protocols: imaging, HL7, FHIR, and the viewers' front pages. None holds a patient's data."""

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.talks import Row, frame, in_tls, read_talks
from rempart.exposure.protocols import dicom, hl7, web_answer
from rempart.exposure.snapshot import Snapshot

_FOUND, _DENIED = 200, {401, 403}
_VIEWERS = {
    "orthanc explorer": "Orthanc",
    "ohif": "OHIF",
    "weasis": "Weasis",
    "oviyam": "Oviyam",
    "dcm4chee": "dcm4chee",
    "mirth connect": "Mirth Connect",
    "open integration engine": "Open Integration Engine",
    "dwv": "DWV",
    "medixant": "RadiAnt",
    "synapse": "Synapse",
    "carestream": "Carestream",
    "centricity": "Centricity",
    "telemis": "Telemis",
    "syngo": "syngo",
    "intellispace": "IntelliSpace",
    "openemr": "OpenEMR",
    "openmrs": "OpenMRS",
    "hapi fhir": "HAPI FHIR",
}
"""Words of a front page's title, and the product that shows them."""


@facts("dicom")
def dicom_servers(snapshot: Snapshot) -> pl.DataFrame:
    """DICOM servers asked with an AE title that they cannot know.

    `accepted` (any title is taken), `reason` of a refusal, `tls`, `find` (the C-FIND contexts accepted), the `class` of
    the implementation and its `version` ("" when it refused: it did not tell).
    """
    rows = [
        {
            **endpoint,
            "accepted": answer.answer == "accepted",
            "reason": answer.reason,
            "tls": in_tls(row),
            "find": [dicom.FIND[each] for each in answer.contexts if each in dicom.FIND],
            "class": answer.implementation,
            "version": answer.version,
        }
        for endpoint, row, answer in read_talks(snapshot, "health.dicom", dicom.association)
    ]
    texts = pl.List(pl.String())
    columns = {"accepted": pl.Boolean(), "reason": pl.String(), "tls": pl.Boolean(), "find": texts}
    return frame(rows, columns | {"class": pl.String(), "version": pl.String()})


@facts("hl7")
def hl7_receivers(snapshot: Snapshot) -> pl.DataFrame:
    """HL7 receivers that acknowledged: `application`, `facility`, HL7 `version`, `code` of the answer, `tls`."""
    rows = [
        {
            **endpoint,
            "application": said.application,
            "facility": said.facility,
            "version": said.version,
            "code": said.code,
            "tls": in_tls(row),
        }
        for endpoint, row, said in read_talks(snapshot, "health.hl7", hl7.acknowledgement)
    ]
    texts = dict.fromkeys(("application", "facility", "version", "code"), pl.String())
    return frame(rows, {**texts, "tls": pl.Boolean()})


@facts("fhir")
def fhir_servers(snapshot: Snapshot) -> pl.DataFrame:
    """FHIR servers whose metadata could be read: `path`, `software`, `version` of FHIR, `secured` (it declares how)."""
    rows: list[Row] = []
    for endpoint, row, answer in read_talks(snapshot, "health.web", web_answer.read):
        document = answer.document()
        if answer.status != _FOUND or document.get("resourceType") not in {"CapabilityStatement", "Conformance"}:
            continue
        software = document.get("software")
        named = " ".join(_text(software.get(key)) for key in ("name", "version")) if isinstance(software, dict) else ""
        rows.append(
            {
                **endpoint,
                "path": _path(row),
                "software": named.strip(),
                "version": _text(document.get("fhirVersion")),
                "secured": _secured(document.get("rest")),
            }
        )
    texts = dict.fromkeys(("path", "software", "version"), pl.String())
    return frame(rows, {**texts, "secured": pl.Boolean()})


@facts("dicomweb")
def dicomweb_servers(snapshot: Snapshot) -> pl.DataFrame:
    """DICOMweb services: `path` and `login` (none, required), told from a path of nobody that answers otherwise."""
    answers: dict[tuple[object, ...], dict[str, web_answer.WebAnswer]] = {}
    for endpoint, row, answer in read_talks(snapshot, "health.web", web_answer.read):
        if row["question"].startswith("OPTIONS "):
            answers.setdefault(tuple(endpoint.items()), {})[_path(row)] = answer
    rows: list[Row] = []
    for key, by_path in answers.items():
        nobody = by_path.get(NOBODY)
        for path, answer in by_path.items():
            if path != NOBODY and nobody is not None and (login := _dicomweb(answer, nobody)):
                rows.append({**dict(key), "path": path, "login": login})  # type: ignore[arg-type]
    return frame(rows, {"path": pl.String(), "login": pl.String()})


NOBODY = "/rempart-nobody/studies"
"""A path that no server has: what answers it alike answers anything alike."""


def _dicomweb(answer: web_answer.WebAnswer, nobody: web_answer.WebAnswer) -> str:
    """Return whether a DICOMweb path wants a login, "" when it is not one: a page for all, or not there."""
    if answer.status == nobody.status:
        return ""
    if answer.status in _DENIED:
        return "required"
    allowed = f"{answer.headers.get('allow', '')} {answer.headers.get('access-control-allow-methods', '')}"
    return "none" if "GET" in allowed and answer.status in {200, 204, 405} else ""


@facts("orthanc")
def orthanc_servers(snapshot: Snapshot) -> pl.DataFrame:
    """Orthanc servers whose `/system` was asked: `version`, `login` (none, required)."""
    rows: list[Row] = []
    for endpoint, row, answer in read_talks(snapshot, "health.web", web_answer.read):
        if _path(row) != "/system":
            continue
        document = answer.document()
        if answer.status == _FOUND and "DicomAet" in document:
            rows.append({**endpoint, "version": _text(document.get("Version")), "login": "none"})
        elif answer.status in _DENIED and "orthanc" in answer.headers.get("www-authenticate", "").lower():
            rows.append({**endpoint, "version": "", "login": "required"})
    return frame(rows, {"version": pl.String(), "login": pl.String()})


@facts("viewers")
def viewers(snapshot: Snapshot) -> pl.DataFrame:
    """Front pages of imaging viewers, integration engines and records: `product`, from the title of `/`."""
    rows = [
        {**endpoint, "product": product}
        for endpoint, row, answer in read_talks(snapshot, "health.web", web_answer.read)
        if _path(row) == "/"
        for words, product in _VIEWERS.items()
        if words in answer.title.lower()
    ]
    return frame(rows, {"product": pl.String()})


def _path(row: Row) -> str:
    return str(row["question"]).removesuffix(" (TLS)").partition(" ")[2]


def _secured(rest: object) -> bool:
    """Tell whether a statement declares a security service for its server (FHIR, CapabilityStatement.rest.security)."""
    declared = [part.get("security") for part in rest if isinstance(part, dict)] if isinstance(rest, list) else []
    return any(isinstance(each, dict) and each.get("service") for each in declared)


def _text(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""
