"""Observations of the lab as a snapshot, so that facts and controls are tried on what real servers said."""

import json
from collections.abc import Sequence

from rempart.exposure.collect.question import Observation
from rempart.exposure.collect.surveys import Service
from tests.exposure.maker import Maker


def maker_of(observations: Sequence[Observation], services: Sequence[Service] = ()) -> Maker:
    """Return a maker that holds these observations and services."""
    maker = Maker()
    for each in observations:
        maker.observed(
            each.probe,
            each.received,
            address=each.endpoint.address,
            port=each.endpoint.port,
            transport=str(each.endpoint.transport),
            name=each.endpoint.name,
            question=each.question,
            outcome=str(each.outcome),
            sent=each.sent,
            detail=json.loads(json.dumps(dict(each.detail))),
        )
    for service in services:
        end = service.endpoint
        maker.service(end.port, service.protocol, tls=service.tls, address=end.address, transport=str(end.transport))
    return maker
