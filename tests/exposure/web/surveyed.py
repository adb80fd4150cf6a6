"""Runs the web survey as a run does, and makes a snapshot of what came."""

import asyncio
import json
import os

from rempart.exposure.collect.question import Endpoint, Observation
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys import Service
from rempart.exposure.collect.surveys.web import web
from tests.exposure.maker import Maker


async def survey(services: list[Service], authority: str = "", seconds: float = 5.0) -> list[Observation]:
    """Survey services of the lab, all at once; `authority` is the file of the authorities to believe."""
    if authority:
        os.environ["SSL_CERT_FILE"] = authority
    scheduler = Scheduler(seconds=seconds)
    await asyncio.gather(*(web(service, scheduler.ask) for service in services))
    return scheduler.observations


def http(address: str, port: int = 80, name: str = "") -> Service:
    """Return a service in clear."""
    return Service(Endpoint(address, port, name=name), "http")


def https(address: str, port: int = 443, name: str = "") -> Service:
    """Return a service inside TLS."""
    return Service(Endpoint(address, port, name=name), "http", "direct")


def made_of(observations: list[Observation]) -> Maker:
    """Return a snapshot to be, holding observations."""
    maker = Maker()
    for seen in observations:
        maker.observed(
            seen.probe,
            seen.received,
            address=seen.endpoint.address,
            port=seen.endpoint.port,
            name=seen.endpoint.name,
            question=seen.question,
            sent=seen.sent,
            outcome=str(seen.outcome),
            detail=dict(seen.detail),
        )
    for address, port in sorted({(seen.endpoint.address, seen.endpoint.port) for seen in observations}):
        maker.service(port, "http", address=address)
    return maker


def load(observations: list[Observation]) -> str:
    """Return what was asked, to read: one line an observation."""
    return "\n".join(
        f"{seen.outcome} {seen.endpoint} {seen.question} {json.dumps(dict(seen.detail))}" for seen in observations
    )
