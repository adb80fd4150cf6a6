"""Mail: what each declared domain says of who may send in its name, and how mail to it must travel.

Each frame has a reader of one domain, which a survey calls too: what the reader lacks is what must still be asked.
"""

import tomllib
from functools import cache
from importlib.resources import files

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.resolved import (
    TEXTS,
    domains,
    frame,
    is_mail_domain,
    mail_hosts,
    resolved,
    state_of,
)
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import ABSENT, Answer, Answers, State, texts
from rempart.exposure.protocols.dns.names import registrable
from rempart.exposure.protocols.mail import dkim, spf_tree
from rempart.exposure.protocols.mail.dmarc_walk import Found, discover
from rempart.exposure.snapshot import Snapshot

Row = dict[str, object]

MX = {
    "subject": pl.String(),
    "server": pl.String(),  # "" for a domain without any
    "state": pl.String(),  # present, absent, null (RFC 7505: receives no mail), unknown
    "problem": pl.String(),  # code, "" for none
}
SPF = {
    "subject": pl.String(),
    "state": pl.String(),  # present, absent, unknown
    "record": pl.String(),
    "lookups": pl.UInt32(),  # terms that cost a query, in the whole tree
    "voids": pl.UInt32(),  # those that nobody answers
    "final": pl.String(),  # what the end says of everybody else: + - ~ ?, "" nothing
    "problems": TEXTS,  # codes
    "places": TEXTS,  # the term of each problem
    "open_by": TEXTS,  # what lets anybody pass
    "pointers": TEXTS,
    "includes": TEXTS,
    "unanswered": TEXTS,  # names without a usable answer: the counts may be higher
}
DMARC = {
    "subject": pl.String(),
    "state": pl.String(),
    "found_at": pl.String(),
    "record": pl.String(),
    "policy": pl.String(),  # as written
    "applied": pl.String(),  # none, quarantine, reject: what receivers are asked to do with mail of the subject
    "subdomains": pl.String(),
    "nonexistent": pl.String(),
    "testing": pl.Boolean(),
    "removed": TEXTS,
    "problems": TEXTS,
    "several": pl.Boolean(),
    "report_hosts": TEXTS,
    "refused_reports": TEXTS,  # hosts elsewhere that did not agree to receive them
    "organizational": pl.String(),  # by the tree walk
    "registered": pl.String(),  # by the public suffix list
}
DKIM = {
    "subject": pl.String(),
    "selector": pl.String(),
    "algorithm": pl.String(),
    "bits": pl.UInt32(),
    "problem": pl.String(),
    "revoked": pl.Boolean(),
    "testing": pl.Boolean(),
    "sha1_only": pl.Boolean(),
}
DKIM_DOMAINS = {
    "subject": pl.String(),
    "tried": pl.UInt32(),
    "unanswered": pl.UInt32(),
    "found": pl.UInt32(),
    "sends": pl.Boolean(),
}


