"""Several requests on one connection: which bytes answered which."""

from collections.abc import Sequence

from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.http.request import Request
from rempart.exposure.protocols.http.response import Response, read


def answers(received: bytes, lengths: Sequence[int], requests: Sequence[Request]) -> list[Response | None]:
    """Return the answer to each request, None where nothing came or what came is no answer.

    Args:
        received: all that came on the connection, as far as it was kept.
        lengths: how many bytes came after each request.
        requests: what was asked, in order.

    """
    found: list[Response | None] = []
    start = 0
    for request, length in zip(requests, lengths, strict=False):
        part = received[start : start + length]
        start += length
        found.append(understood(part, request.method) if len(part) == length else None)
    return found + [None] * (len(requests) - len(found))


def understood(data: bytes, method: str) -> Response | None:
    """Return the answer that bytes make, None when they make none."""
    try:
        return read(data, method)
    except Malformed:
        return None
