"""Where web services lead, what they let through (CORS, methods, files), security.txt, and what was not seen."""

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.web import ENDPOINT_SCHEMA, place
from rempart.exposure.facts.web_signs import panel
from rempart.exposure.facts.web_talk import PATHS, Chain, Exchange, Where, chains, exchanges, pages
from rempart.exposure.protocols.http.fronts import front
from rempart.exposure.protocols.http.html import text_of
from rempart.exposure.protocols.http.paths import invented, sensitive, shows
from rempart.exposure.protocols.http.request import ORIGIN
from rempart.exposure.protocols.http.response import Response
from rempart.exposure.protocols.http.security_txt import read_security_txt
from rempart.exposure.snapshot import Snapshot

SECURITY_TXT = "/.well-known/security.txt"
_OK, _NOT_FOUND = 200, 404
_TEXTS = pl.List(pl.String())
_MOMENT = pl.Datetime("us", "UTC")

REDIRECTS_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "result": pl.String(),  # secure, none, plain (never leaves http), late (http first), elsewhere, unknown
    "route": _TEXTS,
    "leaves_to": pl.String(),  # another name that it leads to: to declare, unless it is
}
CORS_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "origin": pl.String(),  # Access-Control-Allow-Origin; null without
    "credentials": pl.Boolean(),
    "echoed": pl.Boolean(),  # an invented origin is let in by name
    "methods": _TEXTS,  # of Allow, in answer to OPTIONS; null when it was not answered
}
PATHS_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "target": pl.String(),
    "kind": pl.String(),
    "status": pl.UInt16(),
    "shown": pl.Boolean(),  # null when this server answers the same to anything, or gave no answer
}
PANELS_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "target": pl.String(),
    "panel": pl.String(),  # which door, as far as its look says
    "family": pl.String(),
    "title": pl.String(),
}
SECURITY_TXT_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "present": pl.Boolean(),
    "contacts": _TEXTS,
    "expires": _MOMENT,
    "signed": pl.Boolean(),
    "problems": _TEXTS,
}
UNSEEN_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "what": pl.String(),  # page, or list (the page came, the list of files did not)
    "outcome": pl.String(),  # of the question; "blocked" for a front's refusal, "malformed" for no HTTP
}


@facts("web_redirects")
def web_redirects(snapshot: Snapshot) -> pl.DataFrame:
    """Read where the first page of each service leads: columns of `REDIRECTS_SCHEMA`."""
    rows = [
        place(chain.pages[0].where, secure=chain.pages[0].secure)
        | {
            "result": _result(chain),
            "route": [str(url) for url in chain.route],
            "leaves_to": next((url.host for url in reversed(chain.route) if url.host != chain.route[0].host), None),
        }
        for chain in chains(pages(snapshot))
        if chain.pages[0].answer is not None
    ]
    return pl.DataFrame(rows, schema=REDIRECTS_SCHEMA, orient="row")


def _result(chain: Chain) -> str:
    """Say how a way ends; a way out of what was asked ends with its address."""
    route = chain.route
    first = route[0]
    if first.secure:
        return "secure" if route[-1].secure else "plain"
    if len(route) == 1:
        return "none"
    if not route[-1].secure:
        return "unknown" if chain.leaves is not None and chain.leaves.host != first.host else "plain"
    if not route[1].secure:
        return "late"
    return "secure" if route[1].host == first.host else "elsewhere"


def listed(snapshot: Snapshot) -> dict[tuple[Where, bool], list[Exchange]]:
    """Return what the list of files brought, by service."""
    found: dict[tuple[Where, bool], list[Exchange]] = {}
    for seen in exchanges(snapshot, PATHS):
        found.setdefault((seen.where, seen.secure), []).append(seen)
    return found


def answer_to(seen: list[Exchange], target: str, method: str = "GET") -> Response | None:
    """Return the answer to a request without an Origin, None when it has none."""
    return next(
        (
            one.answer
            for one in seen
            if one.request.target == target and one.request.method == method and not one.request.first("origin")
        ),
        None,
    )


