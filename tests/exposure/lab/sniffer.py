"""The counting listener: what a run sends on the loopback, with the kernel's own time of each packet.

Needs root. A packet counts when a client sends it first or writes in it: a SYN, a datagram, a segment with data.
Clients are told by their port, above those of the test's servers (all below 20,000).
"""

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

_ETH_P_ALL = 3
_TIMESTAMP_NS = 35  # SO_TIMESTAMPNS
_OUTGOING = 4
_BUFFER = 1 << 26
SERVERS_BELOW = 20_000


@dataclass(frozen=True)
class Packet:
    """One packet of ours: seconds, address it goes to, its port, and what it is (syn, data, datagram)."""

    at: float
    to: str
    port: int
    kind: str


class Sniffer:
    """Listens from entering to leaving; then `packets` holds what passed."""

    def __enter__(self) -> Self:
        self.packets: list[Packet] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, _TIMESTAMP_NS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, 33, _BUFFER)  # SO_RCVBUFFORCE
        self._socket.bind(("lo", 0))
        self._socket.setblocking(False)  # noqa: FBT003 — the standard library's own name
        return self

    def __exit__(self, *_: object) -> None:
        while True:
            try:
                data, ancillary, _, address = self._socket.recvmsg(256, 256)
            except BlockingIOError:
                break
            if address[2] == _OUTGOING:
                seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
                found = _read(data)
                if found is not None:
                    self.packets.append(Packet(seconds + nanoseconds / 1e9, *found))
        self._socket.close()

    def to(self, *addresses: str, kinds: Sequence[str] = ("syn", "data", "datagram")) -> list[float]:
        """Return the times of what went to these addresses (all when none is named)."""
        return [each.at for each in self.packets if each.kind in kinds and (not addresses or each.to in addresses)]


def _read(data: bytes) -> tuple[str, int, str] | None:
    version = data[0] >> 4
    if version == 4:
        header, protocol, length = (data[0] & 15) * 4, data[9], struct.unpack_from("!H", data, 2)[0]
        to = socket.inet_ntop(socket.AF_INET, data[16:20])
    else:
        header, protocol, length = 40, data[6], 40 + struct.unpack_from("!H", data, 4)[0]
        to = socket.inet_ntop(socket.AF_INET6, data[24:40])
    if protocol not in {socket.IPPROTO_TCP, socket.IPPROTO_UDP}:
        return None
    source, port = struct.unpack_from("!HH", data, header)
    if source < SERVERS_BELOW:
        return None
    if protocol == socket.IPPROTO_UDP:
        return to, port, "datagram"
    flags, offset = data[header + 13], (data[header + 12] >> 4) * 4
    if flags & 0x12 == 0x02:
        return to, port, "syn"
    return (to, port, "data") if length > header + offset else None


def most_in_a_second(times: Sequence[float]) -> int:
    """Return the largest number of packets in any window of one second (both ends in)."""
    ordered = sorted(times)
    most = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] > 1:
            first += 1
        most = max(most, last - first + 1)
    return most
