"""Networks as regular expressions on written addresses: the same in every dialect, without any extension."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network

_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_GROUP = "[0-9a-f]{1,4}"
_GROUP_BITS = 16
_HALF_BYTE_BITS = 4
_ANY_V6 = "[0-9a-f:]*:[0-9a-f:.]*"


def address_pattern(cidr: str) -> str | None:
    """Return an expression for the lower-cased addresses of a network, None when writing alone cannot tell.

    An IPv4 network takes its addresses written inside IPv6 (`::ffff:`) too. An IPv6 network is told by the first group,
    or is one address: what lies between depends on how zeros are shortened.
    """
    network = ip_network(cidr, strict=False)
    return _v4(network) if isinstance(network, IPv4Network) else _v6(network)


def _v4(network: IPv4Network) -> str:
    first, last = network.network_address.packed, network.broadcast_address.packed
    parts = [_between(low, high) for low, high in zip(first, last, strict=True)]
    return rf"^(::ffff:)?{'[.]'.join(parts)}$"


def _between(low: int, high: int) -> str:
    if (low, high) == (0, 255):
        return _BYTE
    return str(low) if low == high else f"({'|'.join(str(one) for one in range(low, high + 1))})"


def _v6(network: IPv6Network) -> str | None:
    if network.prefixlen == network.max_prefixlen:
        return f"^({'|'.join(_ways(network.network_address))})$"
    if network.prefixlen == 0:
        return f"^{_ANY_V6}$"
    start = int(network.network_address) >> (network.max_prefixlen - _GROUP_BITS)
    if network.prefixlen > _GROUP_BITS or start < 1 << (_GROUP_BITS - _HALF_BYTE_BITS):
        return None
    last = start | ((1 << (_GROUP_BITS - network.prefixlen)) - 1)
    digits = [_digits(f"{start:04x}"[at], f"{last:04x}"[at]) for at in range(4)]
    return f"^{''.join(digits)}:[0-9a-f:.]*$"


def _digits(low: str, high: str) -> str:
    return low if low == high else f"[{''.join(f'{one:x}' for one in range(int(low, 16), int(high, 16) + 1))}]"


def _ways(address: IPv6Address) -> list[str]:
    """Return how one address is written: shortened, in full, and with each group shortened (as Sysmon does)."""
    groups = address.exploded.split(":")
    return [address.compressed, address.exploded, ":".join(f"{int(group, 16):x}" for group in groups)]
