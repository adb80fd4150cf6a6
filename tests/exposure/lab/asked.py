"""Runs surveys for real, and makes a snapshot of what came of them."""

import os
from dataclasses import asdict

from rempart.exposure.collect.question import Endpoint, Observation, Transport
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys import Resolver, Service, surveys
from tests.exposure.maker import Maker


async def ask_names(
    names: tuple[str, ...], resolvers: tuple[str, ...], survey: str, authority: str = ""
) -> list[Observation]:
    """Ask a survey of each name, of the resolvers at these addresses; `authority` is the file of those trusted."""
    if authority:
        os.environ["SSL_CERT_FILE"] = authority
    scheduler = Scheduler(seconds=2.0)
    resolver = Resolver(tuple(Endpoint(address, 53, Transport.UDP) for address in resolvers))
    for name in names:
        await surveys().names[survey](name, resolver, scheduler.ask)
    return list(scheduler.observations)


async def ask_services(services: tuple[Service, ...], survey: str) -> list[Observation]:
    """Ask a survey of each service."""
    scheduler = Scheduler(seconds=2.0)
    for service in services:
        await surveys().services[survey][1](service, scheduler.ask)
    return list(scheduler.observations)


def remember(maker: Maker, observations: list[Observation]) -> Maker:
    """Add observations to a maker, as the run would save them."""
    for observation in observations:
        row = asdict(observation) | {"detail": dict(observation.detail), "outcome": str(observation.outcome)}
        place = row.pop("endpoint") | {"transport": str(observation.endpoint.transport)}
        maker.observed(row.pop("probe"), row.pop("received"), **place, **row)
    return maker
