"""What these tests share: whole audits as sets of names, and descriptors read by a parser that is not ours."""

from collections.abc import Iterator
from uuid import UUID

from impacket.ldap.ldaptypes import LDAP_SID, SR_SECURITY_DESCRIPTOR

from rempart.directory.builder import SnapshotBuilder
from rempart.measurement.report import Report
from rempart.measurement.verdict import Status

Ace = tuple[str, str, int, str | None, int]


def recording() -> tuple[type[SnapshotBuilder], dict[str, dict[str, list[bytes]]]]:
    """A builder that notes the raw records given to it (the first of each DN), to put in a reader's place."""
    records: dict[str, dict[str, list[bytes]]] = {}

    class Recorder(SnapshotBuilder):
        def add(self, dn, attributes):
            records.setdefault(dn, {name: list(values) for name, values in attributes.items()})
            super().add(dn, attributes)

    return Recorder, records


def found(report: Report, status: Status) -> dict[tuple[str, int], set[str]]:
    """The scored thresholds with this status, and the names of their subjects."""
    return {
        verdict.key: set(verdict.subjects["name"])
        for verdict in report.verdicts
        if verdict.level is not None and verdict.status is status
    }


def sid(raw: bytes) -> str:
    """A SID as text, by impacket."""
    return str(LDAP_SID(raw).formatCanonical())


def aces(descriptor: bytes) -> Iterator[Ace]:
    """The ACEs of a DACL by impacket: "A" or "D", trustee, mask, object type, flags."""
    for entry in SR_SECURITY_DESCRIPTOR(descriptor)["Dacl"]["Data"]:
        ace, kind = entry["Ace"], entry["AceType"]
        typed = kind in {5, 6} and ace["Flags"] & 1
        guid = str(UUID(bytes_le=ace["ObjectType"])) if typed else None
        letter = {0: "A", 5: "A", 1: "D", 6: "D"}[kind]
        yield letter, ace["Sid"].formatCanonical(), ace["Mask"]["Mask"], guid, entry["AceFlags"]
