"""Content Security Policy, level 3 (W3C): reading policies and what they let through."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 1 << 14
_MOST_POLICIES = 32
_SPACES = re.compile(r"[\t\n\f\r ]+")
_NONCE_OR_HASH = ("'nonce-", "'sha256-", "'sha384-", "'sha512-")
_NOT_IN_META = ("frame-ancestors", "report-uri", "sandbox")
"""Directives that a `<meta>` may not hold (HTML, 4.2.5.3)."""

BROAD = frozenset({"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"})
"""Sources that let almost anybody in."""
INLINE = frozenset({"'unsafe-inline'", "data:"})


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its directives in lower case with their sources; the first of two namesakes counts (CSP 3, 2.2.1)."""

    directives: dict[str, tuple[str, ...]]
    repeated: tuple[str, ...] = ()

    def sources(self, directive: str) -> tuple[str, ...] | None:
        """Return the sources of a fetch directive, `default-src` standing in for it; None when nothing limits it."""
        return self.directives.get(directive, self.directives.get("default-src"))


def read_policy(value: str) -> Policy:
    """Read one serialized policy; what is longer than 16 KiB is cut."""
    directives: dict[str, tuple[str, ...]] = {}
    repeated = []
    for part in value[:_LONGEST].split(";"):
        name, *sources = _SPACES.split(part.strip("\t\n\f\r ").lower())
        if not name:
            continue
        if name in directives:
            repeated.append(name)
            continue
        directives[name] = tuple(sources) if sources or not name.endswith("-src") else ("'none'",)
    return Policy(directives, tuple(repeated))


def policies(values: Iterable[str], *, meta: bool = False) -> list[Policy]:
    """Read the policies of header values (a comma parts two policies), or of `<meta>` elements.

    Policies without any directive are left out.
    """
    parts = [part for value in values for part in ([value] if meta else value.split(","))][:_MOST_POLICIES]
    read = [read_policy(part) for part in parts]
    if meta:
        kept = [{n: s for n, s in policy.directives.items() if n not in _NOT_IN_META} for policy in read]
        read = [Policy(directives, policy.repeated) for directives, policy in zip(kept, read, strict=True)]
    return [policy for policy in read if policy.directives]


def guarded(sources: tuple[str, ...]) -> bool:
    """Tell whether a nonce or a hash is among the sources: browsers then ignore 'unsafe-inline'."""
    return any(source.startswith(_NONCE_OR_HASH) for source in sources)


def effective_scripts(policy: Policy) -> tuple[str, ...]:
    """Return the sources of scripts that a present browser obeys (CSP 3, 6.7.2 and 8.2); ("*",) when nothing limits."""
    sources = policy.sources("script-src")
    if sources is None:
        return ("*",)
    if not guarded(sources):
        return sources
    if "'strict-dynamic'" in sources:
        ignored = {"'self'", "'unsafe-inline'"}
        return tuple(s for s in sources if s not in ignored and (s.startswith("'") or s == "data:"))
    return tuple(source for source in sources if source != "'unsafe-inline'")


def weaknesses(policy: Policy) -> list[str]:
    """Return what makes a policy of little use against injected scripts, the worst first.

    `inline` (inline scripts or `data:`), `broad` (scripts from almost anywhere, or not limited), `plain` (scripts over
    http), `eval`, `objects` (plug-ins not limited).
    """
    scripts = effective_scripts(policy)
    objects = policy.sources("object-src")
    found = {
        "inline": bool(INLINE & set(scripts)),
        "broad": bool(BROAD & set(scripts)),
        "plain": any(source.startswith("http:") for source in scripts),
        "eval": "'unsafe-eval'" in scripts,
        "objects": objects is None or bool(BROAD & set(objects)),
    }
    return [name for name, holds in found.items() if holds]


def limits_framing(policy: Policy) -> bool:
    """Tell whether `frame-ancestors` keeps strangers from framing the page."""
    ancestors = policy.directives.get("frame-ancestors")
    return ancestors is not None and not BROAD & set(ancestors)
