"""Mail on its way: MTA-STS, TLS-RPT, DANE, BIMI of each declared domain, and the first words of its mail servers."""

import json

import polars as pl
from dns.rdtypes.ANY.TLSA import TLSA

from rempart.exposure.facts import ENDPOINT, asked, facts
from rempart.exposure.facts.mail import Row, mail_domains
from rempart.exposure.facts.resolved import TEXTS, frame, mail_hosts, resolved, state_of
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns import dnssec
from rempart.exposure.protocols.dns.answers import Answers, State, texts
from rempart.exposure.protocols.mail import smtp, transport
from rempart.exposure.protocols.mail.tags import parse_tags
from rempart.exposure.snapshot import Outcome, Snapshot

POLICY_PROBE, GREETING_PROBE = "mta_sts.policy", "smtp.ehlo"

MTA_STS = {
    "subject": pl.String(),
    "state": pl.String(),  # of the record: present, absent, unknown
    "problem": pl.String(),  # of the record: code, "" for none
    "receives": pl.Boolean(),  # has mail servers
    "read": pl.String(),  # of the policy: read, unreadable (bad certificate, not found...), unknown
    "why": pl.String(),  # it could not be read
    "mode": pl.String(),
    "max_age": pl.UInt64(),  # seconds
    "problems": TEXTS,  # of the policy: codes
    "unmatched": TEXTS,  # mail servers that the policy leaves out
}
TLS_RPT = {
    "subject": pl.String(),
    "state": pl.String(),
    "receives": pl.Boolean(),
    "addresses": TEXTS,
    "problem": pl.String(),
}
DANE = {
    "subject": pl.String(),
    "server": pl.String(),
    "state": pl.String(),
    "usable": pl.UInt32(),  # records a sender can use
    "tlsa_records": pl.UInt32(),
    "dnssec": pl.String(),  # secure, unsigned, island, bogus, unknown
}
BIMI = {"subject": pl.String(), "state": pl.String(), "logo": pl.String()}
SMTP = {
    **dict.fromkeys(("address", "transport", "name"), pl.String()),
    "port": pl.UInt16(),
    "banner": pl.String(),
    "starttls": pl.Boolean(),  # null when the server said nothing of its extensions
    "auth": TEXTS,  # ways to sign in that are offered before any encryption
}


def _kind(name: str, version: str, answers: Answers) -> tuple[list[str], State]:
    """Return the TXT records of one kind at a name."""
    answer = answers.get(name, "TXT")
    return [text for text in texts(answer) if text.lower().startswith(f"v={version}".lower())], answer.state


def receives(name: str, answers: Answers) -> bool | None:
    """Tell whether a domain has mail servers; None when nobody answered."""
    answer = answers.get(name, "MX")
    return None if answer.state is State.UNKNOWN else bool(mail_hosts(answer))


def mta_sts_row(name: str, answers: Answers) -> Row:
    """Read the MTA-STS record of a domain; several count as none (RFC 8461, 3.1)."""
    answer = answers.get(f"_mta-sts.{name}", "TXT")
    found, _ = _kind(f"_mta-sts.{name}", "STSv1", answers)
    problem = "mta_sts.several" if len(found) > 1 else ""
    if len(found) == 1:
        answers.get(f"mta-sts.{name}", "A")
        answers.get(f"mta-sts.{name}", "AAAA")
        try:
            transport.sts_id(found[0])
        except Malformed:
            problem = "mta_sts.record"
    return {
        "subject": name,
        "state": state_of(answer, there=bool(found)),
        "problem": problem,
        "receives": receives(name, answers),
    }


def tls_rpt_row(name: str, answers: Answers) -> Row:
    """Read the TLS-RPT record of a domain."""
    answer = answers.get(f"_smtp._tls.{name}", "TXT")
    found, _ = _kind(f"_smtp._tls.{name}", "TLSRPTv1", answers)
    row: Row = {"subject": name, "state": state_of(answer, there=bool(found)), "receives": receives(name, answers)}
    if len(found) > 1:
        return row | {"problem": "tls_rpt.several", "addresses": []}
    try:
        return row | {"problem": "", "addresses": [*transport.report_addresses(found[0])] if found else []}
    except Malformed:
        return row | {"problem": "tls_rpt.record", "addresses": []}


