"""The pages of web services: what each shows, the headers it is given with, the cookies it sets."""

import hashlib
import re
from collections.abc import Iterable

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.web_signs import sign
from rempart.exposure.facts.web_talk import PATHS, Exchange, Where, chains, exchanges, pages
from rempart.exposure.protocols.http import policies
from rempart.exposure.protocols.http.csp import limits_framing, weaknesses
from rempart.exposure.protocols.http.csp import policies as read_csp
from rempart.exposure.protocols.http.favicon import favicon_hash, icon_target
from rempart.exposure.protocols.http.fronts import front
from rempart.exposure.protocols.http.html import Page
from rempart.exposure.protocols.http.response import Response
from rempart.exposure.protocols.http.url import Url, resolve
from rempart.exposure.snapshot import Snapshot

_EXCERPT = 8192
_OK, _UNAUTHORIZED = 200, 401
_NAMES_VERSION = ("server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator", "x-drupal-cache")
_VERSION = re.compile(r"\d+\.\d")

ENDPOINT_SCHEMA: dict[str, pl.DataType] = {
    "address": pl.String(),
    "port": pl.UInt16(),
    "transport": pl.String(),
    "name": pl.String(),
    "secure": pl.Boolean(),  # asked inside TLS
}
_TEXTS = pl.List(pl.String())
PAGES_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "target": pl.String(),
    "own": pl.Boolean(),  # the last page of this service's own, from its first: the one that is judged
    "status": pl.UInt16(),
    "leads_to": pl.String(),  # where a redirection leads
    "html": pl.Boolean(),
    "whole": pl.Boolean(),
    "title": pl.String(),
    "server": pl.String(),
    "generator": pl.String(),
    "content_type": pl.String(),
    "headers": pl.List(pl.Struct({"name": pl.String(), "value": pl.String()})),
    "body": pl.String(),  # the first 8 KiB
    "favicon_mmh3": pl.Int64(),
    "favicon_md5": pl.String(),
    "favicon_sha256": pl.String(),
    "front": pl.String(),  # a CDN or firewall in front; null when none shows
    "blocked": pl.Boolean(),  # the front refused our question itself
    "password": pl.Boolean(),  # a password field
    "form_plain": pl.Boolean(),  # a form with a password that would be sent in clear
    "default": pl.String(),  # whose page by default it is
    "listing": pl.Boolean(),
    "trace": pl.String(),  # the language whose error shows
    "realm": pl.String(),  # of HTTP Basic authentication
    "versions": _TEXTS,  # headers that tell a version
    "mixed": _TEXTS,  # what acts on the page and would come in clear on a page that does not
    "scripts_plain": _TEXTS,  # scripts of other sites loaded in clear
    "scripts_unchecked": _TEXTS,  # scripts of other sites without integrity
    "oddities": _TEXTS,  # what is odd in the answer's form
    "verified": pl.Boolean(),
    "tls": pl.String(),
}
HEADERS_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "html": pl.Boolean(),
    "status": pl.UInt16(),
    "hsts": pl.String(),  # as given; null without
    "hsts_seconds": pl.Int64(),  # null when it makes no sense
    "hsts_subdomains": pl.Boolean(),
    "hsts_preload": pl.Boolean(),
    "csp": pl.String(),  # all policies, null without any
    "csp_weak": _TEXTS,  # what every policy lets through
    "framing": pl.Boolean(),  # strangers may not frame the page
    "nosniff": pl.Boolean(),
    "referrer": pl.String(),  # null without the header, "" when not understood
    "permissions": _TEXTS,  # features that Permissions-Policy names
    "coop": pl.String(),
    "coep": pl.String(),
    "corp": pl.String(),
}
COOKIES_SCHEMA: dict[str, pl.DataType] = ENDPOINT_SCHEMA | {
    "cookie": pl.String(),
    "session": pl.Boolean(),
    "csrf": pl.Boolean(),
    "with_secure": pl.Boolean(),
    "with_http_only": pl.Boolean(),
    "same_site": pl.String(),
}


def place(where: Where, *, secure: bool) -> dict[str, object]:
    """Return the columns that say which service, and how it was asked."""
    address, port, transport, name = where
    return {"address": address, "port": port, "transport": transport, "name": name, "secure": secure}


@facts("web_pages")
def web_pages(snapshot: Snapshot) -> pl.DataFrame:
    """Read every page that answered: columns of `PAGES_SCHEMA`, one row a service, scheme and target."""
    known = pages(snapshot)
    own = {id(chain.own) for chain in chains(known)}
    icons = {
        (seen.where, seen.secure, seen.request.target): seen.answer
        for seen in exchanges(snapshot, PATHS)
        if seen.answer is not None and seen.answer.head.status == _OK and not seen.html and seen.answer.body
    }
    rows = [
        _page_row(page, page.answer, icons) | {"own": id(page) in own}
        for page in known.values()
        if page.answer is not None
    ]
    return pl.DataFrame(rows, schema=PAGES_SCHEMA, orient="row")


