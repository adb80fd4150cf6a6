"""Real measurements for tests: the survey is asked of real servers, and gives rows to judge."""

import asyncio
from collections.abc import Sequence

from rempart.exposure.collect.question import Endpoint, Observation
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys import Service
from rempart.exposure.collect.surveys.tls import Inquiry
from tests.exposure.maker import Maker


def service(address: str, port: int = 443, tls: str = "direct", name: str = "") -> Service:
    return Service(Endpoint(address, port, name=name), "", tls)


def survey(services: Sequence[Service], seconds: float = 5.0) -> list[Observation]:
    """Ask the survey of all these services at once; return every observation, one a connection."""

    async def run() -> list[Observation]:
        scheduler = Scheduler(at_once=64, seconds=seconds)
        await asyncio.gather(*(Inquiry(each, scheduler.ask, pause=0.05).run() for each in services))
        return scheduler.observations

    return asyncio.run(run())


def measured(services: Sequence[Service], seconds: float = 5.0) -> Maker:
    """The rows of a survey of these services."""
    maker = Maker()
    for each in services:
        maker.service(each.endpoint.port, each.protocol, address=each.endpoint.address, tls=each.tls)
    for seen in survey(services, seconds):
        maker.observed(
            seen.probe,
            seen.received,
            sent=seen.sent,
            question=seen.question,
            outcome=str(seen.outcome),
            address=seen.endpoint.address,
            port=seen.endpoint.port,
            name=seen.endpoint.name,
            detail=dict(seen.detail),
            at=seen.at,
        )
    return maker
