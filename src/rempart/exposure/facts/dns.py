"""The names themselves: zones, their servers, signatures, authorities for certificates, names that lead nowhere.

Each frame has a reader of one domain, which a survey calls too: what the reader lacks is what must still be asked.
"""

import ipaddress

import polars as pl

from rempart.exposure.facts import asked, facts
from rempart.exposure.facts.resolved import TEXTS, domains, frame, resolved
from rempart.exposure.protocols.dns import caa, dnssec
from rempart.exposure.protocols.dns.answers import Answer, Answers, State, canonical
from rempart.exposure.protocols.dns.claimable import hosting_of
from rempart.exposure.protocols.dns.names import registrable
from rempart.exposure.snapshot import Outcome, Snapshot

Row = dict[str, object]
WILDCARD = "rempart-"
"""Beginning of the random name that tells whether every name exists."""
PAGE_PROBE = "dns.abandoned"
SIGNED_TYPES = ("SOA", "NS", "MX", "TXT")

DNSSEC = {
    "subject": pl.String(),
    "status": pl.String(),  # secure, unsigned, island, bogus, unknown
    "problems": TEXTS,
    "algorithms": pl.List(pl.Int64()),
    "digests": pl.List(pl.Int64()),
    "shortest_rsa": pl.UInt32(),
    "expires": pl.Datetime("us", "UTC"),
}
CAA = {
    "subject": pl.String(),
    "state": pl.String(),
    "found_at": pl.String(),
    "issuers": TEXTS,
    "wildcard_issuers": TEXTS,
    "stopping": TEXTS,
}
ALIASES = {
    "subject": pl.String(),
    "target": pl.String(),
    "state": pl.String(),  # resolves, gone (NXDOMAIN), unknown
    "registered": pl.String(),  # the part of the target that somebody registers
    "free": pl.Boolean(),  # nobody has it
    "hosting": pl.String(),  # the service where anyone may take the place, "" for none
    "abandoned": pl.Boolean(),  # its page says "no such site"
}
WILDCARDS = {"subject": pl.String(), "wildcard": pl.Boolean()}
NETWORKS = {
    "subject": pl.String(),
    "servers": pl.UInt32(),
    "addresses": pl.UInt32(),
    "networks4": pl.UInt32(),  # different /24
    "networks6": pl.UInt32(),  # different /48
    "unanswered": TEXTS,
}


def name_servers(answer: Answer) -> tuple[str, ...]:
    """Return the names of an NS answer."""
    return tuple(sorted({canonical(one.target.to_text()) for one in answer.records}))  # type: ignore[attr-defined]


def addresses(host: str, answers: Answers) -> list[str]:
    """Return the addresses of a host, IPv4 first."""
    found = (answers.get(host, rdtype).records for rdtype in ("A", "AAAA"))
    return [one.address for records in found for one in sorted(records)]  # type: ignore[attr-defined]


def is_zone(name: str, answers: Answers) -> bool:
    """Tell whether a name is the top of a zone of its own."""
    answer = answers.get(name, "SOA")
    return answer.state is State.PRESENT and not answer.aliases


def dnssec_row(name: str, answers: Answers) -> Row:
    """Read DNSSEC of a zone."""
    chain = dnssec.zone(name, answers, SIGNED_TYPES)
    return {
        "subject": name,
        "status": str(chain.status),
        "problems": list(chain.problems),
        "algorithms": list(chain.algorithms),
        "digests": list(chain.digests),
        "shortest_rsa": chain.shortest_rsa,
        "expires": chain.expires,
    }


def caa_row(name: str, answers: Answers) -> Row:
    """Read which authorities may issue for a name."""
    found = caa.relevant(name, answers)
    return {
        "subject": name,
        "state": "present" if found.found_at else ("absent" if found.known else "unknown"),
        "found_at": found.found_at,
        "issuers": list(found.issuers),
        "wildcard_issuers": list(found.wildcard_issuers),
        "stopping": list(found.stopping),
    }


