"""What is asked of imaging, HL7, FHIR and viewers. Never a patient, a study, a message: only what a service declares.

DICOM: one association with an AE title that nobody has; search contexts are proposed, none is used, and it is aborted.
HL7: one message without any patient. Web: a front page, a capability statement, allowed methods, one product's version.
"""

import asyncio

from rempart.exposure.collect import service_questions as questions
from rempart.exposure.collect.question import Ask, Observation
from rempart.exposure.collect.surveys import Service, service_survey
from rempart.exposure.facts.health import NOBODY
from rempart.exposure.protocols import Malformed, web_answer
from rempart.exposure.snapshot import Outcome

_DIRECT = "direct"
FHIR = ("/fhir/metadata", "/metadata")
DICOMWEB = ("/dicom-web/studies", "/dicomweb/studies")
"""Where these services usually stand; only `OPTIONS` is asked of the latter."""
_FHIR_JSON = "application/fhir+json, application/json"
_ORTHANC_PORTS = frozenset({8042, 8043})


@service_survey("health", wants=lambda service: service.protocol in {"dicom", "hl7"})
async def devices(service: Service, ask: Ask) -> None:
    """Ask a DICOM or HL7 server its one question; identification may have done so already."""
    await ask(questions.question_of(service.protocol, tls=service.tls == _DIRECT), service.endpoint, "")


@service_survey("health_web", wants=lambda service: service.protocol == "http")
async def web(service: Service, ask: Ask) -> None:
    """Ask a web server its front page, then what health services declare; one that only sends elsewhere is left."""
    tls = service.tls == _DIRECT

    async def page(path: str, method: str = "GET", accept: str = "*/*") -> Observation:
        question = questions.web(path, method, probe="health.web", tls=tls, accept=accept)
        return await ask(question, service.endpoint, "")

    front = await page("/")
    if front.outcome is not Outcome.ANSWERED or _sends_to_tls(front):
        return
    asked = [page(path, accept=_FHIR_JSON) for path in FHIR]
    if _orthanc(front):
        asked.append(page("/system"))
    options = await asyncio.gather(*asked, *(page(path, "OPTIONS") for path in DICOMWEB))
    if any(_exists(each) for each in options[-len(DICOMWEB) :]):
        await page(NOBODY, "OPTIONS")


def _read(observation: Observation) -> web_answer.WebAnswer | None:
    try:
        return web_answer.read(observation.received)
    except Malformed:
        return None


def _sends_to_tls(front: Observation) -> bool:
    answer = _read(front)
    return answer is None or (300 <= answer.status < 400 and answer.headers.get("location", "").startswith("https://"))  # noqa: PLR2004 — redirections


def _orthanc(front: Observation) -> bool:
    """Tell whether a front page looks like Orthanc's: its port, its explorer, or its name in the login it asks for."""
    answer = _read(front)
    if answer is None:
        return False
    words = f"{answer.headers.get('location', '')} {answer.headers.get('www-authenticate', '')} {answer.title}".lower()
    return front.endpoint.port in _ORTHANC_PORTS or "app/explorer.html" in words or "orthanc" in words


def _exists(observation: Observation) -> bool:
    answer = _read(observation)
    return answer is not None and answer.status in {200, 204, 401, 403, 405}
