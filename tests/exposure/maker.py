"""Makes small snapshots for tests, from a few rows: what was open, what was asked and what came back."""

import json
from datetime import UTC, datetime, timedelta

from rempart.exposure.snapshot import TABLE_SCHEMAS, Manifest, Outcome, Snapshot, table
from rempart.exposure.surface import Surface

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADDRESS = "192.0.2.10"
"""Of a documentation range (RFC 5737): nothing of ours has it."""
RESOLVER = "192.0.2.53"

Row = dict[str, object]


class Maker:
    """The rows of a snapshot to be. Each method adds one row and returns it, so that a test may change it."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in TABLE_SCHEMAS}
        self.names: tuple[str, ...] = ("valmont.example",)

    def asset(self, name: str = "", address: str = "", **columns: object) -> Row:
        """A declared name or address; with `distance` > 0, one that discovery found (`origin`, `source`, `weight`)."""
        base: Row = {"distance": 0, "origin": "declared", "source": "", "weight": 0.7, "role": ""}
        return self._add("assets", base | {"name": name, "address": address} | columns)

    def service(self, port: int, protocol: str = "", **columns: object) -> Row:
        """A port that was tried, open and in clear unless said (`address`, `transport`, `state`, `tls`)."""
        base: Row = {"address": ADDRESS, "transport": "tcp", "state": "open", "tls": ""}
        return self._add("services", base | {"port": port, "protocol": protocol} | columns)

    def observed(self, probe: str, received: bytes = b"", **columns: object) -> Row:
        """One question asked and what came of it, a millisecond after the one before.

        Columns: `sent`, `port` (443), `address`, `transport` ("tcp"), `name`, `subject`, `question` (the probe's name),
        `outcome` ("answered"), `version`, `at`, `seconds`, `detail` (a dictionary).
        """
        base: Row = {
            "subject": "",
            "address": ADDRESS,
            "port": 443,
            "transport": "tcp",
            "name": "",
            "version": 1,
            "question": probe,
            "at": AT - timedelta(hours=1) + timedelta(milliseconds=len(self.rows["observations"])),
            "seconds": 0.01,
            "outcome": str(Outcome.ANSWERED),
            "sent": b"",
        }
        detail = json.dumps(columns.pop("detail", {}))
        known: Row = {"probe": probe, "received": received, "detail": detail}
        return self._add("observations", base | known | columns)

    def dns(self, message: bytes, question: str, *, subject: str, outcome: str = Outcome.ANSWERED) -> Row:
        """The answer of a resolver: `message` is a DNS message, `question` its label ("valmont.example TXT")."""
        return self.observed(
            "dns.query",
            message,
            question=question,
            subject=subject,
            address=RESOLVER,
            port=53,
            transport="udp",
            outcome=str(outcome),
        )

    def gap(self, topic: str, subject: str = "", fr: str = "pas regardé", en: str = "not looked at") -> Row:
        """What could not be looked at; with no subject, the whole run could not."""
        return self._add("gaps", {"topic": topic, "subject": subject, "fr": fr, "en": en})

    def declared(self, host: str = ADDRESS, **columns: object) -> Row:
        """What somebody read on the spot the day before: `port`, `product` and `version`, or `filtered`."""
        base: Row = {"product": "", "version": "", "filtered": False, "author": "RSSI", "dated": AT.date()}
        return self._add("declarations", base | {"host": host} | columns)

    def outside(self, title: str, **columns: object) -> Row:
        """A finding of somebody else."""
        base: Row = {"source": "nmap", "at": AT, "subject": "", "address": ADDRESS, "port": 443, "title": title}
        return self._add("outside", base | {"severity": "", "reference": "", "detail": ""} | columns)

    def snapshot(self) -> Snapshot:
        """Return the snapshot these rows make."""
        frames = {name: table(name, rows) for name, rows in self.rows.items()}
        return Snapshot(
            manifest=Manifest(
                tool="rempart",
                source="audit",
                taken_at=AT,
                began_at=AT - timedelta(hours=1),
                names=self.names,
                mandate="Direction du CH de Valmont (fictif), jusqu'au 31/12/2026",
                perimeter="sha256:" + "0" * 64,
                counts={name: frame.height for name, frame in frames.items()},
            ),
            **frames,
        )

    def surface(self, at: datetime = AT) -> Surface:
        """Return the surface to judge at `at`."""
        return Surface(self.snapshot(), at)

    def _add(self, name: str, row: Row) -> Row:
        self.rows[name].append(row)
        return row
