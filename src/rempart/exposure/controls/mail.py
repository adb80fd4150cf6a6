"""Who may send in a domain's name: SPF, DKIM, DMARC."""

from collections.abc import Iterator

import polars as pl

from rempart.exposure.controls import control
from rempart.exposure.doubts import Looked, settle
from rempart.exposure.surface import Surface
from rempart.measurement.control import Control
from rempart.measurement.verdict import Verdict

STATE = pl.col("state")
RSA_WEAK, RSA_ADVISED = 1024, 2048


def unseen(surface: Surface, frame: pl.DataFrame, where: pl.Expr | None = None) -> Looked:
    """Return how many subjects could be looked at: those of `frame`, less those for which `where` holds."""
    silent = frame.filter(STATE == "unknown" if where is None else where)
    left = frame.filter(~pl.col("subject").is_in(silent["subject"].implode()))
    return Looked(left["subject"].n_unique(), surface.subjects(silent.unique("subject")))


def present(surface: Surface, name: str) -> tuple[pl.DataFrame, Looked]:
    """Return the rows of a frame whose record is there, and what could be looked at: absent ones are another's."""
    frame = surface.facts(name)
    rows = frame.filter(STATE == "present")
    silent = frame.filter(STATE == "unknown")
    return rows, Looked(rows["subject"].n_unique(), surface.subjects(silent.unique("subject")))


@control("vuln_mail_spf_missing")
def spf_missing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that every domain says who may send in its name."""
    frame = surface.facts("spf")
    yield settle(entry, surface.subjects(frame.filter(STATE == "absent")), unseen(surface, frame))


@control("vuln_mail_spf_open")
def spf_open(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge whom the policy lets pass: level 2, everybody; level 3, everybody "perhaps"."""
    rows, looked = present(surface, "spf")
    anybody = pl.col("open_by").list.len() > 0
    neutral = (pl.col("final").is_in(["", "?"])) & (pl.col("problems").list.len() == 0)
    known = pl.col("unanswered").list.len() == 0
    yield settle(entry, surface.subjects(rows.filter(anybody), "open_by", "record"), looked, level=2)
    lax = rows.filter(anybody | (neutral & known))
    yield settle(entry, surface.subjects(lax, "open_by", "record"), looked, level=3)


