"""What was said with web servers: each request with its answer, and where the first page of each service leads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rempart.exposure.facts import asked
from rempart.exposure.protocols.http.exchange import answers
from rempart.exposure.protocols.http.html import Page, read_page, text_of
from rempart.exposure.protocols.http.request import Request, read_requests
from rempart.exposure.protocols.http.response import Response
from rempart.exposure.protocols.http.url import Url, resolve
from rempart.exposure.snapshot import Outcome, Snapshot

PAGE, PATHS = "http.page", "http.paths"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BAD_CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
_HTML = ("text/html", "application/xhtml+xml")
_HOPS = 10
_MOST_LENGTHS = 1000

Where = tuple[str, int, str, str]
"""A service asked by a name: address, port, transport, name ("" for none)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came: `answer` is None when nothing came, or no HTTP; `outcome` says how it ended.

    `verified` tells whether the certificate was good: None in clear, or when that could not be seen.
    """

    where: Where
    secure: bool
    request: Request
    answer: Response | None
    outcome: str
    tls: str | None = None
    verified: bool | None = None

    @property
    def url(self) -> Url:
        """Where it was asked."""
        address, port, _, name = self.where
        return Url(self.secure, name or address, port, self.request.target)

    @property
    def leads_to(self) -> Url | None:
        """Where a redirection leads; None when the answer is none."""
        if self.answer is None or self.answer.head.status not in REDIRECTS:
            return None
        location = self.answer.head.first("location")
        return resolve(self.url, location) if location else None

    @property
    def html(self) -> bool:
        """Whether the answer is a page; without a type, whether it looks like one."""
        if self.answer is None or not self.answer.body:
            return False
        said = (self.answer.head.first("content-type") or "").partition(";")[0].strip().lower()
        return said in _HTML if said else self.answer.body.lstrip()[:1] == b"<"

    def page(self) -> Page:
        """Return what the answer's page says; an empty page when it is none."""
        if self.answer is None or not self.html:
            return Page()
        return read_page(text_of(self.answer.body, self.answer.head.first("content-type") or ""))


@dataclass(frozen=True, slots=True)
class Chain:
    """The first page of a service and the redirections that were followed from there; `leaves` was not."""

    pages: tuple[Exchange, ...]
    leaves: Url | None = None
    route: tuple[Url, ...] = field(default=())

    @property
    def own(self) -> Exchange:
        """The last page that this very service gave."""
        first = self.pages[0]
        return [page for page in self.pages if (page.where, page.secure) == (first.where, first.secure)][-1]


def exchanges(snapshot: Snapshot, probe: str) -> Iterator[Exchange]:
    """Yield each request of a probe with its answer, in the order they were made.

    A request that a visit did not come to is not there: another visit asked it, or none did.
    """
    for row in asked(snapshot, probe).iter_rows(named=True):
        where = (row["address"], row["port"], row["transport"], row["name"])
        secure = row["question"].startswith("https ")
        detail = json.loads(row["detail"] or "{}")
        verified = False if detail.get("error") == _BAD_CERTIFICATE else detail.get("verified")
        lengths = [length for length in detail.get("lengths", []) if isinstance(length, int)][:_MOST_LENGTHS]
        requests = read_requests(row["sent"])
        if row["outcome"] != Outcome.ANSWERED or not requests:
            yield Exchange(where, secure, _labelled(row["question"]), None, row["outcome"], None, verified)
            continue
        given = answers(row["received"], lengths, requests)
        for request, answer, length in zip(requests, given, [*lengths, *[0] * len(requests)], strict=False):
            if length:
                yield Exchange(where, secure, request, answer, row["outcome"], detail.get("tls"), verified)


def _labelled(label: str) -> Request:
    """Return the first request of a question from its label."""
    _, method, target, *_ = [*label.split(" "), "", ""]
    return Request(method, target)


def pages(snapshot: Snapshot) -> dict[tuple[Where, bool, str], Exchange]:
    """Return the pages that were asked for, by service, scheme and target.

    One that was asked twice, first with its certificate checked, is known by what the second brought.
    """
    found: dict[tuple[Where, bool, str], Exchange] = {}
    for page in exchanges(snapshot, PAGE):
        key = (page.where, page.secure, page.request.target)
        before = found.get(key)
        if before is None:
            found[key] = page
        elif before.answer is None or page.answer is not None:
            found[key] = replace(page, verified=before.verified if before.answer is None else page.verified)
    return found


def chains(known: dict[tuple[Where, bool, str], Exchange]) -> list[Chain]:
    """Return where the first page of each service leads."""
    by_url: dict[str, Exchange] = {}
    for page in known.values():
        by_url.setdefault(str(page.url), page)
    started = {(where, secure) for where, secure, target in known if target == "/"}
    return [
        _followed(known[where, secure, "/"], known, by_url)
        for where, secure in sorted(started)
        if not _only_a_hop(where, secure, known)
    ]


def _only_a_hop(where: Where, secure: bool, known: dict[tuple[Where, bool, str], Exchange]) -> bool:  # noqa: FBT001
    """Tell whether a place was only asked because another led there, and gave nothing: it is no service then."""
    return known[where, secure, "/"].answer is None and any(
        page.leads_to == known[where, secure, "/"].url and page.where != where for page in known.values()
    )


def _followed(first: Exchange, known: dict[tuple[Where, bool, str], Exchange], by_url: dict[str, Exchange]) -> Chain:
    seen, route = [first], [first.url]
    while len(seen) < _HOPS and (there := seen[-1].leads_to) is not None:
        route.append(there)
        address, _, transport, name = first.where
        same = (address, there.port, transport, name), there.secure, there.target
        following = known.get(same) if there.host == first.url.host else None
        following = following or by_url.get(str(there))
        if following is None or following in seen:
            return Chain(tuple(seen), there, tuple(route))
        seen.append(following)
    return Chain(tuple(seen), None, tuple(route))
