"""The tests of the MDN HTTP Observatory, algorithm 6: one function a test, from a site to the name of its result.

Written from the public scoring page and from what the tool answers; differences are told in docs/exposure-oracles.md.
"""

from collections.abc import Callable, Iterable

from publicsuffixlist import PublicSuffixList

from rempart.exposure.facts.observatory_site import Site
from rempart.exposure.protocols.http import policies
from rempart.exposure.protocols.http.url import resolve

_SUFFIXES = PublicSuffixList()
_COOP = ("same-origin-allow-popups", "noopener-allow-popups", "unsafe-none")


def _worst(order: Iterable[str], found: Iterable[str], otherwise: str) -> str:
    """Return the one of `found` that comes last in `order`."""
    ranks = {name: rank for rank, name in enumerate(order)}
    return max(found, key=ranks.__getitem__, default=otherwise)


# -- HSTS, redirections ------------------------------------------------------------------------------------------------


def strict_transport_security(site: Site, six_months: int) -> str:
    """A header, on a site whose certificate is good, of six months or more."""
    if site.is_preloaded:
        return "hsts-preloaded"
    if not site.secure:
        return "hsts-not-implemented-no-https"
    if not site.verified:
        return "hsts-invalid-cert"
    given = site.head.all("strict-transport-security")
    if not given:
        return "hsts-not-implemented"
    seconds = policies.read_hsts(given[0]).seconds if len(given) == 1 and "," not in given[0] else None
    if seconds is None:
        return "hsts-header-invalid"
    length = "at-least" if seconds >= six_months else "less-than"
    return f"hsts-implemented-max-age-{length}-six-months"


def redirection(site: Site) -> str:
    """From http to https, on the same host first."""
    route = site.plain_route
    if not route:
        return "redirection-not-needed-no-http"
    first, second = route[0], route[min(1, len(route) - 1)]
    ends = {
        "invalid-cert": not site.plain_verified,
        "all-redirects-preloaded": bool(site.preloaded) and all(url.host in site.preloaded for url in route),
        "missing": len(route) == 1,
        "not-to-https": not route[-1].secure,
        "not-to-https-on-initial-redirection": not second.secure,
        "off-host-from-http": first.host != second.host,
    }
    return f"redirection-{next((name for name, holds in ends.items() if holds), 'to-https')}"


# -- cookies, CORS -----------------------------------------------------------------------------------------------------

_COOKIES = (
    "cookies-without-secure-flag-but-protected-by-hsts",
    "cookies-without-secure-flag",
    "cookies-session-without-secure-flag-but-protected-by-hsts",
    "cookies-samesite-flag-invalid",
    "cookies-anticsrf-without-samesite-flag",
    "cookies-session-without-httponly-flag",
    "cookies-session-without-secure-flag",
)


def cookies(site: Site, *, hsts: bool) -> str:
    """Secure, HttpOnly for sessions, SameSite; HSTS softens the lack of Secure."""
    read = {cookie.name: cookie for value in site.cookies if (cookie := policies.read_cookie(value)) is not None}
    read.pop("heroku-session-affinity", None)  # the Observatory leaves out this one, which a host adds
    if not read:
        return "cookies-not-found"
    found = {fault for cookie in read.values() for fault in _cookie_faults(cookie, hsts=hsts)}
    whole = all(cookie.same_site for cookie in read.values())
    good = "cookies-secure-with-httponly-sessions" + ("-and-samesite" if whole else "")
    return _worst(_COOKIES, found, good)


def _cookie_faults(cookie: policies.Cookie, *, hsts: bool) -> Iterable[str]:
    session = any(word in cookie.name.lower() for word in ("login", "sess"))
    softened = "-but-protected-by-hsts" if hsts else ""
    if cookie.same_site is not None and cookie.same_site not in {"lax", "strict", "none"}:
        yield "cookies-samesite-flag-invalid"
    if not cookie.secure:
        yield f"cookies-without-secure-flag{softened}"
        if session:
            yield f"cookies-session-without-secure-flag{softened}"
        if cookie.same_site == "none":
            yield "cookies-samesite-flag-invalid"
    if "csrf" in cookie.name.lower() and cookie.same_site not in {"lax", "strict", "none"}:
        yield "cookies-anticsrf-without-samesite-flag"
    if session and not cookie.http_only:
        yield "cookies-session-without-httponly-flag"


def cross_origin_resource_sharing(site: Site) -> str:
    """Whether any site may read this one with its visitor's credentials."""
    origin, credentials, echoed = site.cors
    kind = "cross-origin-resource-sharing"
    if not origin:
        return f"{kind}-not-implemented"
    if origin.strip() == "*":
        return f"{kind}-implemented-with-public-access"
    universal = echoed and (credentials or "").strip().lower() == "true"
    return f"{kind}-implemented-with-{'universal' if universal else 'restricted'}-access"


# -- other headers -----------------------------------------------------------------------------------------------------


