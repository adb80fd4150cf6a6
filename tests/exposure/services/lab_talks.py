"""What tests run inside the namespace: identify and survey some endpoints, through a scheduler of their own."""

import asyncio
from collections.abc import Sequence

from rempart.exposure.collect.identify import identify
from rempart.exposure.collect.question import Endpoint, Observation, Transport
from rempart.exposure.collect.scheduler import Scheduler
from rempart.exposure.collect.surveys import Service, surveys

Place = tuple[str, int] | tuple[str, int, str]


def endpoint_of(place: Place) -> Endpoint:
    """Return (address, port) or (address, port, "udp") as an endpoint."""
    return Endpoint(place[0], place[1], Transport(place[2]) if len(place) == 3 else Transport.TCP)


async def named(places: Sequence[Place], seconds: float = 5.0) -> tuple[list[Service], list[Observation]]:
    """Identify endpoints all at once."""
    scheduler = Scheduler(seconds=seconds)
    found = await asyncio.gather(*(identify(endpoint_of(place), [], scheduler.ask) for place in places))
    return list(found), scheduler.observations


async def surveyed(services: Sequence[Service], names: Sequence[str], seconds: float = 5.0) -> list[Observation]:
    """Run the surveys `names` on services, those that want them."""
    scheduler = Scheduler(seconds=seconds)
    known = surveys().services
    await asyncio.gather(
        *(
            function(service, scheduler.ask)
            for wants, function in (known[name] for name in names)
            for service in services
            if wants(service)
        )
    )
    return scheduler.observations
