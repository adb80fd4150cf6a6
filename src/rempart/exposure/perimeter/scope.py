"""The one function that says whether something may be touched, and why not."""

import ipaddress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from rempart.exposure.perimeter.model import Exclusion, Name, Perimeter, Range
from rempart.exposure.perimeter.quiet import PARIS
from rempart.measurement.text import Text

USUAL_PORTS = frozenset({21, 22, 25, 53, 80, 110, 143, 443, 465, 587, 993, 995, 8080, 8443})
"""What a shared host or a CDN serves to anyone: all that is asked of an address reached only through a name."""

_NOBODYS = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
"""Addresses that are not on the internet (RFC 6890): a name that leads there leads to ourselves or to a neighbour."""


class Refusal(StrEnum):
    """Why something may not be touched."""

    NONE = ""
    OUTSIDE = "outside"
    SHARED = "shared"
    EXCLUDED = "excluded"
    MANDATE = "mandate"


_REASONS = {
    Refusal.OUTSIDE: Text(fr="hors du périmètre déclaré", en="outside the declared perimeter"),
    Refusal.SHARED: Text(
        fr="adresse connue par un nom seulement (hébergement mutualisé ?) : services usuels seuls",
        en="address known through a name only (shared hosting?): usual services only",
    ),
    Refusal.MANDATE: Text(fr="aucun mandat ne vaut ce jour-là", en="no mandate holds on that day"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether one may; when one may not, which rule forbids it and in words."""

    refusal: Refusal = Refusal.NONE
    reason: Text | None = None

    def __bool__(self) -> bool:
        return self.refusal is Refusal.NONE


GRANTED = Permission()


class Scope:
    """A perimeter, with the addresses that its names were found to have.

    A declared range is reached anywhere; an address that only a declared name leads to is asked on usual ports, unless
    the name says `sweep`. Names beneath a declared one count when it says `subdomains`.
    """

    def __init__(self, perimeter: Perimeter) -> None:
        self.perimeter = perimeter
        self._reached: dict[str, set[str]] = {}
        self._ranges: dict[str, tuple[Range, ...]] = {}  # asked for every port of an address

    def learn(self, name: str, address: str) -> None:
        """Note that a name has this address; one neither declared nor excluded teaches nothing."""
        if self.declared(name) is not None or any(each.name == name for each in self.perimeter.exclusions):
            self._reached.setdefault(address, set()).add(name)

    def names_of(self, address: str) -> tuple[str, ...]:
        """Return the declared names known to lead to an address."""
        return tuple(sorted(name for name in self._reached.get(address, ()) if self.declared(name) is not None))

    def addresses(self) -> tuple[str, ...]:
        """Return every address that declared names lead to."""
        return tuple(sorted(address for address in self._reached if self.names_of(address)))

    def declared(self, name: str) -> Name | None:
        """Return the declaration that covers a name; the most precise one."""
        found = [each for each in self.perimeter.names if each.covers(name)]
        return max(found, key=lambda each: len(each.name), default=None)

    def ranges_of(self, address: str) -> tuple[Range, ...]:
        """Return the declared ranges that hold an address, the narrowest first."""
        if address not in self._ranges:
            place = _place(address)
            found = [each for each in self.perimeter.ranges if place in each.range]
            self._ranges[address] = tuple(sorted(found, key=lambda each: -each.range.prefixlen))
        return self._ranges[address]

    def permits(self, address: str, port: int, name: str, at: datetime, survey: str = "") -> Permission:
        """Tell whether one may talk to a port of an address, by a name or none ("")."""
        if not self.mandated(at):
            return Permission(Refusal.MANDATE, _REASONS[Refusal.MANDATE])
        if not (barred := self._excluded(address, port, name, at, survey)):
            return barred
        return GRANTED if self.ranges_of(address) else self._by_name(address, port, name)

    def _by_name(self, address: str, port: int, name: str) -> Permission:
        """Tell whether one may talk to an address that no declared range holds."""
        if any(_place(address) in each for each in _NOBODYS):
            return Permission(Refusal.OUTSIDE, _REASONS[Refusal.OUTSIDE])
        leading = [name] if name else self.names_of(address)
        declared = [self.declared(each) for each in leading if each in self._reached.get(address, ())]
        if not any(declared):
            return Permission(Refusal.OUTSIDE, _REASONS[Refusal.OUTSIDE])
        if port in USUAL_PORTS or any(each is not None and each.sweep for each in declared):
            return GRANTED
        return Permission(Refusal.SHARED, _REASONS[Refusal.SHARED])

    def permits_name(self, name: str, at: datetime, survey: str = "") -> Permission:
        """Tell whether one may survey a name: ask DNS questions on its behalf."""
        if not self.mandated(at):
            return Permission(Refusal.MANDATE, _REASONS[Refusal.MANDATE])
        if self.declared(name) is None:
            return Permission(Refusal.OUTSIDE, _REASONS[Refusal.OUTSIDE])
        return self._excluded("", 0, name, at, survey)

    def sweeps(self, address: str) -> bool:
        """Tell whether all ports of an address may be tried: a declared range, or a name that says so."""
        names = (self.declared(each) for each in self.names_of(address))
        return bool(self.ranges_of(address)) or any(each is not None and each.sweep for each in names)

    def mandated(self, at: datetime) -> bool:
        """Tell whether the mandate holds at that moment (days of Paris, both included)."""
        return self.perimeter.mandate.on <= _day(at) <= self.perimeter.mandate.until

    def warnings(self, at: datetime) -> tuple[Text, ...]:
        """Return what a person should look at: exclusions that ended no longer protect anything."""
        return tuple(
            Text(
                fr=f"exclusion de {_what(each)} échue le {each.until:%d/%m/%Y} ({each.author} : {each.reason})",
                en=f"exclusion of {_what(each)} ended on {each.until:%Y-%m-%d} ({each.author}: {each.reason})",
            )
            for each in self.perimeter.exclusions
            if each.until < _day(at)
        )

    def _excluded(self, address: str, port: int, name: str, at: datetime, survey: str) -> Permission:
        day = _day(at)
        names = {name} if name else self._reached.get(address, set())
        for each in self.perimeter.exclusions:
            if each.until >= day and _holds(each, address, port, names, survey):
                reason = Text(
                    fr=f"exclu jusqu'au {each.until:%d/%m/%Y} par {each.author} : {each.reason}",
                    en=f"excluded until {each.until:%Y-%m-%d} by {each.author}: {each.reason}",
                )
                return Permission(Refusal.EXCLUDED, reason)
        return GRANTED


@lru_cache(maxsize=4096)
def _place(address: str) -> IPv4Address | IPv6Address:
    return ipaddress.ip_address(address)


def _holds(exclusion: Exclusion, address: str, port: int, names: set[str], survey: str) -> bool:
    """Tell whether every key of an exclusion matches; a name covers those beneath it."""
    if exclusion.range is not None and not (address and _place(address) in exclusion.range):
        return False
    if exclusion.name is not None:
        beneath = f".{exclusion.name}"
        if not any(name == exclusion.name or name.endswith(beneath) for name in names):
            return False
    return exclusion.port in {None, port} and exclusion.survey in {None, survey}


def _what(exclusion: Exclusion) -> str:
    parts = (exclusion.range, exclusion.name, exclusion.port, exclusion.survey)
    return ", ".join(str(part) for part in parts if part is not None)


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()
