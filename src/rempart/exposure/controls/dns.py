"""Zones and names: signatures, name servers, authorities for certificates, names that lead nowhere."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.mail import STATE, unseen
from rempart.exposure.doubts import Looked, settle
from rempart.exposure.protocols.dns.dnssec import SHA1
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

_STATUS = pl.col("status")
_SHA1_DIGEST = 1
_SHORTEST_RSA = 2048
_SOON_DAYS = 3


def _asked(surface: Surface, known: pl.Expr) -> Looked:
    """Return the name servers that told what is judged; the silent ones are unseen.

    A provider's servers outside the perimeter are not this measurement's matter: they are in no count.
    """
    frame = surface.facts("nameservers").filter(~STATE.is_in(["nowhere", "outside"]))
    silent = frame.filter(~known)
    said = pl.concat_str("server", pl.lit(" "), "address").str.strip_chars()
    names = silent.with_columns(subject=pl.when(said == "").then("subject").otherwise(said))
    return Looked(frame.height - silent.height, surface.subjects(names.unique("subject")))


@control("vuln_dns_dnssec")
def signed(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every zone is signed, and that its parent says so."""
    frame = surface.facts("dnssec")
    bare = frame.filter(_STATUS.is_in(["unsigned", "island"]))
    yield settle(entry, surface.subjects(bare, "status"), unseen(surface, frame, _STATUS == "unknown"))


@control("vuln_dns_dnssec_broken")
def broken(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that signatures hold where the parent says that there are some."""
    frame = surface.facts("dnssec")
    held = frame.filter(_STATUS.is_in(["secure", "bogus"]))
    looked = unseen(surface, frame, _STATUS == "unknown")
    wrong = surface.subjects(frame.filter(_STATUS == "bogus"), "problems", "expires")
    yield settle(entry, wrong, Looked(held.height, looked.unseen))


@control("vuln_dns_dnssec_weak")
def weak(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no zone rests on SHA-1 or on a short key."""
    frame = surface.facts("dnssec")
    held = frame.filter(pl.col("algorithms").list.len() > 0)
    old = pl.col("algorithms").list.set_intersection(sorted(SHA1)).list.len() > 0
    digest = pl.col("digests").list.unique() == [_SHA1_DIGEST]
    poor = held.filter(old | digest | (pl.col("shortest_rsa") < _SHORTEST_RSA).fill_null(value=False))
    looked = unseen(surface, frame, _STATUS == "unknown")
    yield settle(
        entry, surface.subjects(poor, "algorithms", "digests", "shortest_rsa"), Looked(held.height, looked.unseen)
    )


@control("warning_dns_dnssec_expiring")
def expiring(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the zones whose first signature ends within three days of the measurement."""
    frame = surface.facts("dnssec")
    held = frame.filter(pl.col("expires").is_not_null(), _STATUS == "secure")
    end = surface.snapshot.manifest.taken_at
    soon = held.filter(pl.col("expires") < pl.lit(end) + pl.duration(days=_SOON_DAYS))
    looked = unseen(surface, frame, _STATUS == "unknown")
    yield settle(entry, surface.subjects(soon, "expires"), Looked(held.height, looked.unseen))


@control("vuln_dns_nameservers")
def redundancy(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that each zone has two name servers in two networks."""
    frame = surface.facts("nameserver_networks")
    silent = pl.col("unanswered").list.len() > 0
    alone = (pl.col("servers") < 2) | (pl.max_horizontal("networks4", "networks6") < 2)  # noqa: PLR2004 — two of each
    poor = frame.filter(~silent, alone)
    shown = surface.subjects(poor, "servers", "addresses", "networks4", "networks6")
    yield settle(entry, shown, unseen(surface, frame, silent))


@control("vuln_dns_lame")
def lame(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that each name server exists (level 2: its domain can be bought) and knows the zone (level 3)."""
    frame = surface.facts("nameservers")
    free = frame.filter(pl.col("free"))
    wrong = frame.filter(STATE.is_in(["lame", "nowhere"]))
    looked = _asked(surface, STATE.is_in(["authoritative", "lame"]))
    nowhere = frame.filter(STATE == "nowhere").height
    unknown = surface.subjects(frame.filter(STATE == "unknown").unique("subject"))
    told = Looked(frame.filter(STATE != "unknown").height, unknown)  # needs no server's answer: providers' count too
    yield settle(entry, surface.subjects(free, "server"), told, level=2)
    shown = surface.subjects(wrong, "server", "address", "state")
    yield settle(entry, shown, Looked(looked.count + nowhere, looked.unseen), level=3)


@control("warning_dns_serial")
def serials(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the zones whose servers do not hold the same version."""
    frame = surface.facts("nameservers")
    told = frame.filter(pl.col("serial").is_not_null())
    apart = told.filter(pl.col("serial").n_unique().over("subject") > 1)
    looked = _asked(surface, pl.col("serial").is_not_null())
    yield settle(entry, surface.subjects(apart, "server", "address", "serial"), looked)


@control("vuln_dns_axfr")
def transfer(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no name server hands a whole zone to anybody."""
    frame = surface.facts("nameservers")
    given = frame.filter(pl.col("transfer"))
    looked = _asked(surface, pl.col("transfer").is_not_null())
    yield settle(entry, surface.subjects(given, "server", "address", "transferred"), looked)


@control("vuln_dns_recursion")
def recursion(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no name server looks for others' names on behalf of anybody."""
    frame = surface.facts("nameservers")
    looked = _asked(surface, pl.col("recursion").is_not_null())
    yield settle(entry, surface.subjects(frame.filter(pl.col("recursion")), "server", "address"), looked)


@control("vuln_dns_dangling")
def dangling(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge where names lead: level 2, to a place anyone may take; level 3, to one that no longer exists."""
    frame = surface.facts("aliases")
    gone = STATE == "gone"
    taken = (gone & (pl.col("free").fill_null(value=False) | (pl.col("hosting") != ""))) | pl.col("abandoned")
    looked = unseen(surface, frame)
    shown = ("target", "registered", "hosting")
    yield settle(entry, surface.subjects(frame.filter(taken), *shown), looked, level=2)
    yield settle(entry, surface.subjects(frame.filter(gone | taken), *shown), looked, level=3)


@control("vuln_dns_caa")
def authorities(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that each name says which authorities may issue its certificates."""
    frame = surface.facts("caa")
    yield settle(entry, surface.subjects(frame.filter(STATE == "absent")), unseen(surface, frame))


@control("info_dns_wildcard")
def wildcard(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the domains under which every name exists."""
    frame = surface.facts("wildcards")
    looked = unseen(surface, frame, pl.col("wildcard").is_null())
    yield settle(entry, surface.subjects(frame.filter(pl.col("wildcard"))), looked)