@facts("web_cors")
def web_cors(snapshot: Snapshot) -> pl.DataFrame:
    """Read what each service says to an invented origin, and the methods it offers: columns of `CORS_SCHEMA`."""
    rows = []
    for (where, secure), seen in listed(snapshot).items():
        asked = [one for one in seen if one.request.first("origin") and one.answer is not None]
        if not asked:
            continue
        heads = [one.answer.head for one in asked if one.answer is not None]
        allowed = [(h.first("access-control-allow-origin"), h.first("access-control-allow-credentials")) for h in heads]
        origin, credentials = max(allowed, key=lambda pair: (pair[0] == ORIGIN, pair[1] == "true", bool(pair[0])))
        options = [one.answer for one in asked if one.request.method == "OPTIONS" and one.answer is not None]
        said = ", ".join(value for answer in options for value in answer.head.all("allow")).upper()
        methods = sorted({method.strip() for method in said.split(",") if method.strip()}) if options else None
        rows.append(
            place(where, secure=secure)
            | {
                "origin": origin,
                "credentials": (credentials or "").strip().lower() == "true",
                "echoed": origin == ORIGIN,
                "methods": methods,
            }
        )
    return pl.DataFrame(rows, schema=CORS_SCHEMA, orient="row")


@facts("web_paths")
def web_paths(snapshot: Snapshot) -> pl.DataFrame:
    """Read which of the paths of the list are there: columns of `PATHS_SCHEMA`, one row a service and path asked."""
    rows = []
    for (where, secure), seen in listed(snapshot).items():
        if all(one.answer is None for one in seen):
            continue
        to_invented = answer_to(seen, invented(where[3] or where[0]))
        for path in sensitive():
            answer = answer_to(seen, path.target, path.method)
            rows.append(
                place(where, secure=secure)
                | {
                    "target": path.target,
                    "kind": path.kind,
                    "status": None if answer is None else answer.head.status,
                    "shown": None if answer is None or front(answer)[1] else shows(path, answer, to_invented),
                }
            )
    return pl.DataFrame(rows, schema=PATHS_SCHEMA, orient="row")


@facts("web_panels")
def web_panels(snapshot: Snapshot) -> pl.DataFrame:
    """Read the doors for administrators that show, by their page or by their path: columns of `PANELS_SCHEMA`."""
    rows = []
    for seen in pages(snapshot).values():
        page = seen.page()
        known = panel(page.title, seen.answer.body) if seen.answer is not None and not front(seen.answer)[1] else None
        if known is not None:
            said = {"target": seen.request.target, "panel": known.name, "family": known.family, "title": page.title}
            rows.append(place(seen.where, secure=seen.secure) | said)
    paths = web_paths(snapshot).filter(pl.col("kind") == "panel", pl.col("shown"))
    rows += [
        {column: row[column] for column in ENDPOINT_SCHEMA}
        | {"target": row["target"], "panel": row["target"], "family": "application", "title": None}
        for row in paths.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=PANELS_SCHEMA, orient="row")


@facts("security_txt")
def security_txt(snapshot: Snapshot) -> pl.DataFrame:
    """Read each service's security.txt: columns of `SECURITY_TXT_SCHEMA`; one that was not answered has no row."""
    rows = []
    for (where, secure), seen in listed(snapshot).items():
        answer = answer_to(seen, SECURITY_TXT)
        if answer is None or front(answer)[1]:
            continue
        text = text_of(answer.body) if answer.head.status == _OK else ""
        file = read_security_txt(text)
        said = {
            "present": file is not None,
            "contacts": list(file.contacts) if file else None,
            "expires": file.expires if file else None,
            "signed": file.signed if file else None,
            "problems": list(file.problems) if file else None,
        }
        rows.append(place(where, secure=secure) | said)
    return pl.DataFrame(rows, schema=SECURITY_TXT_SCHEMA, orient="row")


@facts("web_unseen")
def web_unseen(snapshot: Snapshot) -> pl.DataFrame:
    """List the web services that gave nothing to judge: columns of `UNSEEN_SCHEMA`."""
    rows = []
    for chain in chains(pages(snapshot)):
        first, own = chain.pages[0], chain.own
        outcome = None
        if own.answer is None:
            outcome = "malformed" if own.outcome == "answered" else own.outcome
        elif front(own.answer)[1]:
            outcome = "blocked"
        if outcome:
            rows.append(place(first.where, secure=first.secure) | {"what": "page", "outcome": outcome})
    for (where, secure), seen in listed(snapshot).items():
        if all(one.answer is None for one in seen):
            rows.append(place(where, secure=secure) | {"what": "list", "outcome": seen[-1].outcome})
    return pl.DataFrame(rows, schema=UNSEEN_SCHEMA, orient="row")
