"""What stands in front of a site (a CDN, an application firewall), and whether it refused our question itself."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from rempart.exposure.protocols.http.response import Response

_EXCERPT = 8192
_REFUSED = 400


class Front(BaseModel):
    """One kind of front, as `fronts.toml` tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    seen: dict[str, str]
    blocked: str | None = None


@cache
def fronts() -> tuple[Front, ...]:
    """Return the fronts that are known."""
    data = tomllib.loads(files(__package__).joinpath("fronts.toml").read_text(encoding="utf-8"))
    return tuple(Front(**entry) for entry in data["front"])


def front(answer: Response) -> tuple[str | None, bool]:
    """Return the name of the front that an answer shows, and whether the answer is the front's own refusal.

    What a refusal shows is the front's, not the site's: nothing behind it can be judged.
    """
    text = answer.body[:_EXCERPT].decode("latin-1") if answer.head.status >= _REFUSED else ""
    for known in fronts():
        if text and known.blocked and re.search(known.blocked, text):
            return known.name, True
    for known in fronts():
        if any(re.search(rule, value) for name, rule in known.seen.items() for value in answer.head.all(name)):
            return known.name, False
    return None, False