def referrer_policy(site: Site) -> str:
    """The last known policy; a page's own counts after the header's."""
    said = policies.referrer(site.head.all("referrer-policy") + ([site.page.referrer] if site.page.referrer else []))
    if said is None:
        return "referrer-policy-not-implemented"
    if not said:
        return "referrer-policy-header-invalid"
    return "referrer-policy-unsafe" if policies.leaks_referrer(said) else "referrer-policy-private"


def x_content_type_options(site: Site) -> str:
    """`nosniff`."""
    said = site.head.all("x-content-type-options")
    if not said:
        return "x-content-type-options-not-implemented"
    good = ", ".join(said).strip().lower() == "nosniff"
    return f"x-content-type-options-{'nosniff' if good else 'header-invalid'}"


def x_frame_options(site: Site, *, by_csp: bool) -> str:
    """The header, or `frame-ancestors` in a policy that came as a header or in the page."""
    if by_csp:
        return "x-frame-options-implemented-via-csp"
    said = ", ".join(site.head.all("x-frame-options")).strip().lower()
    if not said:
        return "x-frame-options-not-implemented"
    if said in {"deny", "sameorigin"}:
        return "x-frame-options-sameorigin-or-deny"
    return f"x-frame-options-{'allow-from-origin' if said.startswith('allow-from') else 'header-invalid'}"


def cross_origin_resource_policy(site: Site) -> str:
    """Whether other sites may load this one's resources."""
    said = site.head.all("cross-origin-resource-policy")
    if not said:
        return "corp-not-implemented"
    known = {"same-origin", "same-site", "cross-origin"}
    value = said[0].strip().lower()
    return f"corp-implemented-with-{value}" if value in known else "corp-header-invalid"


def cross_origin_opener_policy(site: Site) -> str:
    """Whether windows of other sites are kept apart. A token, in lower case; one header only."""
    said = site.head.all("cross-origin-opener-policy")
    if not said:
        return "coop-not-implemented"
    value = policies.read_token(said[0]) if len(said) == 1 else None
    if value == "same-origin":
        return "coop-implemented-with-same-origin"
    return "coop-implemented-with-other" if value in _COOP else "coop-header-invalid"


def cross_origin_embedder_policy(site: Site) -> str:
    """Whether what the page loads must agree to be loaded."""
    said = site.head.all("cross-origin-embedder-policy")
    if not said:
        return "coep-not-implemented"
    value = policies.read_token(said[0]) if len(said) == 1 else None
    if value == "unsafe-none":
        return "coep-implemented-with-unsafe-none"
    return "coep-implemented" if value in {"require-corp", "credentialless"} else "coep-header-invalid"


# -- scripts -----------------------------------------------------------------------------------------------------------

_SRI = (
    "sri-implemented-and-all-scripts-loaded-securely",
    "sri-implemented-and-external-scripts-loaded-securely",
    "sri-implemented-but-external-scripts-not-loaded-securely",
    "sri-not-implemented-but-external-scripts-loaded-securely",
    "sri-not-implemented-and-external-scripts-not-loaded-securely",
)


def subresource_integrity(site: Site) -> str:
    """Scripts of other domains: over https, with integrity. Those of the same registered domain are the site's own."""
    if not site.html and site.head.first("content-type"):
        return "sri-not-implemented-response-not-html"
    if not site.page.scripts and not site.page.inline_scripts:
        return "sri-not-implemented-but-no-scripts-loaded"
    found, foreign = set(), False
    for script in site.page.scripts:
        relative = not script.source.lower().startswith(("http://", "https://", "//"))
        own = relative or (not script.source.startswith("//") and _same_domain(site, script.source))
        foreign = foreign or not own
        safe = script.source.lower().startswith("https://") or (relative and site.url.secure)
        if own:
            found |= {_SRI[0]} if script.integrity and safe else set()
        elif not (script.integrity and safe):
            kind = "implemented-but" if script.integrity else f"not-implemented-{'but' if safe else 'and'}"
            found.add(f"sri-{kind}-external-scripts-{'' if safe else 'not-'}loaded-securely")
    good = _SRI[1] if foreign else "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
    return _worst(_SRI, found, good)


def _same_domain(site: Site, source: str) -> bool:
    url = resolve(site.url, source)
    return url is not None and _domain(url.host) == _domain(site.url.host)


def _domain(host: str) -> str | None:
    """Return the registered domain of a name, None for an address."""
    if ":" in host or host.replace(".", "").isdigit():
        return None
    domain: str | None = _SUFFIXES.privatesuffix(host)
    return domain


SIMPLE: dict[str, Callable[[Site], str]] = {
    "cross-origin-resource-sharing": cross_origin_resource_sharing,
    "redirection": redirection,
    "referrer-policy": referrer_policy,
    "subresource-integrity": subresource_integrity,
    "x-content-type-options": x_content_type_options,
    "cross-origin-resource-policy": cross_origin_resource_policy,
    "cross-origin-opener-policy": cross_origin_opener_policy,
    "cross-origin-embedder-policy": cross_origin_embedder_policy,
}
"""The tests that look at nothing but the site, by their name."""
