"""The Observatory's test of Content Security Policy: one verdict over all policies, headers and `<meta>` together."""

from rempart.exposure.facts.observatory_site import Site
from rempart.exposure.protocols.http.csp import BROAD, INLINE, Policy, guarded, policies, read_policy

_SHORTEST = 6
_MAY_REPEAT = frozenset({"report-uri", "report-to"})
_PASSIVE = ("img-src", "media-src")
_PLAIN = ("http:", "ftp:")
_PREFIXES = tuple(BROAD)


def content_security_policy(site: Site) -> str:
    """Say the worst of what the policies let through."""
    from_headers = [value.strip() for value in site.head.all("content-security-policy")]
    from_page = [value.strip() for value in site.page.policies]
    values = from_headers + from_page
    read = [read_policy(value) for value in values]
    if any(len(value) < _SHORTEST for value in values) or any(set(one.repeated) - _MAY_REPEAT for one in read):
        return "csp-header-invalid"
    if not policies(from_headers) and not policies(from_page, meta=True):
        reporting = site.head.first("content-security-policy-report-only")
        return "csp-not-implemented" + ("-but-reporting-enabled" if reporting else "")
    merged = _merged(read)
    result = _worst_of(merged, secure=site.url.secure)
    forgiven = result.startswith(("csp-implemented-with-no-unsafe", "csp-implemented-with-unsafe-inline-in-style"))
    passive = result == "csp-implemented-with-insecure-scheme-in-passive-content-only"
    repeats = any(one.repeated for one in read)
    return "csp-implemented-but-duplicate-directives" if repeats and (forgiven or passive) else result


def framed_by_csp(site: Site) -> bool:
    """Tell whether `frame-ancestors` is given at all, in a policy that makes sense."""
    if content_security_policy(site).startswith(("csp-not", "csp-header-invalid")):
        return False
    values = site.head.all("content-security-policy") + site.page.policies
    return any("frame-ancestors" in read_policy(value).directives for value in values)


def _merged(read: list[Policy]) -> dict[str, set[str]]:
    """Return what every policy lets through: a source must be in each policy that has the directive."""
    merged: dict[str, set[str]] = {}
    for policy in read:
        for name, sources in policy.directives.items():
            merged[name] = set(sources) if name not in merged else merged[name] & set(sources) or {"'none'"}
    return merged


def _worst_of(merged: dict[str, set[str]], *, secure: bool) -> str:
    default = merged.get("default-src", {"*"})
    scripts, styles = (_guarded(merged.get(name, default)) for name in ("script-src", "style-src"))
    objects = merged.get("object-src", default)
    if "'strict-dynamic'" in scripts:
        if not guarded(tuple(scripts)):
            return "csp-header-invalid"
        scripts = {s for s in scripts if s not in {"'self'", "'unsafe-inline'"} and not s.startswith(_PREFIXES)}
    active = {s for name, sources in merged.items() if name not in {*_PASSIVE, "script-src"} for s in sources} | scripts
    passive = {s for name in _PASSIVE for s in merged.get(name, merged.get("default-src", set()))}
    faults = {
        "unsafe-inline": scripts & (BROAD | INLINE) or objects & BROAD,
        "insecure-scheme": secure and any(source.startswith(_PLAIN) for source in active),
        "unsafe-eval": "'unsafe-eval'" in scripts | styles,
        "insecure-scheme-in-passive-content-only": secure and any(source.startswith(_PLAIN) for source in passive),
        "unsafe-inline-in-style-src-only": styles & (BROAD | INLINE),
        "no-unsafe-default-src-none": merged.get("default-src") == {"'none'"},
    }
    return f"csp-implemented-with-{next((name for name, holds in faults.items() if holds), 'no-unsafe')}"


def _guarded(sources: set[str]) -> set[str]:
    """Leave out 'unsafe-inline' beside a nonce or a hash: browsers ignore it."""
    return sources - {"'unsafe-inline'"} if guarded(tuple(sources)) else set(sources)
