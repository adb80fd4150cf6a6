"""Who and what an alert is about, named so that one machine or account has one name."""

import ipaddress
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from rempart.detection.alerts.alert import Alert


@cache
def _shared() -> Mapping[str, frozenset[str]]:
    path = files("rempart.detection").joinpath("words", "entities.toml")
    return {kind: frozenset(names) for kind, names in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def host_key(name: str) -> str:
    """Return the name of a machine in lower case, without its domain; an address stays whole."""
    plain = name.strip().lower().rstrip(".")
    return plain if is_address(plain) else plain.partition(".")[0]


def user_key(name: str) -> str:
    r"""Return the name of an account in lower case, without its domain (`DOMAIN\name`, `name@domain`)."""
    plain = name.strip().lower().rpartition("\\")[2]
    return plain.partition("@")[0] or plain


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def links(alert: Alert) -> tuple[str, ...]:
    """Return what links this alert to others: its machine, account and address, those everybody shares left out.

    The account of a machine (`SRV1$`) is that machine.
    """
    host, user, address = host_key(alert.host), user_key(alert.user), plain_address(alert.address).lower()
    found = []
    if host not in _shared()["hosts"]:
        found.append(f"host:{host}")
    if user.endswith("$") and len(user) > 1:
        found.append(f"host:{user[:-1]}")
    elif user not in _shared()["accounts"]:
        found.append(f"user:{user}")
    if address not in _shared()["addresses"]:
        found.append(f"host:{host_key(address)}" if not is_address(address) else f"address:{address}")
    return tuple(dict.fromkeys(found))


def plain_address(text: str) -> str:
    """Return an address as people write it: an IPv4 one that is told as IPv6 (`::ffff:10.0.0.1`) without its prefix."""
    try:
        mapped = ipaddress.IPv6Address(text.strip()).ipv4_mapped
    except ValueError:
        return text.strip()
    return str(mapped) if mapped else text.strip()


def short_host(name: str) -> str:
    """Return the name of a machine without its domain, as it is written; an address stays whole."""
    return name if is_address(name.strip()) else name.partition(".")[0] or name


def named(alert: Alert) -> tuple[str, str, str]:
    """Return the machine, the account and the address of an alert as people read them, empty when they name nobody."""
    host = "" if host_key(alert.host) in _shared()["hosts"] else alert.host
    user = "" if user_key(alert.user) in _shared()["accounts"] or alert.user.endswith("$") else alert.user
    address = "" if alert.address.strip().lower() in _shared()["addresses"] else plain_address(alert.address)
    return host, user, address
