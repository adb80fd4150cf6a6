"""Distances: how far each service is from a profile, and its grade by the SSL Labs guide. Never scored."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.tls_certificates import leaves
from rempart.exposure.controls.tls_grade import grades
from rempart.exposure.controls.tls_rows import judge
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.protocols.tls import registry as reg
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

Profile = dict[str, Any]
_AEAD_13 = ("AES_GCM", "CHACHA20_POLY1305")
_KEY = list(ENDPOINT)


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles by name."""
    return reg.read_table("profiles.toml")


def _gaps(surface: Surface, profile: Profile) -> pl.DataFrame:
    """Return one row for each thing that a service has and the profile does not allow: endpoint and `gap`."""
    suites, old = surface.facts("tls_suites"), pl.col("version") != reg.TLS13
    allowed = pl.col("cipher").is_in(profile["ciphers"]) & pl.col("key_exchange").is_in(profile["exchanges"])
    new = pl.col("cipher").is_in([*_AEAD_13, *(["AES_CCM"] if "AES_CCM" in profile["ciphers"] else [])])
    versions = surface.facts("tls_protocols").filter(pl.col("offered"), ~pl.col("version").is_in(profile["versions"]))
    parts = [
        versions.select(*_KEY, gap="version"),
        suites.filter(pl.when(old).then(~allowed).otherwise(~new)).select(*_KEY, gap="suite"),
        suites.filter(pl.col("dh_bits") < profile["dh_bits"]).select(*_KEY, gap=pl.format("DH {}", "dh_bits")),
        surface.facts("tls_groups").filter(~pl.col("group").is_in(profile["groups"])).select(*_KEY, gap="group"),
        leaves(surface).filter(_wrong_key(profile)).select(*_KEY, gap=pl.format("{} {}", "algorithm", "key_bits")),
    ]
    if profile["days"]:
        lasting = pl.col("not_after") - pl.col("not_before") > timedelta(days=profile["days"] + 1)
        days = (pl.col("not_after") - pl.col("not_before")).dt.total_days()
        parts.append(leaves(surface).filter(lasting).select(*_KEY, gap=pl.format("{} d", days)))
    return pl.concat(parts).unique(maintain_order=True)


def _wrong_key(profile: Profile) -> pl.Expr:
    small = (pl.col("algorithm") == "RSA") & (pl.col("key_bits") < profile["rsa_bits"])
    wrong: pl.Expr = (~pl.col("algorithm").is_in(profile["keys"]) | small).fill_null(value=False)
    return wrong


def distance(surface: Surface, names: Sequence[str]) -> pl.DataFrame:
    """Return one row a service and profile: `profile`, `distance` (things to change), `gaps` (first eight), `bad`."""
    services = surface.facts("tls_services").filter(pl.col("tls")).select(*_KEY, "tested")
    frames = []
    for name in names:
        found = _gaps(surface, profiles()[name]).group_by(_KEY, maintain_order=True)
        summed = found.agg(distance=pl.len(), gaps=pl.col("gap").head(8).str.join(", "))
        rows = services.join(summed, on=_KEY, how="left").with_columns(pl.col("distance").fill_null(0))
        far, tested = pl.col("distance") > 0, pl.col("tested")
        bad = pl.when(far).then(True).when(tested).then(False).otherwise(None)  # noqa: FBT003
        frames.append(rows.with_columns(profile=pl.lit(name), bad=bad))
    return pl.concat(frames)


@control("info_tls_profile_anssi")
def anssi(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services with the distance that parts them from ANSSI's guide."""
    yield judge(entry, surface, distance(surface, ["anssi"]), "profile", "distance", "gaps")


@control("info_tls_profile_mozilla")
def mozilla(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services with the distance that parts them from each of Mozilla's profiles."""
    names = [name for name in profiles() if name.startswith("mozilla")]
    yield judge(entry, surface, distance(surface, names), "profile", "distance", "gaps")


@control("info_tls_grade")
def grade(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services whose grade by the SSL Labs guide is under A, with the parts of the score."""
    rows = grades(surface)
    yield judge(entry, surface, rows, "grade", "score", "protocol", "exchange", "cipher", "caps")
