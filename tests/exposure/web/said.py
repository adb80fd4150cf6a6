"""What web servers say, as rows of a snapshot: a page, and the answers to the list of files."""

from rempart.exposure.protocols.http.request import ORIGIN, Request, build
from tests.exposure.maker import Maker

NAME = "www.valmont.example"
PAGE = "<!doctype html><title>Accueil</title>"
INVENTED = "/rempart-"


def http(body: str | bytes = PAGE, *headers: str, status: int = 200, kind: str = "text/html; charset=utf-8") -> bytes:
    """Return the bytes of an answer: its length is added, and its type unless `kind` is empty."""
    content = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status} X", *([f"Content-Type: {kind}"] if kind else []), *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content


def page(  # noqa: PLR0913 — what tells one page from another
    maker: Maker,
    answer: bytes = b"",
    *,
    secure: bool = True,
    port: int | None = None,
    name: str = NAME,
    target: str = "/",
    outcome: str = "answered",
    detail: dict[str, object] | None = None,
) -> None:
    """Add a page that was asked for, and what came of it."""
    sent = build(Request("GET", target), name) if outcome == "answered" else b""
    said: dict[str, object] = {"lengths": [len(answer)]} | ({"tls": "TLSv1.3", "verified": True} if secure else {})
    maker.observed(
        "http.page",
        answer,
        port=port or (443 if secure else 80),
        name=name,
        question=f"http{'s' if secure else ''} GET {target}",
        sent=sent,
        outcome=outcome,
        detail=detail if detail is not None else (said if outcome == "answered" else {}),
    )


def listed(
    maker: Maker, given: dict[str, bytes], *, secure: bool = True, name: str = NAME, cors: bytes | None = None
) -> None:
    """Add the list of files: what each `METHOD target` was answered; `cors` answers both questions with an origin."""
    requests = [Request(*asked.split(" ")) for asked in given]
    answers = list(given.values())
    if cors is not None:
        origin = ("Origin", ORIGIN)
        requests += [Request("OPTIONS", "/", (origin,)), Request("GET", "/", (origin,))]
        answers += [cors, cors]
    first = requests[0]
    maker.observed(
        "http.paths",
        b"".join(answers),
        port=443 if secure else 80,
        name=name,
        question=f"http{'s' if secure else ''} {first.method} {first.target} +{len(requests) - 1}",
        sent=b"".join(build(request, name) for request in requests),
        detail={"lengths": [len(answer) for answer in answers]},
    )
