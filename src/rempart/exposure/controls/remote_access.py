"""Remote control: RDP, VNC, Telnet, old remote shells, maintenance tools and consoles."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.service_rows import by_port, by_protocol, told
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict


@control("vuln_service_rdp_exposed")
def rdp_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge RDP servers by their being there."""
    yield by_protocol(entry, surface, "rdp")


@control("vuln_service_rdp_security")
def rdp_security(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the least security that RDP servers take: RDP's own, then TLS without authentication before the session."""
    servers = surface.facts("rdp")
    for level, column in zip(entry.levels, ("standard", "tls"), strict=True):
        yield told(entry, surface, servers.with_columns(bad=pl.col(column)), "nla", protocols=("rdp",), level=level)


@control("vuln_service_vnc_exposed")
def vnc_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge VNC servers by their being there."""
    yield by_protocol(entry, surface, "vnc")


@control("vuln_service_vnc_open")
def vnc_open(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge VNC servers that offer no security at all."""
    servers = surface.facts("vnc").with_columns(bad=pl.col("open"), security_types=pl.col("types").list.join(", "))
    yield told(entry, surface, servers, "security_types", protocols=("vnc",))


@control("vuln_service_telnet")
def telnet(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge Telnet servers by their being there."""
    yield by_protocol(entry, surface, "telnet")


@control("vuln_service_remote_shells")
def remote_shells(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ports of rexec, rlogin and rsh."""
    yield by_port(entry, surface, "shells")


@control("vuln_service_maintenance")
def maintenance(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ports of remote maintenance tools."""
    yield by_port(entry, surface, "maintenance")


@control("vuln_service_consoles")
def consoles(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ports of hypervisors', backups' and servers' consoles."""
    yield by_port(entry, surface, "consoles")
