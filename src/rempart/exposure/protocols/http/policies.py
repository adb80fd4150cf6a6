"""The other security headers: HSTS (RFC 6797), framing, referrer, permissions, isolation, cookies (RFC 6265bis)."""

import re
from dataclasses import dataclass

_LONGEST = 4096
_AGE = re.compile(r'"?(\d{1,15})"?')
_PRIVATE = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
_LEAKING = ("origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade")
_FEATURE = re.compile(r"\b([a-z][a-z0-9-]{0,63})=(\*|\([^()]*\)|[^,\s]+)")
_TOKEN = re.compile(r"\s*([a-z][a-z-]*)\s*(?:;.*)?")


@dataclass(frozen=True, slots=True)
class Hsts:
    """A `Strict-Transport-Security` header. `seconds` is None when it makes no sense: browsers then ignore it."""

    seconds: int | None
    subdomains: bool
    preload: bool


def read_hsts(value: str) -> Hsts:
    """Read one value; a directive given twice, or no `max-age`, makes it void (RFC 6797, 6.1)."""
    given: dict[str, str] = {}
    for part in value[:_LONGEST].split(";"):
        name, _, argument = part.strip().partition("=")
        name = name.strip().lower()
        if name in given:
            return Hsts(None, subdomains=False, preload=False)
        if name:
            given[name] = argument.strip()
    age = _AGE.fullmatch(given.get("max-age", ""))
    return Hsts(int(age[1]) if age else None, "includesubdomains" in given, "preload" in given)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that a server sets; its value is not kept."""

    name: str
    secure: bool
    http_only: bool
    same_site: str | None  # as given, in lower case; None when not given
    domain: str | None

    @property
    def session(self) -> bool:
        """Whether its name says that it holds a session or a sign-in."""
        return (
            any(word in self.name.lower() for word in ("sess", "login", "auth", "sid", "token", "jwt"))
            and not self.csrf
        )

    @property
    def csrf(self) -> bool:
        """Whether its name says that it guards against forged requests."""
        return any(word in self.name.lower() for word in ("csrf", "xsrf"))


def read_cookie(value: str) -> Cookie | None:
    """Read one `Set-Cookie`; None when it sets nothing."""
    first, *rest = value[:_LONGEST].split(";")
    name, equals, _ = first.partition("=")
    if not equals or not name.strip():
        return None
    given = {n.strip().lower(): v.strip() for n, _, v in (part.partition("=") for part in rest[:32])}
    same_site = given.get("samesite")
    return Cookie(
        name=name.strip()[:256],
        secure="secure" in given,
        http_only="httponly" in given,
        same_site=None if same_site is None else same_site.lower()[:64],
        domain=given.get("domain", "").lower()[:255] or None,
    )


def referrer(values: list[str]) -> str | None:
    """Return the `Referrer-Policy` that counts: the last known one (W3C, 8.1), "" if none is, None without any."""
    said = [part.strip().lower() for value in values for part in value[:_LONGEST].split(",")]
    return next((part for part in reversed(said) if part in _PRIVATE + _LEAKING), "" if said else None)


def leaks_referrer(policy: str) -> bool:
    """Tell whether a policy tells other sites the address of the page, or is not understood."""
    return policy not in _PRIVATE


def read_permissions(value: str) -> dict[str, str]:
    """Return the features that a `Permissions-Policy` names, with who may use each, as written."""
    return dict(_FEATURE.findall(value[:_LONGEST]))


def read_token(value: str) -> str | None:
    """Return the token of a one-token header (COOP, COEP, CORP), without its parameters; None when it is none."""
    found = _TOKEN.fullmatch(value[:_LONGEST])
    return found[1] if found else None


def stops_framing(x_frame_options: list[str]) -> bool:
    """Tell whether `X-Frame-Options` stops other sites from framing a page (RFC 7034; no browser obeys ALLOW-FROM)."""
    said = {part.strip().lower() for value in x_frame_options for part in value[:_LONGEST].split(",")}
    return bool(said) and said <= {"deny", "sameorigin"}