def dane_rows(name: str, answers: Answers) -> list[Row]:
    """Read the TLSA records of the mail servers of a domain. Those of a zone without DNSSEC count for nothing."""
    rows = []
    for host in mail_hosts(answers.get(name, "MX")):
        asked_for = f"_25._tcp.{host}"
        answer = answers.get(asked_for, "TLSA")
        records = [record for record in answer.records if isinstance(record, TLSA)]
        usable = [r for r in records if transport.tlsa_usable(r.usage, r.selector, r.mtype, r.cert)]
        signed = dnssec.record(asked_for, "TLSA", answers) if records else dnssec.Status.UNKNOWN
        rows.append(
            {
                "subject": name,
                "server": host,
                "state": state_of(answer, there=bool(records)),
                "usable": len(usable),
                "tlsa_records": len(records),
                "dnssec": str(signed),
            }
        )
    return rows


def bimi_row(name: str, answers: Answers) -> Row:
    """Read the BIMI record of a domain: the logo it shows."""
    answer = answers.get(f"default._bimi.{name}", "TXT")
    found, _ = _kind(f"default._bimi.{name}", "BIMI1", answers)
    try:
        logo = parse_tags(found[0]).get("l") if found else ""
    except Malformed:
        logo = ""
    return {"subject": name, "state": state_of(answer, there=bool(found)), "logo": logo}


@facts("mta_sts")
def mta_sts(snapshot: Snapshot) -> pl.DataFrame:
    """MTA-STS of each domain, record and policy; columns in `MTA_STS`."""
    answers, policies = resolved(snapshot).answers, _policies(snapshot)
    rows = []
    for name in mail_domains(snapshot):
        row = mta_sts_row(name, answers) | policies.get(name, {"read": "unknown"})
        if isinstance(policy := row.pop("policy", None), transport.Policy):
            row["unmatched"] = [host for host in mail_hosts(answers.get(name, "MX")) if not policy.allows(host)]
        rows.append(row)
    return frame(rows, MTA_STS)


def _policies(snapshot: Snapshot) -> dict[str, Row]:
    """Return what came of the last reading of each domain's policy."""
    return {
        row["subject"]: _policy(row["outcome"], row["received"] or b"", json.loads(row["detail"] or "{}"))
        for row in asked(snapshot, POLICY_PROBE).iter_rows(named=True)
    }


def _policy(outcome: str, received: bytes, detail: dict[str, object]) -> Row:
    if outcome != Outcome.ANSWERED:
        failed = outcome in {Outcome.FAILED, Outcome.REFUSED}
        return {"read": "unreadable" if failed else "unknown", "why": str(detail.get("error", outcome))}
    head, _, body = received.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        return {"read": "unreadable", "why": f"HTTP {b''.join(status).decode('latin-1')[:3]}"}
    try:
        policy = transport.parse_policy(body)
    except Malformed as error:
        return {"read": "unreadable", "why": str(error)}
    return {
        "read": "read",
        "mode": policy.mode,
        "max_age": policy.max_age,
        "problems": list(policy.problems),
        "policy": policy,
    }


@facts("tls_rpt")
def tls_rpt(snapshot: Snapshot) -> pl.DataFrame:
    """TLS-RPT of each domain; columns in `TLS_RPT`."""
    answers = resolved(snapshot).answers
    return frame([tls_rpt_row(name, answers) for name in mail_domains(snapshot)], TLS_RPT)


@facts("dane")
def dane(snapshot: Snapshot) -> pl.DataFrame:
    """DANE of each mail server of each domain; columns in `DANE`."""
    answers = resolved(snapshot).answers
    return frame([row for name in mail_domains(snapshot) for row in dane_rows(name, answers)], DANE)


@facts("bimi")
def bimi(snapshot: Snapshot) -> pl.DataFrame:
    """The logo each domain shows beside its mail; columns in `BIMI`."""
    answers = resolved(snapshot).answers
    return frame([bimi_row(name, answers) for name in mail_domains(snapshot)], BIMI)


@facts("smtp")
def smtp_servers(snapshot: Snapshot) -> pl.DataFrame:
    """The greeting of each mail server of the perimeter; columns in `SMTP`."""
    rows = []
    for row in asked(snapshot, GREETING_PROBE).iter_rows(named=True):
        if row["outcome"] != Outcome.ANSWERED:
            continue
        try:
            said = smtp.replies(row["received"])
        except Malformed:
            continue
        greeting, *others = said
        offer = next((smtp.extensions(reply) for reply in others if reply.code == 250), None)  # noqa: PLR2004 — SMTP's "done"
        rows.append(
            {column: row[column] for column in ENDPOINT}
            | {
                "banner": greeting.lines[0],
                "starttls": None if offer is None else "STARTTLS" in offer,
                "auth": [] if offer is None else list(offer.get("AUTH", ())),
            }
        )
    return frame(rows, SMTP)
