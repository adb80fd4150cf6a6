"""File sharing, directories, supervision, printing and industrial equipment."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.service_rows import by_port, by_protocol, exposed, told
from rempart.exposure.facts.declared import filtered
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_SMB, _FTP, _LDAP = ("smb",), ("ftp",), ("ldap",)


@control("vuln_service_smb_exposed")
def smb_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge SMB servers by their being there."""
    yield by_protocol(entry, surface, *_SMB)


@control("vuln_service_smb_1")
def smb_1(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge SMB servers that take NT LM 0.12."""
    servers = surface.facts("smb").with_columns(bad=pl.col("smb1"))
    yield told(entry, surface, servers, "dialect", protocols=_SMB)


@control("vuln_service_smb_signing")
def smb_signing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge SMB servers that do not require signatures."""
    servers = surface.facts("smb").with_columns(bad=~pl.col("requires"))
    yield told(entry, surface, servers, "dialect", protocols=_SMB)


@control("vuln_service_ftp_clear")
def ftp_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge FTP servers that ask for a password in clear, or that have no TLS to offer."""
    servers = surface.facts("ftp")
    bad = pl.col("clear") | ~pl.col("auth_tls")  # null as long as one of the two is not known and the other is fine
    yield told(entry, surface, servers.with_columns(bad=bad), "auth_tls", protocols=_FTP)


@control("vuln_service_ftp_anonymous")
def ftp_anonymous(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge FTP servers that let visitors in."""
    servers = surface.facts("ftp").with_columns(bad=pl.col("anonymous"), ftp_banner=pl.col("banner"))
    yield told(entry, surface, servers, "ftp_banner", protocols=_FTP)


@control("vuln_service_ldap_exposed")
def ldap_exposed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge directories by their being there."""
    yield by_protocol(entry, surface, *_LDAP)


@control("warning_service_ldap_contexts")
def ldap_contexts(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge directories that tell anybody the bases they hold."""
    servers = surface.facts("ldap").with_columns(
        bad=pl.when(pl.col("result").is_not_null()).then(pl.col("contexts").list.len() > 0),
        naming_contexts=pl.col("contexts").list.join(" ; "),
    )
    yield told(entry, surface, servers, "naming_contexts", protocols=_LDAP)


@control("vuln_service_snmp")
def snmp(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge SNMP agents that answer. UDP says nothing of those that do not: nothing passes on silence alone."""
    agents = surface.facts("snmp").with_columns(bad=pl.lit(value=True))
    asked = surface.snapshot.observations.filter(pl.col("probe") == "service.snmp")
    silent = asked.join(agents, on=["address", "port", "transport"], how="anti")
    closed = (pl.col("outcome") == "refused") | _declared_filtered(surface)
    refused = silent.filter(closed).with_columns(bad=pl.lit(value=False))
    unknown = silent.filter(~closed).with_columns(bad=pl.lit(None, pl.Boolean))
    rows = pl.concat([agents, refused, unknown], how="diagonal_relaxed").select(
        "address", "port", "transport", "name", "bad", "enterprise"
    )
    yield told(entry, surface, rows, "enterprise", protocols=("snmp",))


def _declared_filtered(surface: Surface) -> pl.Expr:
    """Tell whether somebody declared that a UDP port is filtered, by its address or one of its names."""
    places = filtered(surface.snapshot)
    names = surface.snapshot.assets.join(places, left_on="name", right_on="host").select("address", "port")
    closed = pl.concat([places.rename({"host": "address"}), names]).unique()
    pairs = closed.select(pl.concat_str("address", pl.lit(" "), "port")).to_series().implode()
    return pl.concat_str("address", pl.lit(" "), "port").is_in(pairs)


@control("vuln_service_network_files")
def network_files(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge NFS, rpcbind and rsync servers by their being there."""
    yield by_protocol(entry, surface, "nfs", "rpcbind", "rsync")


@control("vuln_service_printing")
def printing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the printing ports."""
    yield by_port(entry, surface, "printing")


@control("warning_service_untouched")
def untouched(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ports of industrial and building automation: a run never opens one, but others' may have."""
    yield by_port(entry, surface, "industrial")


@control("warning_service_voice")
def voice(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge telephony servers by their being there."""
    yield by_protocol(entry, surface, "sip")


@control("warning_service_cameras")
def cameras(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge video servers by their being there."""
    yield by_protocol(entry, surface, "rtsp")


@control("info_service_inventory")
def inventory(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List every open service that was named."""
    yield exposed(
        entry, surface, surface.open_services.filter(pl.col("protocol") != "").with_columns(name=pl.lit("")), ()
    )


@control("warning_service_unknown")
def unknown(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the open ports that nobody could name."""
    nameless = (pl.col("protocol") == "") & (pl.col("tls") == "")
    yield exposed(entry, surface, surface.open_services.filter(nameless).with_columns(name=pl.lit("")), ())
