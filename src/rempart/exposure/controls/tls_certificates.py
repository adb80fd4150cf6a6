"""Certificates of TLS services: dates, names, trust, keys, signatures."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.tls import modern_size
from rempart.exposure.controls.tls_rows import judge
from rempart.exposure.facts import ENDPOINT
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

SOON = timedelta(days=30)
LONGEST = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)
"""The most days a public certificate may be valid, by the day it was issued from (CA/Browser Forum, latest first)."""
_WEAK = ("MD2", "MD4", "MD5", "SHA1")
_UNKNOWN_ISSUER = (20, 21)  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ..._VERIFY_LEAF_SIGNATURE
_EXPIRED = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, ..._CERT_HAS_EXPIRED: judged by dates, not here
_CLOCK_DAYS = 1


def leaves(surface: Surface) -> pl.DataFrame:
    """Return the servers' own certificates, shown to who asks by the declared name."""
    return surface.facts("certificates").filter(pl.col("first"), pl.col("named"))


def _per_service(surface: Surface, rows: pl.DataFrame, bad: pl.Expr) -> pl.DataFrame:
    """Return rows of certificates with `bad`, and one with null for each service that showed none that can be read."""
    services = surface.facts("tls_services").filter(pl.col("tls")).select(ENDPOINT)
    readable = rows.filter(pl.col("readable"))
    joined = services.join(readable, on=list(ENDPOINT), how="left")
    return joined.with_columns(bad=pl.when(pl.col("readable").is_null()).then(None).otherwise(bad))


@control("vuln_tls_expired")
def expired(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every certificate is valid at the date of judgement."""
    outside = (pl.col("not_after") < surface.at) | (pl.col("not_before") > surface.at + timedelta(days=_CLOCK_DAYS))
    yield judge(entry, surface, _per_service(surface, leaves(surface), outside), "subject", "not_after")


@control("warning_tls_expires_soon")
def expires_soon(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell of certificates that end within 30 days."""
    soon = pl.col("not_after").is_between(surface.at, surface.at + SOON)
    yield judge(entry, surface, _per_service(surface, leaves(surface), soon), "subject", "not_after")


@control("warning_tls_validity")
def validity(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell of certificates valid longer than the calendar of the CA/Browser Forum allowed when they were issued."""
    allowed: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for since, most in reversed(LONGEST):
        allowed = pl.when(pl.col("not_before") >= since).then(most).otherwise(allowed)
    days = (pl.col("not_after") - pl.col("not_before")).dt.total_days()
    rows = leaves(surface).with_columns(days=days, allowed=allowed)
    too_long = (pl.col("days") > pl.col("allowed")).fill_null(value=False)
    yield judge(entry, surface, _per_service(surface, rows, too_long), "subject", "days", "allowed")


@control("vuln_tls_name")
def name(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the certificate bears the declared name by which the service is asked."""
    rows = _per_service(surface, leaves(surface), ~pl.col("covers")).with_columns(
        shown=pl.col("names").list.head(5).list.join(", ")
    )
    nameless = (pl.col("name") == "") & pl.col("covers").is_null() & pl.col("readable").is_not_null()
    yield judge(entry, surface, rows.filter(~nameless), "subject", "shown")


@control("vuln_tls_trust")
def trust(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the chain leads to a root that clients trust; dates and missing links are judged elsewhere."""
    services = surface.facts("tls_services").filter(pl.col("tls"))
    signed = leaves(surface).group_by(ENDPOINT).agg(pl.col("self_signed").first(), pl.col("issuer").first())
    rows = services.join(signed, on=list(ENDPOINT), how="left")
    elsewhere = pl.col("trust_code").is_in(_EXPIRED)
    yield judge(
        entry,
        surface,
        rows.with_columns(bad=pl.when(elsewhere.fill_null(value=False)).then(None).otherwise(~pl.col("trusted"))),
        *("issuer", "self_signed", "trust_code"),
    )


@control("vuln_tls_chain")
def chain(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the chain is in order, and whole: its last certificate is a root's, or known to lead to one."""
    services = surface.facts("tls_services").select(*ENDPOINT, "trusted", "trust_code")
    rows = leaves(surface).join(services, on=list(ENDPOINT), how="left")
    cut = pl.col("trust_code").is_in(_UNKNOWN_ISSUER).fill_null(value=False) & ~pl.col("closed")
    yield judge(entry, surface, _per_service(surface, rows, cut | ~pl.col("ordered")), "issuer", "length")


@control("vuln_tls_key_size")
def key_size(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the size of the servers' own keys, at the date of judgement."""
    modulus = pl.col("algorithm").is_in(["RSA", "DSA"])
    curve = pl.col("algorithm") == "EC"
    for level, least, field in ((2, 1024, 160), (3, modern_size(surface), 256), (4, 3072, 256)):
        small = (modulus & (pl.col("key_bits") < least)) | (curve & (pl.col("key_bits") < field))
        rows = _per_service(surface, leaves(surface), small)
        yield judge(entry, surface, rows, "algorithm", "key_bits", level=level, measured={"limit": least})


@control("vuln_tls_certificate_signature")
def certificate_signature(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no certificate but a root is signed over MD5 or SHA-1."""
    rows = surface.facts("certificates").filter(pl.col("named"))
    weak = pl.col("signature").is_in(_WEAK).fill_null(value=False) & ~(pl.col("self_signed") & pl.col("authority"))
    yield judge(entry, surface, _per_service(surface, rows, weak), "subject", "signature")


@control("warning_tls_transparency")
def transparency(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Tell of certificates without a proof that a public log holds them."""
    yield judge(entry, surface, _per_service(surface, leaves(surface), pl.col("timestamps") == 0), "subject", "issuer")


@control("info_tls_stapling")
def stapling(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the services that send no OCSP answer though their certificate names a responder."""
    services = surface.facts("tls_services").select(*ENDPOINT, "stapled")
    rows = leaves(surface).join(services, on=list(ENDPOINT), how="left")
    missing = ~pl.col("stapled") & (pl.col("ocsp").list.len() > 0)
    yield judge(entry, surface, _per_service(surface, rows, missing), "subject", "must_staple")
