"""What each name server of a declared zone says when it is asked itself."""

import json

import dns.flags
import dns.rcode
import polars as pl
from dns.rdtypes.ANY.SOA import SOA

from rempart.exposure.facts import asked, facts
from rempart.exposure.facts.dns import Row, addresses, name_servers, silent_zones, zones
from rempart.exposure.facts.resolved import DIRECT, QUERY, frame, resolved
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import Answers, State, parse_message
from rempart.exposure.protocols.dns.names import registrable
from rempart.exposure.snapshot import Outcome, Snapshot

RECURSION_PROBE, TRANSFER_PROBE = "dns.recursion", "dns.axfr"

NAMESERVERS = {
    "subject": pl.String(),
    "server": pl.String(),  # "" when nobody gave the servers of the zone
    "address": pl.String(),  # "" for a server without any
    "state": pl.String(),  # authoritative, lame, silent, outside (the perimeter), nowhere (no address), unknown
    "free": pl.Boolean(),  # the domain of the server's name is registered by nobody
    "serial": pl.UInt32(),
    "recursion": pl.Boolean(),  # answers for names that are not its own
    "transfer": pl.Boolean(),  # hands out the whole zone
    "transferred": pl.UInt32(),  # records that came in the first message of the transfer
}


@facts("nameservers")
def nameservers(snapshot: Snapshot) -> pl.DataFrame:
    """Each address of each name server of each declared zone; columns in `NAMESERVERS`."""
    answers = resolved(snapshot).answers
    said = _said(snapshot)
    rows: list[Row] = []
    rows += [{"subject": name, "server": "", "address": "", "state": "unknown"} for name in _unlisted(snapshot)]
    for zone in zones(snapshot):
        for server in name_servers(answers.get(zone, "NS")):
            places = addresses(server, answers)
            rows += [_row(zone, server, place, said) for place in places] or [_nowhere(zone, server, answers)]
    return frame(rows, NAMESERVERS)


def _unlisted(snapshot: Snapshot) -> list[str]:
    """Return the declared names whose servers nobody gave."""
    answers = resolved(snapshot).answers
    silent = [zone for zone in zones(snapshot) if answers.get(zone, "NS").state is State.UNKNOWN]
    return silent_zones(snapshot) + silent


def free_rows(zone: str, answers: Answers) -> None:
    """Ask for what says whether a server that has no address is somebody's."""
    for server in name_servers(answers.get(zone, "NS")):
        if not addresses(server, answers):
            _nowhere(zone, server, answers)


def _nowhere(zone: str, server: str, answers: Answers) -> Row:
    states = {answers.get(server, rdtype).state for rdtype in ("A", "AAAA")}
    row: Row = {"subject": zone, "server": server, "address": ""}
    if State.UNKNOWN in states:
        return row | {"state": "unknown"}
    return row | {"state": "nowhere", "free": answers.get(registrable(server), "SOA").state is State.NXDOMAIN}


def _row(zone: str, server: str, address: str, said: dict[tuple[str, str, str], Row]) -> Row:
    row: Row = {"subject": zone, "server": server, "address": address, "state": "silent", "free": False}
    for probe in (QUERY, RECURSION_PROBE, TRANSFER_PROBE):
        row |= said.get((probe, zone, address), {})
    return row


def _said(snapshot: Snapshot) -> dict[tuple[str, str, str], Row]:
    """Return what each probe learnt, by probe, zone and address; a later answer wins over silence."""
    found: dict[tuple[str, str, str], Row] = {}
    readers = {QUERY: _soa, RECURSION_PROBE: _recursion, TRANSFER_PROBE: _transfer}
    for probe, reader in readers.items():
        rows = asked(snapshot, probe)
        for row in rows.filter(pl.col("question").str.ends_with(DIRECT)).iter_rows(named=True):
            learnt = reader(row)
            key = (probe, row["subject"], row["address"])
            if key not in found or learnt.get("state") not in {None, "silent"}:
                found[key] = learnt
    return found


def _soa(row: Row) -> Row:
    """Read the answer to "SOA", asked of the server itself: the serial, or that it does not know the zone."""
    if row["outcome"] == Outcome.SKIPPED and json.loads(str(row["detail"] or "{}")).get("why") == "outside":
        return {"state": "outside"}
    if row["outcome"] != Outcome.ANSWERED:
        return {"state": "silent"}
    try:
        message = parse_message(bytes(row["received"]))  # type: ignore[call-overload]
    except Malformed:
        return {"state": "silent"}
    serials = [one.serial for rrset in message.answer for one in rrset if isinstance(one, SOA)]
    if serials and message.flags & dns.flags.AA:
        return {"state": "authoritative", "serial": serials[0]}
    return {"state": "lame"}


def _recursion(row: Row) -> Row:
    """Read the answer to a name that is not the server's: it is open when it went and found it."""
    if row["outcome"] != Outcome.ANSWERED:
        return {}
    try:
        message = parse_message(bytes(row["received"]))  # type: ignore[call-overload]
    except Malformed:
        return {}
    found = message.rcode() == dns.rcode.NOERROR and bool(message.answer) and bool(message.flags & dns.flags.RA)
    return {"recursion": found and not message.flags & dns.flags.AA}


def _transfer(row: Row) -> Row:
    """Read what came of a transfer: the count that the probe kept."""
    detail = json.loads(str(row["detail"] or "{}"))
    if row["outcome"] in {Outcome.RESET, Outcome.CLOSED, Outcome.REFUSED}:
        return {"transfer": False}
    if row["outcome"] != Outcome.ANSWERED or "records" not in detail:
        return {}
    return {"transfer": detail["records"] > 1, "transferred": detail["records"]}
