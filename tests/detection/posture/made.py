"""Ledgers of a fictional hospital, made day by day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from rempart.detection import ledger
from rempart.detection.catalogue import catalogue
from rempart.detection.controls import evaluations
from rempart.detection.coverage import Coverage
from rempart.detection.events import HOST, MOMENT, TIME, Block, EventClass
from rempart.detection.inventory import Inventory, Machine, MachineKind
from rempart.detection.snapshot import take
from rempart.measurement.verdict import Verdict

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DC = Machine(name="DC01", kind=MachineKind.DOMAIN_CONTROLLER)
SOUND = {
    "rules": 2400, "refused": 12, "rules_newest": AT.timestamp() - 5 * 86400, "roster_gap_minutes": 0,
    "told_30": 10, "acknowledged_within_hour_30": 10, "store_days": 400,
}  # fmt: skip
FULL = (
    ("windows/security", "4768", "dc01.valmont.test"), ("windows/sysmon", "1", "pc-17"),
    ("windows/powershell", "4104", "pc-17"),
    ("network/firewall", "", "fw-1"), ("hospital/vpn", "", "vpn-1"), ("web/proxy", "", "proxy-1"),
    ("linux/bareos", "", "bk-1"), ("hospital/records", "", "dpi-1"),
)  # fmt: skip


def block(source, code, hosts, moments):
    table = {
        TIME: pa.array(moments, MOMENT),
        HOST: pa.array(hosts, pa.string()).dictionary_encode(),
    }
    return Block(EventClass(source, code), pa.RecordBatch.from_pydict(table))


class Hospital:
    """A ledger in the making: whole days before AT, one event an hour of each source."""

    def __init__(self, path: Path, *, days: int = 40, events=FULL, delay: float = 30.0, facts=SOUND):
        self.path = path
        self.tally = ledger.Tally()
        self.facts = dict(facts)
        for number in range(1, days + 1):
            for source, code, host in events:
                self.day(number, source, code, host, delay=delay)

    def day(self, ago, source, code="", host="srv", **when):
        hours, delay = when.get("hours", range(24)), when.get("delay", 30.0)
        start = (AT - timedelta(days=ago)).replace(hour=0, minute=0)
        for hour in hours:
            moment = start + timedelta(hours=hour, minutes=5)
            seen = block(source, code, [host], [moment])
            self.tally.count(seen, moment + timedelta(seconds=delay), live=True)

    def coverage(self, inventory: Inventory | None = None, at: datetime = AT) -> Coverage:
        with ledger.opened(self.path) as connection:
            self.tally.write(connection)
            ledger.note(connection, AT.date().isoformat(), self.facts)
        return Coverage(take(self.path, inventory, at), at)

    def judged(self, control: str, inventory: Inventory | None = None) -> list[Verdict]:
        coverage = self.coverage(inventory)
        entry = catalogue().controls[control]
        assert not coverage.gaps(entry.needs)
        return list(evaluations()[control](entry, coverage))


def statuses(verdicts: list[Verdict]) -> list[str]:
    return [verdict.status.value for verdict in verdicts]
