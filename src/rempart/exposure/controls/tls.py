"""Versions, suites and manners of TLS services."""

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.tls_rows import by_suite, by_version, judge, spoken
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

RSA_3072_FROM = datetime(2031, 1, 1, tzinfo=UTC)
"""From this day RSA and DH ask for 3072 bits (ANSSI-PG-083 v3.00); until then 2048."""
_OLD_BLOCKS = ("3DES_CBC", "IDEA_CBC")
_VERY_OLD = ("DES_CBC", "RC2_CBC", "SKIPJACK_CBC")
_CBC = pl.col("cipher").str.ends_with("_CBC") & ~pl.col("cipher").is_in(_OLD_BLOCKS + _VERY_OLD)
_IN_12 = pl.col("version") == reg.TLS12


def modern_size(surface: Surface) -> int:
    """Return the size that RSA and DH moduli must have at the date of judgement, in bits."""
    return 3072 if surface.at >= RSA_3072_FROM else 2048


@control("vuln_tls_ssl")
def ssl(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that SSL 2.0 and SSL 3.0 are gone."""
    yield judge(entry, surface, by_version(surface, (reg.SSL2, reg.SSL3)), "versions", "completed")


@control("vuln_tls_old_versions")
def old_versions(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that TLS 1.0 and 1.1 are gone."""
    yield judge(entry, surface, by_version(surface, (reg.TLS10, reg.TLS11)), "versions", "completed")


@control("vuln_tls_no_modern")
def no_modern(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that TLS 1.2 or 1.3 is there."""
    modern = by_version(surface, (reg.TLS12, reg.TLS13)).with_columns(bad=~pl.col("bad"))
    yield judge(entry, surface, modern)


@control("vuln_tls_13")
def version_13(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that TLS 1.3 is there, and, at level 5, that it is alone."""
    present = by_version(surface, (reg.TLS13,)).with_columns(bad=~pl.col("bad"))
    yield judge(entry, surface, present, level=4)
    others = tuple(version for version in reg.VERSIONS if version != reg.TLS13)
    yield judge(entry, surface, by_version(surface, others), "versions", level=5)


@control("vuln_tls_null")
def null(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no suite leaves the data in clear."""
    yield judge(entry, surface, by_suite(surface, pl.col("cipher") == "NULL"), "suites", "completed")


@control("vuln_tls_anonymous")
def anonymous(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no suite does without authentication."""
    yield judge(entry, surface, by_suite(surface, pl.col("authentication") == "anon"), "suites", "completed")


@control("vuln_tls_export")
def export(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no suite is one of the export grade."""
    yield judge(entry, surface, by_suite(surface, pl.col("export")), "suites")


@control("vuln_tls_rc4")
def rc4(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that RC4 is gone."""
    yield judge(entry, surface, by_suite(surface, pl.col("cipher") == "RC4"), "suites")


@control("vuln_tls_des")
def des(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that DES and RC2 are gone, then the other ciphers of 64-bit blocks."""
    yield judge(entry, surface, by_suite(surface, pl.col("cipher").is_in(_VERY_OLD)), "suites", level=2)
    yield judge(entry, surface, by_suite(surface, pl.col("cipher").is_in(_OLD_BLOCKS)), "suites", level=3)


@control("vuln_tls_cbc")
def cbc(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that CBC in TLS 1.2 comes with encrypt-then-mac, and, at level 4, that it is not there."""
    yield judge(entry, surface, by_suite(surface, _CBC & _IN_12 & ~pl.col("etm")), "suites", level=3)
    yield judge(entry, surface, by_suite(surface, _CBC & _IN_12), "suites", level=4)


@control("vuln_tls_forward_secrecy")
def forward_secrecy(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every suite has forward secrecy."""
    yield judge(entry, surface, by_suite(surface, ~pl.col("fs")), "suites")


@control("vuln_tls_dh")
def dh_size(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the size of Diffie-Hellman moduli, at the date of judgement."""
    for level, least in ((2, 1024), (3, modern_size(surface)), (4, 3072)):
        small = by_suite(surface, pl.col("dh_bits") < least)
        yield judge(entry, surface, small, "dh_bits", level=level, measured={"limit": least})


@control("vuln_tls_groups")
def groups(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no elliptic curve is worth less than 128 bits."""
    weak = surface.facts("tls_groups").filter(pl.col("kind") == "ec", pl.col("strength") < 128)  # noqa: PLR2004
    yield judge(
        entry, surface, spoken(surface, weak, pl.col("group").unique().sort().str.join(", ").alias("groups")), "groups"
    )


@control("vuln_tls_handshake_signature")
def handshake_signature(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no handshake is signed over SHA-1 or MD5."""
    yield _flag(entry, surface, pl.col("sha1_signature"))


@control("vuln_tls_renegotiation")
def renegotiation(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that renegotiation is bound to the session it renews."""
    yield _flag(entry, surface, ~pl.col("secure_renegotiation"))


@control("vuln_tls_compression")
def compression(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that TLS does not compress."""
    yield _flag(entry, surface, pl.col("compression"))


@control("warning_tls_heartbeat")
def heartbeat(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell of the heartbeat extension; no heartbeat is sent."""
    yield _flag(entry, surface, pl.col("heartbeat"))


@control("warning_tls_fallback")
def fallback(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell that a client pushed down a version is not warned. One version alone has nothing to fall back to."""
    several = surface.facts("tls_protocols").filter(pl.col("offered")).group_by("address", "port", "transport", "name")
    many = several.len("versions_count")
    rows = surface.facts("tls_services").filter(pl.col("tls")).join(many, on=["address", "port", "transport", "name"])
    alone = pl.col("versions_count") < 2  # noqa: PLR2004 — two make a fallback
    yield judge(entry, surface, rows.with_columns(bad=pl.when(alone).then(False).otherwise(~pl.col("fallback"))))  # noqa: FBT003


@control("warning_tls_server_order")
def server_order(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell that the server lets its client choose the suite, where there is a choice."""
    rows = surface.facts("tls_services").filter(pl.col("tls"))
    count = surface.facts("tls_suites").group_by("address", "port", "transport", "name", "version").len("count")
    most = count.group_by("address", "port", "transport", "name").agg(pl.col("count").max())
    joined = rows.join(most, on=["address", "port", "transport", "name"], how="left")
    alone = pl.col("count").fill_null(0) < 2  # noqa: PLR2004 — a choice is between two
    yield judge(entry, surface, joined.with_columns(bad=pl.when(alone).then(False).otherwise(~pl.col("server_order"))))  # noqa: FBT003


@control("warning_tls_extended_secret")
def extended_secret(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell that sessions before TLS 1.3 are not bound to their handshake."""
    rows = surface.facts("tls_services").filter(pl.col("tls"))
    yield judge(entry, surface, rows.with_columns(bad=~pl.col("extended_secret").fill_null(value=True)))


@control("info_tls_post_quantum")
def post_quantum(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services whose keys a quantum computer would open."""
    hybrid = surface.facts("tls_groups").filter(pl.col("kind").is_in(["hybrid", "pq"]))
    rows = spoken(surface, hybrid, pl.col("group").first().alias("groups"))
    yield judge(entry, surface, rows.with_columns(bad=~pl.col("bad")))


def _flag(entry: Control, surface: Surface, bad: pl.Expr) -> Verdict:
    """Judge a manner of the services that speak TLS."""
    return judge(entry, surface, surface.facts("tls_services").filter(pl.col("tls")).with_columns(bad=bad))
