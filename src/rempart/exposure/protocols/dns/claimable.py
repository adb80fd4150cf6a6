"""Names that point to a place somebody else could take (`claimable.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GONE = "nxdomain"


@dataclass(frozen=True)
class Hosting:
    """A hosting service: what its names end in, and the sign that a place of it is abandoned."""

    suffix: str
    name: str
    gone: str

    @property
    def says_so_on_a_page(self) -> bool:
        """Whether the sign is a page, which one must ask for."""
        return self.gone != GONE

    def abandoned(self, page: bytes) -> bool:
        """Tell whether a page says that the place is nobody's."""
        return self.says_so_on_a_page and self.gone.encode() in page


@cache
def _services() -> tuple[Hosting, ...]:
    entries = tomllib.loads(files(__package__).joinpath("claimable.toml").read_text(encoding="utf-8"))
    return tuple(Hosting(**entry) for entry in entries["services"])


def hosting_of(target: str) -> Hosting | None:
    """Return the service that a name belongs to."""
    return next((each for each in _services() if target.lower().rstrip(".").endswith(f".{each.suffix}")), None)
