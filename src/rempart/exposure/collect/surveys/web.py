"""What is asked of a web service: its first page and where that leads, then a short list of files on one connection.

A service and name cost three connections as a rule: the page, the certificate being checked; the list; and one more for
what the server cut short. Nothing is written, no form is sent, no password is tried.
"""

from dataclasses import dataclass

from rempart.exposure.collect.http import Step, Visit
from rempart.exposure.collect.question import Ask, Endpoint, Observation
from rempart.exposure.collect.surveys import Service, service_survey
from rempart.exposure.protocols.http.exchange import understood
from rempart.exposure.protocols.http.favicon import icon_target
from rempart.exposure.protocols.http.fronts import front
from rempart.exposure.protocols.http.html import read_page, text_of
from rempart.exposure.protocols.http.paths import MOST_READ, invented, sensitive
from rempart.exposure.protocols.http.request import ORIGIN, Request
from rempart.exposure.protocols.http.response import Response
from rempart.exposure.protocols.http.security_txt import LONGEST
from rempart.exposure.protocols.http.url import Url, resolve
from rempart.exposure.snapshot import Outcome

SPOKEN = frozenset({"http", "https"})
PAGE, PATHS = "http.page", "http.paths"
_MOST_OF_A_PAGE = 3 << 16
_MOST_OF_AN_ICON = 1 << 16
_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one page is asked: an endpoint, and how."""

    endpoint: Endpoint
    secure: bool

    @property
    def url(self) -> Url:
        return Url(self.secure, self.endpoint.name or self.endpoint.address, self.endpoint.port, "/")


@service_survey("web", wants=lambda service: service.protocol in SPOKEN)
async def web(service: Service, ask: Ask) -> None:
    """Ask for the first page, follow it on the same name, then for the short list of files."""
    place = _Place(service.endpoint, service.tls == "direct" or service.protocol == "https")
    first = await _page(place, "/", ask)
    if first is None or front(first)[1]:
        return
    end, target, last = await _follow(place, first, ask)
    if place.secure or not end.secure:  # a plain site that leads to its secure self has nothing more to say
        await _list(place, _steps(place, end, target, last), ask)


async def _page(place: _Place, target: str, ask: Ask) -> Response | None:
    """Return a page; one whose certificate is bad is asked for again, the certificate not being checked."""
    step = Step(Request("GET", target), _MOST_OF_A_PAGE)
    seen = await ask(Visit(PAGE, (step,), place.secure, check=place.secure), place.endpoint, "")
    if place.secure and seen.outcome is Outcome.FAILED:
        seen = await ask(Visit(PAGE, (step,), place.secure), place.endpoint, "")
    return understood(seen.received, "GET") if seen.outcome is Outcome.ANSWERED else None


async def _follow(place: _Place, answer: Response, ask: Ask) -> tuple[_Place, str, Response]:
    """Follow redirections on the same name and address; return where they end, or where they leave it.

    The first page of the usual secure port is not asked for: that service answers for itself. Other names are read in
    the facts, and touched only if they are declared, in their own turn.
    """
    here, target = place, "/"
    visited = {(place, "/")}
    for _ in range(_HOPS):
        location = answer.head.first("location") if answer.head.status in _REDIRECTS else None
        url = resolve(Url(here.secure, here.url.host, here.endpoint.port, target), location) if location else None
        if url is None or url.host != here.url.host:
            break
        there = _Place(_moved(place.endpoint, url.port), url.secure)
        if (there, url.target) in visited:
            break
        if not place.secure and url.secure and url.port == 443 and url.target == "/":  # noqa: PLR2004 — of HTTPS
            return there, "/", answer
        visited.add((there, url.target))
        following = await _page(there, url.target, ask)
        if following is None:
            break
        here, target, answer = there, url.target, following
    return here, target, answer


def _moved(endpoint: Endpoint, port: int) -> Endpoint:
    return Endpoint(endpoint.address, port, endpoint.transport, endpoint.name)


def _steps(place: _Place, end: _Place, target: str, last: Response) -> list[Step]:
    """Return what is asked after the page; what may end the connection comes last."""
    shown = target if end == place else "/"
    origin = ("Origin", ORIGIN)
    icon = _icon(end, target, last) if end == place else "/favicon.ico"
    return [
        Step(Request("GET", invented(place.url.host)), MOST_READ),
        Step(Request("GET", "/robots.txt"), MOST_READ),
        Step(Request("GET", "/.well-known/security.txt"), LONGEST),
        Step(Request("OPTIONS", shown, (origin, ("Access-Control-Request-Method", "GET"))), MOST_READ),
        *(Step(Request(path.method, path.target), MOST_READ) for path in sensitive()),
        *([Step(Request("GET", icon), _MOST_OF_AN_ICON)] if icon else []),
        Step(Request("GET", shown, (origin,)), 0),
    ]


def _icon(place: _Place, target: str, page: Response) -> str | None:
    """Return where the icon of a page is, when it is on the same server."""
    here = Url(place.secure, place.url.host, place.endpoint.port, target)
    return icon_target(here, read_page(text_of(page.body, page.head.first("content-type") or "")))


async def _list(place: _Place, steps: list[Step], ask: Ask) -> None:
    """Ask for all, on as few connections as the server lets; stop at the first that brings nothing."""
    while steps:
        seen = await ask(Visit(PATHS, tuple(steps), place.secure), place.endpoint, "")
        answered = _answered(seen)
        if not answered:
            return
        steps = steps[answered:]


def _answered(seen: Observation) -> int:
    """Return how many requests got an answer."""
    lengths = seen.detail.get("lengths")
    return sum(bool(length) for length in lengths) if isinstance(lengths, list) else 0