def alias_rows(name: str, answers: Answers) -> list[Row]:
    """Read where a name that is an alias leads."""
    answer = answers.get(name, "A")
    six = answers.get(name, "AAAA")
    aliases = answer.aliases or six.aliases
    if not aliases:
        return []
    target, hosting = aliases[-1], hosting_of(aliases[-1])
    owner = registrable(target)
    row: Row = {"subject": name, "target": target, "registered": owner, "hosting": hosting.name if hosting else ""}
    if State.NXDOMAIN in {answer.state, six.state}:
        free = answers.get(owner, "SOA").state
        return [row | {"state": "gone", "free": None if free is State.UNKNOWN else free is State.NXDOMAIN}]
    unknown = State.UNKNOWN in {answer.state, six.state} and State.PRESENT not in {answer.state, six.state}
    return [row | {"state": "unknown" if unknown else "resolves", "free": False}]


def network_row(name: str, answers: Answers) -> Row:
    """Count the name servers of a zone and the networks they stand in."""
    servers = name_servers(answers.get(name, "NS"))
    found = sorted({address for server in servers for address in addresses(server, answers)})
    unanswered = [s for s in servers if State.UNKNOWN in {answers.get(s, "A").state, answers.get(s, "AAAA").state}]
    return {
        "subject": name,
        "servers": len(servers),
        "addresses": len(found),
        "networks4": len({ipaddress.ip_network(f"{each}/24", strict=False) for each in found if ":" not in each}),
        "networks6": len({ipaddress.ip_network(f"{each}/48", strict=False) for each in found if ":" in each}),
        "unanswered": unanswered if servers else [name],
    }


def zones(snapshot: Snapshot) -> list[str]:
    """Return the declared names that are zones."""
    answers = resolved(snapshot).answers
    return [name for name in domains(snapshot) if is_zone(name, answers)]


def silent_zones(snapshot: Snapshot) -> list[str]:
    """Return the declared names of which nobody said whether they are zones."""
    answers = resolved(snapshot).answers
    return [name for name in domains(snapshot) if answers.get(name, "SOA").state is State.UNKNOWN]


@facts("dnssec")
def dnssec_zones(snapshot: Snapshot) -> pl.DataFrame:
    """DNSSEC of each declared zone; columns in `DNSSEC`. One that nobody answers for is "unknown"."""
    answers = resolved(snapshot).answers
    rows = [dnssec_row(name, answers) for name in zones(snapshot)]
    return frame(rows + [{"subject": name, "status": "unknown"} for name in silent_zones(snapshot)], DNSSEC)


@facts("caa")
def caa_names(snapshot: Snapshot) -> pl.DataFrame:
    """The authorities of each declared name; columns in `CAA`."""
    answers = resolved(snapshot).answers
    return frame([caa_row(name, answers) for name in domains(snapshot)], CAA)


@facts("nameserver_networks")
def nameserver_networks(snapshot: Snapshot) -> pl.DataFrame:
    """How spread the name servers of each declared zone are; columns in `NETWORKS`."""
    answers = resolved(snapshot).answers
    rows = [network_row(name, answers) for name in zones(snapshot)]
    return frame(rows + [{"subject": name, "unanswered": [name]} for name in silent_zones(snapshot)], NETWORKS)


@facts("aliases")
def aliases_frame(snapshot: Snapshot) -> pl.DataFrame:
    """Where each declared name that is an alias leads; columns in `ALIASES`."""
    answers, pages = resolved(snapshot).answers, _pages(snapshot)
    rows = [row for name in domains(snapshot) for row in alias_rows(name, answers)]
    for row in rows:
        hosting, page = hosting_of(str(row["target"])), pages.get(str(row["subject"]))
        row["abandoned"] = None if page is None or hosting is None else hosting.abandoned(page)
    return frame(rows, ALIASES)


def _pages(snapshot: Snapshot) -> dict[str, bytes]:
    answered = asked(snapshot, PAGE_PROBE).filter(pl.col("outcome") == Outcome.ANSWERED)
    return dict(zip(answered["subject"], answered["received"], strict=True))


@facts("wildcards")
def wildcards(snapshot: Snapshot) -> pl.DataFrame:
    """Whether any name exists under each declared one; columns in `WILDCARDS`."""
    answers = resolved(snapshot).answers
    rows = []
    for question in answers.questions():
        label, _, parent = question.name.partition(".")
        if label.startswith(WILDCARD) and question.rdtype == "A":
            answer = answers.get(question.name, "A")
            found = None if answer.state is State.UNKNOWN else bool(answer.records or answer.aliases)
            rows.append({"subject": parent, "wildcard": found})
    return frame(rows, WILDCARDS).unique("subject", keep="first", maintain_order=True)