@cache
def selectors() -> tuple[str, ...]:
    """Return the DKIM selectors that are tried."""
    content = files("rempart.exposure.protocols.mail").joinpath("selectors.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(content)["selectors"])


def mail_domains(snapshot: Snapshot) -> list[str]:
    """Return the declared names that are judged for mail, and those of which nobody said whether they receive any."""
    answers = resolved(snapshot).answers
    silent = [name for name in domains(snapshot) if answers.get(name, "MX").state is State.UNKNOWN]
    return [name for name in domains(snapshot) if name in silent or is_mail_domain(name, answers)]


def _all(snapshot: Snapshot, reader: object) -> list[Row]:
    answers = resolved(snapshot).answers
    return [row for name in mail_domains(snapshot) for row in reader(name, answers)]  # type: ignore[operator]


def mx_rows(name: str, answers: Answers) -> list[Row]:
    """Read the mail servers of a domain."""
    answer = answers.get(name, "MX")
    hosts = mail_hosts(answer)
    if not hosts:
        state = "null" if answer.records else state_of(answer, there=False)
        return [{"subject": name, "server": "", "state": state, "problem": ""}]
    return [
        {"subject": name, "server": host, "state": "present", "problem": _mx_problem(host, answers)} for host in hosts
    ]


def _mx_problem(host: str, answers: Answers) -> str:
    """Return what is wrong with a mail server's name (RFC 5321, 5.1; RFC 2181, 10.3)."""
    if host.replace(".", "").isdigit():
        return "mx.address"
    four, six = answers.get(host, "A"), answers.get(host, "AAAA")
    if four.aliases or six.aliases:
        return "mx.alias"
    return "mx.no_address" if four.state in ABSENT and six.state in ABSENT else ""


def spf_rows(name: str, answers: Answers) -> list[Row]:
    """Read the SPF policy of a domain."""
    policy = spf_tree.evaluate(name, answers)
    answer = answers.get(name, "TXT")
    return [
        {
            "subject": name,
            "state": state_of(answer, there=bool(policy.record)),
            "record": policy.record,
            "lookups": policy.lookups,
            "voids": policy.voids,
            "final": policy.final,
            "problems": [problem.code for problem in policy.problems],
            "places": [problem.where for problem in policy.problems],
            "open_by": policy.open_by,
            "pointers": policy.pointers,
            "includes": list(dict.fromkeys(policy.includes)),
            "unanswered": policy.unknown,
        }
    ]


def dmarc_rows(name: str, answers: Answers) -> list[Row]:
    """Read the DMARC policy that applies to a domain."""
    found = discover(name, answers)
    row: Row = {
        "subject": name,
        "state": "present" if found.record else ("absent" if found.known else "unknown"),
        "found_at": found.where,
        "record": found.text,
        "several": found.several,
        "applied": found.asks(name),
        "organizational": found.organizational,
        "registered": registrable(name),
    }
    if found.record is not None:
        record = found.record
        row |= {
            "policy": record.policy if found.where == name else record.subdomains,
            "subdomains": record.subdomains,
            "nonexistent": record.nonexistent,
            "testing": record.testing,
            "removed": list(record.removed),
            "problems": list(record.problems),
            "report_hosts": list(record.report_hosts),
            "refused_reports": _refused(found, record.report_hosts, answers),
        }
    return [row]


def _refused(found: Found, hosts: tuple[str, ...], answers: Answers) -> list[str]:
    """Return the hosts of another organisation that do not say they take these reports (RFC 9990, section 4)."""
    elsewhere = [host for host in hosts if registrable(host) != registrable(found.where)]
    permissions = {host: answers.get(f"{found.where}._report._dmarc.{host}", "TXT") for host in elsewhere}
    return [
        host
        for host, answer in permissions.items()
        if answer.state is not State.UNKNOWN and not any(text.startswith("v=DMARC1") for text in texts(answer))
    ]


def dkim_rows(name: str, answers: Answers) -> list[Row]:
    """Read the DKIM keys found under the usual selectors."""
    rows: list[Row] = []
    for selector in selectors():
        for text in texts(_key_answer(name, selector, answers)):
            try:
                if not dkim.is_key(text):
                    continue
                key = dkim.parse(text)
            except Malformed:
                continue
            rows.append(
                {
                    "subject": name,
                    "selector": selector,
                    "algorithm": key.algorithm,
                    "bits": key.bits,
                    "problem": key.problem,
                    "revoked": key.revoked,
                    "testing": key.testing,
                    "sha1_only": key.sha1_only,
                }
            )
    return rows


def _key_answer(name: str, selector: str, answers: Answers) -> Answer:
    """Return what is known of a selector; one "no" is enough, as a key that is not found is never called absent."""
    return answers.get(f"{selector}._domainkey.{name}", "TXT", agreeing=1)


def _dkim_domain_rows(name: str, answers: Answers) -> list[Row]:
    states = [_key_answer(name, selector, answers).state for selector in selectors()]
    policy = spf_tree.evaluate(name, answers)
    return [
        {
            "subject": name,
            "tried": len(states),
            "unanswered": states.count(State.UNKNOWN),
            "found": sum(not row["revoked"] for row in dkim_rows(name, answers)),
            "sends": not policy.sends_nothing,
        }
    ]


@facts("mx")
def mx(snapshot: Snapshot) -> pl.DataFrame:
    """The mail servers of each domain; columns in `MX`."""
    return frame(_all(snapshot, mx_rows), MX)


@facts("spf")
def spf(snapshot: Snapshot) -> pl.DataFrame:
    """The SPF policy of each domain; columns in `SPF`."""
    return frame(_all(snapshot, spf_rows), SPF)


@facts("dmarc")
def dmarc(snapshot: Snapshot) -> pl.DataFrame:
    """The DMARC policy that applies to each domain; columns in `DMARC`."""
    return frame(_all(snapshot, dmarc_rows), DMARC)


@facts("dkim")
def dkim_keys(snapshot: Snapshot) -> pl.DataFrame:
    """The DKIM keys that were found; columns in `DKIM`."""
    return frame(_all(snapshot, dkim_rows), DKIM)


@facts("dkim_domains")
def dkim_domains(snapshot: Snapshot) -> pl.DataFrame:
    """How many selectors were tried and found for each domain; columns in `DKIM_DOMAINS`."""
    return frame(_all(snapshot, _dkim_domain_rows), DKIM_DOMAINS)
