"""Addresses of pages: where a `Location` leads."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_LONGEST = 4096
_DEFAULT = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[^!-~]")
_NAME = re.compile(r"[a-z0-9_.:-]{1,255}")


@dataclass(frozen=True, slots=True)
class Url:
    """Where a page is: `host` is a name or an address literal, in lower case; `target` is its path and query."""

    secure: bool
    host: str
    port: int
    target: str

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == (443 if self.secure else 80) else f":{self.port}"
        return f"http{'s' if self.secure else ''}://{shown}{port}{self.target}"


def resolve(base: Url, reference: str) -> Url | None:
    """Return where `reference` (a `Location`, a link) leads from `base`; None when it is no web address."""
    if len(reference) > _LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(str(base), reference.strip()))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in _DEFAULT or not _NAME.fullmatch(host) or port == 0:
        return None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), target)
    return Url(parts.scheme == "https", host, port or _DEFAULT[parts.scheme], target)
