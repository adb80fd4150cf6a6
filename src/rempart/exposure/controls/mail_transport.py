"""How mail travels to a domain: servers, STARTTLS, MTA-STS, TLS-RPT, DANE."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.controls.mail import STATE, present, unseen
from rempart.exposure.doubts import Looked, settle
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

SHORTEST_AGE = 86_400
"""Seconds: a policy kept for less than a day protects nobody who writes once a day."""
_RECEIVES = pl.col("receives").fill_null(value=True)


def _silent_servers(surface: Surface) -> pl.DataFrame:
    """Return the mail servers found open that gave no usable greeting."""
    open_ones = surface.open_services.filter(pl.col("protocol") == "smtp", pl.col("tls") != "direct")
    said = surface.facts("smtp").filter(pl.col("starttls").is_not_null())
    rows = open_ones.join(said, on=["address", "port", "transport"], how="anti").with_columns(name=pl.lit(""))
    return surface.subjects(rows)


@control("vuln_mail_starttls")
def starttls(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every mail server of the perimeter offers encryption."""
    said = surface.facts("smtp").filter(pl.col("starttls").is_not_null())
    bare = said.filter(~pl.col("starttls"))
    yield settle(entry, surface.subjects(bare, "banner"), Looked(said.height, _silent_servers(surface)))


@control("vuln_mail_auth_clear")
def auth_in_clear(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that no mail server takes passwords before encryption."""
    said = surface.facts("smtp").filter(pl.col("starttls").is_not_null())
    naked = said.filter(pl.col("auth").list.eval(pl.element().is_in(["PLAIN", "LOGIN"])).list.any())
    yield settle(entry, surface.subjects(naked, "auth"), Looked(said.height, _silent_servers(surface)))


@control("info_mail_banner")
def banner(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the greetings that tell a product's version."""
    said = surface.facts("smtp")
    told = said.filter(
        pl.col("banner").str.contains(r"(?i)\b(?:exim|postfix|sendmail|exchange|zimbra|version)\b.*\d+\.\d+")
    )
    yield settle(entry, surface.subjects(told, "banner"), Looked(said.height, _silent_servers(surface)))


@control("warning_mail_mx")
def mail_servers(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the mail servers that senders cannot reach as the standard says."""
    frame = surface.facts("mx")
    wrong = frame.filter(pl.col("problem") != "")
    yield settle(entry, surface.subjects(wrong, "server", "problem"), unseen(surface, frame))


@control("vuln_mail_mta_sts")
def mta_sts(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that domains that receive mail ask for encryption, by a policy in force."""
    frame = surface.facts("mta_sts").filter(_RECEIVES)
    hidden = (
        (STATE == "unknown") | ((STATE == "present") & (pl.col("read") == "unknown")) | pl.col("receives").is_null()
    )
    looked = unseen(surface, frame, hidden)
    lacking = frame.filter(
        ~hidden, (STATE == "absent") | (pl.col("read") == "unreadable") | (pl.col("mode") != "enforce")
    )
    yield settle(entry, surface.subjects(lacking, "state", "mode", "why"), looked)


@control("warning_mail_mta_sts_broken")
def mta_sts_broken(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the policies that senders cannot follow, or that leave one of the mail servers out."""
    rows, looked = present(surface, "mta_sts")
    short = (pl.col("max_age") < SHORTEST_AGE) & (pl.col("mode") != "none")
    faulty = (pl.col("problems").list.len() > 0) | (pl.col("unmatched").list.len() > 0) | short
    wrong = rows.filter((pl.col("problem") != "") | (pl.col("read") == "unreadable") | faulty.fill_null(value=False))
    unread = rows.filter(pl.col("read") == "unknown", pl.col("problem") == "")
    silent = pl.concat([looked.unseen, surface.subjects(unread)], how="diagonal")
    shown = surface.subjects(wrong, "problem", "why", "mode", "max_age", "problems", "unmatched")
    yield settle(entry, shown, Looked(looked.count - unread.height, silent))


@control("warning_mail_tls_rpt")
def tls_rpt(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the domains that nobody can tell of a failed encryption."""
    frame = surface.facts("tls_rpt").filter(_RECEIVES)
    hidden = (STATE == "unknown") | pl.col("receives").is_null()
    lacking = frame.filter(~hidden, (STATE == "absent") | (pl.col("problem") != ""))
    yield settle(entry, surface.subjects(lacking, "state", "problem"), unseen(surface, frame, hidden))


@control("vuln_mail_dane")
def dane(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every mail server has a usable TLSA record in a zone that DNSSEC proves."""
    frame = surface.facts("dane")
    hidden = (STATE == "unknown") | ((STATE == "present") & (pl.col("dnssec") == "unknown"))
    lacking = frame.filter(~hidden, (STATE == "absent") | (pl.col("usable") == 0) | (pl.col("dnssec") != "secure"))
    yield settle(
        entry, surface.subjects(lacking, "server", "state", "usable", "dnssec"), unseen(surface, frame, hidden)
    )


@control("warning_mail_dane_broken")
def dane_broken(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the TLSA records that are there and protect nobody, or stop the mail of who checks."""
    rows, looked = present(surface, "dane")
    wrong = rows.filter((pl.col("usable") < pl.col("tlsa_records")) | ~pl.col("dnssec").is_in(["secure", "unknown"]))
    yield settle(entry, surface.subjects(wrong, "server", "tlsa_records", "usable", "dnssec"), looked)


@control("info_mail_bimi")
def bimi(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the domains that show a logo beside their mail."""
    rows, looked = present(surface, "bimi")
    yield settle(entry, surface.subjects(rows, "logo"), looked)
