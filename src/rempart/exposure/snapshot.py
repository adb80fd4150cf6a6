"""The Snapshot: what was asked and what came back, byte for byte, saved as one sealed file (`measurement.sealed`).

Nothing in it is judged: facts are read from the bytes when the snapshot is judged (`facts/`), so that a rule written
tomorrow judges yesterday's measurement without a packet.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import polars as pl

from rempart.measurement import sealed
from rempart.measurement.sealed import Schema, SealedManifest

FORMAT = 1
_MOMENT = pl.Datetime("us", "UTC")


class Outcome(StrEnum):
    """How a question ended. Only `answered` and `refused` say something of the service itself."""

    ANSWERED = "answered"  # bytes came back
    CLOSED = "closed"  # the connection was accepted, then ended without a byte
    REFUSED = "refused"  # RST to our SYN, or ICMP port unreachable
    RESET = "reset"  # RST in the middle of the talk
    TIMEOUT = "timeout"  # nothing in time: unknown, never absent
    UNREACHABLE = "unreachable"  # no route, network or host unreachable
    FAILED = "failed"  # the talk went wrong; `detail.error` says how (a TLS handshake, a malformed answer)
    SKIPPED = "skipped"  # not asked; `detail.why` says which rule forbade it


TABLE_SCHEMAS: dict[str, Schema] = {
    # what is declared, and what discovery found: distance 0 is declared, more is "to declare" and was never touched
    "assets": {
        "name": pl.String(),  # DNS name, "" for a bare address
        "address": pl.String(),  # IPv4 or IPv6 literal, "" for a name without any
        "distance": pl.UInt8(),
        "origin": pl.String(),  # declared, resolved, certificate, mx, ns, spf, redirect, ct
        "source": pl.String(),  # what it was found in (another name, a file)
        "weight": pl.Float64(),  # care-critical or entry door 1.0, usual 0.7, minor 0.4
        "role": pl.String(),  # the owner's words for it, "" when not said
    },
    # every port that was tried: what state it was in
    "services": {
        "address": pl.String(),
        "port": pl.UInt16(),
        "transport": pl.String(),  # tcp, udp
        "state": pl.String(),  # open, closed, filtered (no answer), unknown (not tried to the end)
        "protocol": pl.String(),  # as identified: http, ssh, dicom...; "" when not identified
        "tls": pl.String(),  # "" none, "direct", or the STARTTLS dialect ("smtp", "imap", "ldap"...)
    },
    # one row a question asked
    "observations": {
        "subject": pl.String(),  # the domain name of a DNS or mail question; "" for a service
        "address": pl.String(),
        "port": pl.UInt16(),
        "transport": pl.String(),
        "name": pl.String(),  # the name asked for (SNI, Host), "" when asked by address
        "probe": pl.String(),
        "version": pl.UInt16(),  # of the probe
        "question": pl.String(),
        "at": _MOMENT,
        "seconds": pl.Float64(),
        "outcome": pl.String(),
        "sent": pl.Binary(),
        "received": pl.Binary(),
        "detail": pl.String(),  # JSON object: what bytes do not say (the suite of a full handshake...)
    },
    # the load put on each service: kept whole, for the report says it; port 0 holds the tries of the sweep
    "load": {
        "address": pl.String(),
        "port": pl.UInt16(),
        "transport": pl.String(),
        "connections": pl.UInt32(),
        "bytes_sent": pl.UInt64(),
        "bytes_received": pl.UInt64(),
    },
    # findings of others (SILENE, CERT Santé, nmap, nuclei, testssl): outside observations, with their own date
    "outside": {
        "source": pl.String(),
        "at": _MOMENT,
        "subject": pl.String(),
        "address": pl.String(),
        "port": pl.UInt16(),
        "title": pl.String(),
        "severity": pl.String(),
        "reference": pl.String(),
        "detail": pl.String(),
    },
    # what the establishment read on the spot where nothing is shown (`[[declarations]]` of its perimeter)
    "declarations": {
        "host": pl.String(),  # name or address
        "port": pl.UInt16(),  # null: every service of the host
        "product": pl.String(),  # as the catalogue of fingerprints names it; "" for a filter
        "version": pl.String(),
        "filtered": pl.Boolean(),  # the UDP port is closed to the internet
        "author": pl.String(),
        "dated": pl.Date(),
    },
    # which data sets the facts on versions come from (`knowledge.py`), with their own date
    "feeds": {"dataset": pl.String(), "dated": pl.Date(), "digest": pl.String(), "records": pl.UInt32()},
    # what they say of the products seen, and nothing else: the snapshot is judged again without them
    "support": {
        "pair": pl.String(),  # vendor:product, as a CPE spells them
        "product": pl.String(),
        "cycle": pl.String(),
        "ends": pl.Date(),
        "ended": pl.Boolean(),
    },
    "weaknesses": {
        "pair": pl.String(),
        "cve": pl.String(),
        "title": pl.String(),
        "published": pl.Date(),
        "low": pl.String(),  # keys of `feeds.versions`: first and last version of a range
        "high": pl.String(),
        "closed": pl.Boolean(),
        "affected": pl.Boolean(),
        "cvss": pl.Float64(),
        "epss": pl.Float64(),
        "kev": pl.Date(),  # when it entered the catalogue of exploited vulnerabilities
        "ransomware": pl.Boolean(),
        "exploitation": pl.String(),
        "automatable": pl.Boolean(),
        "impact": pl.String(),
    },
    # what could not be looked at: subject is "" when it concerns the whole run
    "gaps": {"topic": pl.String(), "subject": pl.String(), "fr": pl.String(), "en": pl.String()},
    # records or values that could not be understood: counted and shown, never silently dropped
    "flaws": {"place": pl.String(), "problem": pl.String()},
}


class Manifest(SealedManifest):
    """What a saved snapshot says of itself."""

    format: int = FORMAT
    tool: str
    source: str  # "audit" for a run of ours, else the kind of import
    taken_at: datetime  # end of the run: freshness counts from there
    began_at: datetime
    names: tuple[str, ...]  # the declared names and ranges, for people
    mandate: str  # who mandated the run, until when
    perimeter: str  # sha256 of perimeter.toml
    seed: int = 0  # of the order in which things were asked
    counts: dict[str, int]


@dataclass(frozen=True)
class Snapshot:
    """An establishment seen from outside at one moment."""

    manifest: Manifest
    assets: pl.DataFrame
    services: pl.DataFrame
    observations: pl.DataFrame
    load: pl.DataFrame
    outside: pl.DataFrame
    declarations: pl.DataFrame
    feeds: pl.DataFrame
    support: pl.DataFrame
    weaknesses: pl.DataFrame
    gaps: pl.DataFrame
    flaws: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the tables by name, in the order they are saved."""
        return {name: getattr(self, name) for name in TABLE_SCHEMAS}

    @property
    def digest(self) -> str:
        """The SHA-256 over the manifest; empty until the snapshot was saved or opened."""
        return self.manifest.digest


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return the table `name` holding `rows`; columns that a row lacks are null."""
    return pl.DataFrame(rows, schema=dict(TABLE_SCHEMAS[name]), orient="row")


def seal(snapshot: Snapshot) -> tuple[Snapshot, dict[str, bytes]]:
    """Return the snapshot with its tables' digests in the manifest, and the Parquet bytes of each table."""
    manifest, members = sealed.seal(snapshot.manifest, snapshot.tables(), {})
    return replace(snapshot, manifest=manifest), members


def save(snapshot: Snapshot, path: Path) -> Snapshot:
    """Write the snapshot to `path`, whole or not at all, and return it with its digest.

    Raises:
        InputError: the folder does not exist, cannot be written to, or is full.

    """
    kept, members = seal(snapshot)
    sealed.write(path, kept.manifest, members)
    return kept


def is_snapshot(path: Path) -> bool:
    """Tell whether a file is a saved snapshot of this engine, by its content."""
    return sealed.holds(path, "observations")


def open_snapshot(path: Path) -> Snapshot:
    """Read a saved snapshot, checking every table against its digest.

    Raises:
        AlteredError: a table is missing or no longer matches the manifest.
        InputError: not a snapshot, one written by a later format, or one that unpacks beyond measure.

    """
    manifest, frames = sealed.read(path, Manifest, FORMAT, TABLE_SCHEMAS)
    return Snapshot(manifest=manifest, **frames)
