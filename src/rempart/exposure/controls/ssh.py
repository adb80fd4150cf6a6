"""SSH: the protocol's version and the algorithms that a server offers. Passwords and users are never tried."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.service_rows import told
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_SSH = ("ssh",)


@cache
def known() -> dict[str, dict[str, list[str]]]:
    """Return the algorithms not to offer, by kind and gravity (`ssh.toml`)."""
    return tomllib.loads(files(__package__).joinpath("ssh.toml").read_text(encoding="utf-8"))


@control("vuln_service_ssh_protocol_1")
def protocol_1(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge servers that still speak version 1 of the protocol (they announce 1.x)."""
    servers = surface.facts("ssh").with_columns(
        bad=pl.col("version").str.starts_with("1."), ssh_version=pl.col("version"), ssh_software=pl.col("software")
    )
    yield told(entry, surface, servers, "ssh_version", "ssh_software", protocols=_SSH)


@control("vuln_service_ssh_kex")
def key_exchanges(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the key exchanges."""
    yield from _by_gravity(entry, surface, "kex")


@control("vuln_service_ssh_ciphers")
def ciphers(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the ciphers."""
    yield from _by_gravity(entry, surface, "cipher")


@control("vuln_service_ssh_macs")
def codes(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the authentication codes."""
    yield from _by_gravity(entry, surface, "mac")


@control("vuln_service_ssh_host_keys")
def host_keys(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the host keys."""
    yield from _by_gravity(entry, surface, "host_key")


@control("vuln_service_ssh_post_quantum")
def post_quantum(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge servers without any key exchange that resists a quantum computer."""
    hybrid = pl.col("algorithm").is_in(known()["kex"]["post_quantum"])
    servers = _of_kind(surface, "kex").group_by(ENDPOINT, maintain_order=True).agg(bad=~hybrid.any())
    yield told(entry, surface, servers, protocols=_SSH)


def _by_gravity(entry: Control, surface: Surface, kind: str) -> Iterator[Verdict]:
    for level, gravity in zip(entry.levels, ("broken", "weak"), strict=True):
        listed = pl.col("algorithm").is_in(known()[kind][gravity])
        servers = (
            _of_kind(surface, kind)
            .group_by(ENDPOINT, maintain_order=True)
            .agg(bad=listed.any(), ssh_algorithms=pl.col("algorithm").filter(listed).str.join(", "))
        )
        yield told(entry, surface, servers, "ssh_algorithms", protocols=_SSH, level=level)


def _of_kind(surface: Surface, kind: str) -> pl.DataFrame:
    return surface.facts("ssh_algorithms").filter(pl.col("kind") == kind)
