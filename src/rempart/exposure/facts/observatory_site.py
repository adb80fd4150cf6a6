"""What the Observatory's tests look at: the answers of one site, in clear and inside TLS."""

from dataclasses import dataclass, field

from rempart.exposure.protocols.http.html import Page
from rempart.exposure.protocols.http.response import Head
from rempart.exposure.protocols.http.url import Url


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `page` is that of TLS when it answers there, of plain http otherwise; `url` is where it was found.

    `plain_route` is empty when nothing answers in clear. `verified`, `plain_verified`: the certificates met are good.
    """

    url: Url
    head: Head
    page: Page
    html: bool
    secure: bool
    verified: bool
    plain_route: tuple[Url, ...] = ()
    plain_verified: bool = True
    cookies: tuple[str, ...] = ()
    """`Set-Cookie` values met on the way."""
    cors: tuple[str | None, str | None, bool] = (None, None, False)
    """Allowed origin, allowed credentials, whether the origin let in is the one that was invented."""
    preloaded: frozenset[str] = field(default_factory=frozenset)
    """Names of a list of preloaded HSTS sites, when one was loaded."""

    @property
    def is_preloaded(self) -> bool:
        """Whether the site is on the list."""
        return self.url.host in self.preloaded