def _page_row(seen: Exchange, answer: Response, icons: dict[tuple[Where, bool, str], Response]) -> dict[str, object]:
    page, head = seen.page(), answer.head
    target = icon_target(seen.url, page)
    icon = icons.get((seen.where, seen.secure, target)) if target else None
    name, blocked = front(answer)
    leads_to = seen.leads_to
    return (
        place(seen.where, secure=seen.secure)
        | {
            "target": seen.request.target,
            "status": head.status,
            "leads_to": None if leads_to is None else str(leads_to),
            "html": seen.html,
            "whole": answer.whole,
            "title": page.title,
            "server": head.first("server"),
            "generator": page.generator,
            "content_type": head.first("content-type"),
            "headers": [{"name": header, "value": value} for header, value in head.headers],
            "body": answer.body[:_EXCERPT].decode("utf-8", "replace"),
            "favicon_mmh3": favicon_hash(icon.body) if icon else None,
            "favicon_md5": hashlib.md5(icon.body, usedforsecurity=False).hexdigest() if icon else None,
            "favicon_sha256": hashlib.sha256(icon.body).hexdigest() if icon else None,
            "front": name,
            "blocked": blocked,
            "default": sign("default", page.title, answer.body),
            "listing": sign("listing", page.title, answer.body) is not None,
            "trace": sign("trace", page.title, answer.body),
            "realm": _basic_realm(answer),
            "versions": [f"{h}: {v}" for h in _NAMES_VERSION for v in head.all(h) if _VERSION.search(v)],
            "oddities": list(answer.oddities),
            "verified": seen.verified,
            "tls": seen.tls,
        }
        | _content(seen, page)
    )


def _content(seen: Exchange, page: Page) -> dict[str, object]:
    """Return what a page loads and where its forms go."""
    base = (resolve(seen.url, page.base) if page.base else None) or seen.url
    actions = [resolve(base, form.action) for form in page.forms if form.password]
    foreign = [(script, resolve(base, script.source)) for script in page.scripts]
    foreign = [(script, url) for script, url in foreign if url is not None and url.host != seen.url.host]
    return {
        "password": page.password,
        "form_plain": page.password and (not seen.secure or any(url and not url.secure for url in actions)),
        "mixed": [str(url) for url in _plain(base, page.active)] if seen.secure else [],
        "scripts_plain": [str(url) for _, url in foreign if url and not url.secure],
        "scripts_unchecked": [str(url) for script, url in foreign if not script.integrity],
    }


def _plain(base: Url, references: Iterable[str]) -> list[Url]:
    urls = [resolve(base, reference) for reference in references]
    return [url for url in urls if url is not None and not url.secure]


def _basic_realm(answer: Response) -> str | None:
    if answer.head.status != _UNAUTHORIZED:
        return None
    return next((v for v in answer.head.all("www-authenticate") if v.lower().lstrip().startswith("basic")), None)


@facts("web_headers")
def web_headers(snapshot: Snapshot) -> pl.DataFrame:
    """Read the headers of each service's own last page: columns of `HEADERS_SCHEMA`; a front's refusal is left out."""
    rows = [
        _headers_row(chain.own, chain.own.answer)
        for chain in chains(pages(snapshot))
        if chain.own.answer is not None and not front(chain.own.answer)[1]
    ]
    return pl.DataFrame(rows, schema=HEADERS_SCHEMA, orient="row")


def _headers_row(seen: Exchange, answer: Response) -> dict[str, object]:
    head, page = answer.head, seen.page()
    given = head.first("strict-transport-security")
    hsts = policies.read_hsts(given) if given is not None else None
    from_headers = read_csp(head.all("content-security-policy"))
    csp = from_headers + read_csp(page.policies, meta=True)
    weak = [set(weaknesses(policy)) for policy in csp]
    shared = set.intersection(*weak) if weak else set()
    referrer = head.all("referrer-policy") + ([page.referrer] if page.referrer else [])
    return place(seen.where, secure=seen.secure) | {
        "html": seen.html,
        "status": head.status,
        "hsts": given,
        "hsts_seconds": hsts.seconds if hsts else None,
        "hsts_subdomains": hsts.subdomains if hsts else None,
        "hsts_preload": hsts.preload if hsts else None,
        "csp": "; ".join([*head.all("content-security-policy"), *page.policies]) or None if csp else None,
        "csp_weak": sorted(shared),
        "framing": any(map(limits_framing, from_headers)) or policies.stops_framing(head.all("x-frame-options")),
        "nosniff": "nosniff" in {value.strip().lower() for value in head.all("x-content-type-options")},
        "referrer": policies.referrer(referrer),
        "permissions": sorted({f for v in head.all("permissions-policy") for f in policies.read_permissions(v)}),
        "coop": _token(head.first("cross-origin-opener-policy")),
        "coep": _token(head.first("cross-origin-embedder-policy")),
        "corp": _token(head.first("cross-origin-resource-policy")),
    }


def _token(value: str | None) -> str | None:
    return None if value is None else policies.read_token(value)


@facts("web_cookies")
def web_cookies(snapshot: Snapshot) -> pl.DataFrame:
    """Read the cookies that each service's pages set: columns of `COOKIES_SCHEMA`; the last of two namesakes counts."""
    found: dict[tuple[Where, bool, str], dict[str, object]] = {}
    for seen in pages(snapshot).values():
        for value in seen.answer.head.all("set-cookie") if seen.answer is not None else []:
            cookie = policies.read_cookie(value)
            if cookie is None:
                continue
            found[seen.where, seen.secure, cookie.name] = place(seen.where, secure=seen.secure) | {
                "cookie": cookie.name,
                "session": cookie.session,
                "csrf": cookie.csrf,
                "with_secure": cookie.secure,
                "with_http_only": cookie.http_only,
                "same_site": cookie.same_site,
            }
    return pl.DataFrame(list(found.values()), schema=COOKIES_SCHEMA, orient="row")
