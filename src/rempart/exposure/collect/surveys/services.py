"""What is asked of remote access, file sharing, directories, databases and brokers, once they were named.

No login is tried, save the visitor's that FTP defines ("anonymous"); no community, no password, no list of anything.
"""

import asyncio
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files

from rempart.exposure.collect import service_questions as questions
from rempart.exposure.collect.exchange import Exchange
from rempart.exposure.collect.question import Ask
from rempart.exposure.collect.surveys import Service, service_survey

_DIRECT = "direct"
_ELSEWHERE = frozenset({"http", "dicom", "hl7"})
_MORE: dict[str, tuple[Exchange, ...]] = {
    "rdp": (questions.RDP_STANDARD, questions.RDP_TLS),
    "smb": (questions.SMB1,),
    "ftp": (questions.FTP_ANONYMOUS,),
}
"""Second questions, each over a connection of its own: what one offer beside another would hide."""
_PRINTING = 631


@cache
def interfaces() -> dict[int, tuple[str, str]]:
    """Return, by port, the product whose interface is usual there and the path that tells its version."""
    listed = tomllib.loads(files(__package__).joinpath("interfaces.toml").read_text(encoding="utf-8"))
    return {port: (product, entry["path"]) for product, entry in listed.items() for port in entry["ports"]}


@service_survey("services", wants=lambda service: service.protocol in questions.known() - _ELSEWHERE)
async def services(service: Service, ask: Ask) -> None:
    """Ask a service the questions of its protocol; the first may have named it already, and is then not asked again."""
    tls = service.tls == _DIRECT
    first = questions.question_of(service.protocol, tls=tls)
    await ask(first, service.endpoint, "")
    for question in _MORE.get(service.protocol, ()):  # one after the other: RDP servers count who comes at once
        await ask(replace(question, tls=tls), service.endpoint, "")


@service_survey(
    "interfaces", wants=lambda service: service.protocol == "http" and service.endpoint.port in interfaces()
)
async def administration(service: Service, ask: Ask) -> None:
    """Ask a container host, an orchestrator, a document store or a broker's console for its version."""
    await asyncio.gather(*(ask(question, service.endpoint, "") for question in _of_port(service)))


def _of_port(service: Service) -> Iterator[Exchange]:
    product, path = interfaces()[service.endpoint.port]
    if service.endpoint.port == _PRINTING:
        yield questions.question_of("ipp", tls=service.tls == _DIRECT)
        return
    found = questions.web(path, probe="service.api", tls=service.tls == _DIRECT)
    yield replace(found, what=f"{found.what} for {product}")
