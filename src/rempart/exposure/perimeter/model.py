"""What `perimeter.toml` says: mandate, names, ranges, exclusions, rates, quiet hours, resolvers."""

import ipaddress
import re
from datetime import date, time
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rempart.exposure.perimeter.words import WrongValueError

Network = IPv4Network | IPv6Network

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253
_WIDEST = {4: 16, 6: 48}
"""The shortest prefix of a range: beyond it is a slip of the keyboard, or not a hospital."""
DNS_PORT = 53


def domain_name(text: str) -> str:
    """Return a domain name in lower case, without final dot, its accents in IDNA form.

    Raises:
        WrongValueError: no domain name (RFC 1035, 2.3.1; underscores are taken, as DNS has them).

    """
    try:
        name = text.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(labels) < 2 or len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():  # noqa: PLR2004
        raise WrongValueError(f"« {text} » n'est pas un nom de domaine", f"{text!r} is not a domain name")
    return name


def network(text: object) -> Network:
    """Return the range a text names: a CIDR range, or one address.

    Raises:
        WrongValueError: neither, with host bits set, or wider than any hospital's.

    """
    try:
        found = ipaddress.ip_network(str(text))
    except ValueError as error:
        raise WrongValueError(
            f"« {text} » n'est pas une plage d'adresses (exemple : 192.0.2.0/28)",
            f"{text!r} is not a range of addresses (for example 192.0.2.0/28)",
        ) from error
    if found.prefixlen < _WIDEST[found.version]:
        raise WrongValueError(
            f"plage {found} trop large : /{_WIDEST[found.version]} au plus",
            f"range {found} is too wide: /{_WIDEST[found.version]} at most",
        )
    return found


def socket_address(text: object) -> tuple[str, int]:
    """Return address and port of a resolver: `192.0.2.53`, `192.0.2.53:5353` or `[2001:db8::53]:5353`."""
    found = re.fullmatch(r"\[?([0-9a-fA-F:.]+?)\]?(?:(?<=\]):(\d+)|(?<=\d):(\d+))?", str(text))
    whole = str(text).count(":") > 1 and not str(text).startswith("[")
    address, port = (str(text), "") if whole or found is None else (found[1], found[2] or found[3] or "")
    try:
        return str(ipaddress.ip_address(address)), int(port or DNS_PORT)
    except ValueError as error:
        raise WrongValueError(f"« {text} » n'est pas une adresse", f"{text!r} is not an address") from error


DomainName = Annotated[str, AfterValidator(domain_name)]
AnyNetwork = Annotated[Network, BeforeValidator(network)]
Resolver = Annotated[tuple[str, int], BeforeValidator(socket_address)]
Rate = Annotated[float, Field(gt=0, le=100_000)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Words = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rates(_Table):
    """How much, at most: opened connections and packets a second, connections open at once. None: no limit here.

    A packet is what Rempart sends first or writes: the SYN of each try, each datagram, each 1,400 bytes written. What
    the kernel adds on its own (acknowledgements, endings) is not counted.
    """

    connections_per_second: Rate | None = None
    packets_per_second: Rate | None = None
    at_once: Count | None = None


WHOLE_RUN = Rates(connections_per_second=200, packets_per_second=600, at_once=128)
PER_ADDRESS = Rates(connections_per_second=10, packets_per_second=30, at_once=3)
"""A tenth of what a browser opens on one page, and three talks at once: no printer, PACS or firewall notices it."""


class AllRates(Rates):
    """The limits of a whole run, of each address in it, and of what is asked of the resolvers."""

    address: Rates = Rates()
    dns_per_second: Rate = 50.0

    def of_run(self) -> Rates:
        """Return the limits of the run, the house's own where the file says nothing."""
        given = self.model_dump(exclude={"address", "dns_per_second"}, exclude_none=True)
        return WHOLE_RUN.model_copy(update=given)

    def of_address(self) -> Rates:
        """Return the limits of each address, the house's own where the file says nothing."""
        return PER_ADDRESS.model_copy(update=self.address.model_dump(exclude_none=True))


class Mandate(_Table):
    """Who gave leave, when, until when (last day included, Paris time), and the page the User-Agent names."""

    by: Words
    on: date
    until: date
    contact: Words

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until < self.on:
            raise WrongValueError("le mandat finit avant de commencer", "the mandate ends before it begins")
        return self


class _Asset(_Table):
    owner: str = ""
    role: str = ""
    weight: float = Field(default=0.7, gt=0, le=1)


class Name(_Asset):
    """A declared domain name.

    `subdomains` declares all names beneath it; `sweep` lets every port of its addresses be tried.
    """

    name: DomainName
    subdomains: bool = False
    sweep: bool = False

    def covers(self, name: str) -> bool:
        """Tell whether a name is this one, one beneath it when they are declared, or its MTA-STS host (RFC 8461)."""
        beneath = self.subdomains and name.endswith(f".{self.name}")
        return name == self.name or beneath or name == f"mta-sts.{self.name}"


class Range(_Asset):
    """A declared range of addresses, or one address; `rates` bound what goes to the whole of it."""

    range: AnyNetwork
    rates: Rates = Rates()


class Exclusion(_Table):
    """What must not be touched, who asked for it, why and until when. Several keys narrow it down (all must hold)."""

    range: AnyNetwork | None = None
    name: DomainName | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    survey: str | None = None
    author: Words
    reason: Words
    until: date

    @model_validator(mode="after")
    def _excludes_something(self) -> Self:
        if self.range is None and self.name is None and self.port is None and self.survey is None:
            raise WrongValueError(
                "une exclusion nomme au moins range, name, port ou survey",
                "an exclusion names at least one of range, name, port, survey",
            )
        return self


class Declaration(_Table):
    """What somebody read on the spot where the internet shows nothing: a hidden version, or a port that is filtered.

    `host` is a declared name or an address; without `port`, a version holds for every service of the host.
    """

    host: Words
    port: int | None = Field(default=None, ge=1, le=65535)
    product: str = ""
    version: str = ""
    filtered: bool = False
    by: Words
    on: date

    @model_validator(mode="after")
    def _declares_one_thing(self) -> Self:
        if self.filtered == bool(self.product or self.version) or bool(self.product) != bool(self.version):
            raise WrongValueError(
                "une déclaration donne product et version, ou filtered = true",
                "a declaration gives product and version, or filtered = true",
            )
        if self.filtered and self.port is None:
            raise WrongValueError("un filtrage déclaré nomme son port UDP", "a declared filter names its UDP port")
        return self


class Quiet(_Table):
    """Hours of every day during which nothing is sent (Paris time); `until` before `from` crosses midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    begins: time = Field(alias="from")
    ends: time = Field(alias="until")


class Perimeter(_Table):
    """The whole file. `digest` is the SHA-256 of its text."""

    mandate: Mandate
    names: tuple[Name, ...] = ()
    ranges: tuple[Range, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    rates: AllRates = AllRates()
    quiet: tuple[Quiet, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    resolvers: tuple[Resolver, ...] = ()
    digest: str = ""

    @model_validator(mode="after")
    def _declares_something(self) -> Self:
        if not self.names and not self.ranges:
            raise WrongValueError("rien n'est déclaré : ni [[names]] ni [[ranges]]", "no [[names]] and no [[ranges]]")
        return self

    @property
    def declared(self) -> tuple[str, ...]:
        """The declared names then ranges, for people."""
        return tuple(each.name for each in self.names) + tuple(str(each.range) for each in self.ranges)
