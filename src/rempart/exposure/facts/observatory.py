"""The MDN HTTP Observatory's score of each site, algorithm 6 (figures in `observatory.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.observatory_csp import content_security_policy, framed_by_csp
from rempart.exposure.facts.observatory_rules import SIMPLE, cookies, strict_transport_security, x_frame_options
from rempart.exposure.facts.observatory_site import Site
from rempart.exposure.facts.web import ENDPOINT_SCHEMA, place
from rempart.exposure.facts.web_talk import Chain, Exchange, Where, chains, pages
from rempart.exposure.facts.web_ways import listed
from rempart.exposure.protocols.http.fronts import front
from rempart.exposure.protocols.http.request import ORIGIN
from rempart.exposure.snapshot import Snapshot

_ANSWERED = frozenset({*range(200, 300), 401, 403})
"""Statuses that the Observatory scores."""

OBSERVATORY_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "score": pl.UInt16(),
    "grade": pl.String(),
    "tests": pl.List(pl.Struct({"test": pl.String(), "result": pl.String(), "modifier": pl.Int16()})),
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score, its grade, and each test's result with what it adds."""

    score: int
    grade: str
    tests: dict[str, tuple[str, int]]


@cache
def figures() -> dict[str, Any]:
    """Return the public figures of the algorithm."""
    return tomllib.loads(files(__package__).joinpath("observatory.toml").read_text(encoding="utf-8"))


def score(site: Site) -> Score:
    """Score one site: 100, less what lacks; a bonus counts only from 90 on."""
    table = figures()
    hsts = strict_transport_security(site, table["hsts_months"])
    results = {name: test(site) for name, test in SIMPLE.items()} | {
        "content-security-policy": content_security_policy(site),
        "strict-transport-security": hsts,
        "cookies": cookies(site, hsts=hsts in {"hsts-preloaded", "hsts-implemented-max-age-at-least-six-months"}),
        "x-frame-options": x_frame_options(site, by_csp=framed_by_csp(site)),
    }
    tests = {name: (result, table[name][result]) for name, result in sorted(results.items())}
    total = table["start"] + sum(min(modifier, 0) for _, modifier in tests.values())
    if total >= table["bonus_from"]:
        total += sum(max(modifier, 0) for _, modifier in tests.values())
    total = max(total, 0)
    return Score(total, next(grade for grade, lowest in table["grades"].items() if total >= lowest), tests)


def sites(snapshot: Snapshot) -> list[tuple[Where, bool, Site]]:
    """Return each site that can be scored: a name on an address, on its usual ports or on one of its own."""
    known = pages(snapshot)
    by_start = {(chain.pages[0].where, chain.pages[0].secure): chain for chain in chains(known)}
    paths = listed(snapshot)
    found = []
    for (where, secure), chain in by_start.items():
        address, port, transport, name = where
        twin = by_start.get(((address, 443, transport, name), True)) if not secure and port == 80 else None  # noqa: PLR2004
        if twin is not None and twin.pages[0].answer is not None:
            continue  # scored with its secure self
        plain = by_start.get(((address, 80, transport, name), False)) if secure and port == 443 else None  # noqa: PLR2004
        site = _site(chain, plain if secure else chain, paths.get((where, secure), []))
        if site is not None:
            found.append((where, secure, site))
    return found


def _site(chain: Chain, plain: Chain | None, paths: list[Exchange]) -> Site | None:
    """Return the site that a chain ends at; None when it leaves what was asked, or ends with no page to score."""
    end = chain.pages[-1]
    if (
        chain.leaves is not None
        or end.answer is None
        or end.answer.head.status not in _ANSWERED
        or front(end.answer)[1]
    ):
        return None
    heads = [p.answer.head for p in chain.pages if p.answer is not None] + [
        p.answer.head for p in paths if p.answer is not None and p.request.target == "/robots.txt"
    ]
    preflight = next((p.answer.head for p in paths if p.request.method == "OPTIONS" and p.answer is not None), None)
    if preflight is not None and preflight.status not in range(200, 300):
        preflight = None  # as browsers do: a preflight that is refused lets nobody in
    origin = preflight.first("access-control-allow-origin") if preflight else None
    credentials = preflight.first("access-control-allow-credentials") if preflight else None
    answered_plain = plain is not None and plain.pages[0].answer is not None
    return Site(
        url=end.url,
        head=end.answer.head,
        page=end.page(),
        html=end.html,
        secure=chain.pages[0].secure,
        verified=not any(p.verified is False for p in chain.pages if p.secure),
        plain_route=plain.route if plain is not None and answered_plain else (),
        plain_verified=plain is None or not any(p.verified is False for p in plain.pages),
        cookies=tuple(value for head in heads for value in head.all("set-cookie")),
        cors=(origin, credentials, origin == ORIGIN),
    )


@facts("web_observatory")
def web_observatory(snapshot: Snapshot) -> pl.DataFrame:
    """Score each site: columns of `OBSERVATORY_SCHEMA`. Without a list of preloaded sites, no bonus for it."""
    rows = []
    for where, secure, site in sites(snapshot):
        made = score(site)
        tests = [{"test": name, "result": result, "modifier": add} for name, (result, add) in made.tests.items()]
        rows.append(place(where, secure=secure) | {"score": made.score, "grade": made.grade, "tests": tests})
    return pl.DataFrame(rows, schema=OBSERVATORY_SCHEMA, orient="row")