@control("vuln_mail_spf_invalid")
def spf_invalid(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that receivers can use the policy: grammar, one record, ten look-ups, two without an answer."""
    rows, looked = present(surface, "spf")
    wrong = rows.filter(pl.col("problems").list.len() > 0)
    partial = rows.filter(pl.col("problems").list.len() == 0, pl.col("unanswered").list.len() > 0)
    silent = pl.concat([looked.unseen, surface.subjects(partial)], how="diagonal")
    yield settle(
        entry,
        surface.subjects(wrong, "problems", "places", "lookups", "voids"),
        Looked(looked.count - partial.height, silent),
        measured={"most_lookups": _most(rows["lookups"])},
    )


@control("warning_mail_spf_softfail")
def spf_softfail(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the policies that end in "~all"."""
    rows, looked = present(surface, "spf")
    yield settle(entry, surface.subjects(rows.filter(pl.col("final") == "~"), "record"), looked)


@control("warning_mail_spf_ptr")
def spf_pointer(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the policies that use "ptr"."""
    rows, looked = present(surface, "spf")
    yield settle(entry, surface.subjects(rows.filter(pl.col("pointers").list.len() > 0), "pointers"), looked)


@control("info_mail_senders")
def senders(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the third parties that a policy lets send."""
    rows, looked = present(surface, "spf")
    yield settle(entry, surface.subjects(rows.filter(pl.col("includes").list.len() > 0), "includes"), looked)


@control("vuln_mail_dmarc_missing")
def dmarc_missing(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that a DMARC policy applies to every domain."""
    frame = surface.facts("dmarc")
    yield settle(entry, surface.subjects(frame.filter(STATE == "absent"), "several"), unseen(surface, frame))


@control("vuln_mail_dmarc_enforced")
def dmarc_enforced(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge what receivers are asked to do with forged mail: level 3, set it aside at least; level 4, refuse it."""
    rows, looked = present(surface, "dmarc")
    shown = ("applied", "policy", "testing", "found_at")
    idle = rows.filter(pl.col("applied") == "none")
    yield settle(entry, surface.subjects(idle, *shown), looked, level=3)
    yield settle(entry, surface.subjects(rows.filter(pl.col("applied") != "reject"), *shown), looked, level=4)


@control("vuln_mail_dmarc_subdomains")
def dmarc_subdomains(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that names below a protected domain are protected too, those that do not exist included."""
    rows, looked = present(surface, "dmarc")
    own = rows.filter(pl.col("found_at") == pl.col("subject"), pl.col("applied") != "none")
    lax = own.filter((pl.col("subdomains") == "none") | (pl.col("nonexistent") == "none"))
    yield settle(entry, surface.subjects(lax, "policy", "subdomains", "nonexistent"), Looked(own.height, looked.unseen))


@control("vuln_mail_dmarc_invalid")
def dmarc_invalid(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge that the record is written as the standard says."""
    frame = surface.facts("dmarc")
    wrong = frame.filter((pl.col("problems").list.len() > 0) | pl.col("several"))
    looked = unseen(surface, frame)
    there = frame.filter((STATE == "present") | pl.col("several")).height
    yield settle(entry, surface.subjects(wrong, "problems", "several", "record"), Looked(there, looked.unseen))


@control("warning_mail_dmarc_obsolete")
def dmarc_obsolete(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the records with tags that no longer count."""
    rows, looked = present(surface, "dmarc")
    yield settle(entry, surface.subjects(rows.filter(pl.col("removed").list.len() > 0), "removed", "record"), looked)


@control("warning_mail_dmarc_reports")
def dmarc_reports(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the policies whose reports reach nobody."""
    rows, looked = present(surface, "dmarc")
    lost = rows.filter((pl.col("report_hosts").list.len() == 0) | (pl.col("refused_reports").list.len() > 0))
    yield settle(entry, surface.subjects(lost, "report_hosts", "refused_reports"), looked)


@control("vuln_mail_dkim_weak")
def dkim_weak(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """Judge the size of the keys that were found: level 2, less than 1024 bits; level 3, less than 2048."""
    keys = surface.facts("dkim").filter(pl.col("algorithm") == "rsa", pl.col("bits").is_not_null())
    looked = Looked(keys.height)
    for level, least in ((2, RSA_WEAK), (3, RSA_ADVISED)):
        short = keys.filter(pl.col("bits") < least)
        yield settle(entry, surface.subjects(short, "selector", "bits"), looked, level=level)


@control("warning_mail_dkim_unusable")
def dkim_unusable(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the keys that receivers cannot use, or are asked not to."""
    keys = surface.facts("dkim").filter(~pl.col("revoked"))
    wrong = keys.filter((pl.col("problem") != "") | pl.col("testing") | pl.col("sha1_only"))
    yield settle(entry, surface.subjects(wrong, "selector", "problem", "testing", "sha1_only"), Looked(keys.height))


@control("info_mail_dkim_not_found")
def dkim_not_found(entry: Control, surface: Surface) -> Iterator[Verdict]:
    """List the domains that send and have no key under the usual selectors: not found, never "absent"."""
    frame = surface.facts("dkim_domains").filter(pl.col("sends"))
    without = frame.filter(pl.col("found") == 0, pl.col("unanswered") == 0)
    looked = unseen(surface, frame, (pl.col("found") == 0) & (pl.col("unanswered") > 0))
    yield settle(entry, surface.subjects(without, "tried"), looked)


def _most(column: pl.Series) -> int:
    found = column.max()
    return found if isinstance(found, int) else 0
