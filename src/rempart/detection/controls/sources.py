"""Which logs come: the families without which an attack on a hospital is not seen."""

from collections.abc import Iterator

import polars as pl

from rempart.detection.controls import control
from rempart.detection.coverage import WEEK, Coverage
from rempart.detection.inventory import Family, MachineKind
from rempart.measurement.control import Control
from rempart.measurement.text import Text
from rempart.measurement.verdict import Verdict

_ABSENT = Text(fr="déclaré absent : {why}", en="declared absent: {why}")
_YOUNG = Text(
    fr="le registre n'a pas encore une journée entière ; revenez demain",
    en="the ledger has no whole day yet; come back tomorrow",
)
_MISSING = Text(fr="aucun événement de ce genre en sept jours", en="no event of the kind in seven days")


@control("vuln_source_domain_controllers")
def domain_controllers(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge each declared domain controller; without a list, whether events that only one writes come."""
    declared = coverage.machines(MachineKind.DOMAIN_CONTROLLER)
    if coverage.absent(Family.DOMAIN_CONTROLLERS) or not coverage.known_days or not declared.height:
        yield _family(entry, coverage, Family.DOMAIN_CONTROLLERS)
        return
    silent = coverage.silent(MachineKind.DOMAIN_CONTROLLER, source="windows/security")
    subjects = silent.select(key=pl.col("name"), name=pl.col("name"))
    measured = {"declared": declared.height, "silent": silent.height}
    yield entry.judge(subjects, measured=measured)


@control("vuln_source_processes")
def processes(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the creation of processes is received."""
    yield _family(entry, coverage, Family.PROCESSES)


@control("vuln_source_powershell")
def powershell(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the content of PowerShell commands is received."""
    yield _family(entry, coverage, Family.POWERSHELL)


@control("vuln_source_firewall")
def firewall(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the firewalls are received."""
    yield _family(entry, coverage, Family.FIREWALL)


@control("vuln_source_vpn")
def vpn(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether remote access is received."""
    yield _family(entry, coverage, Family.VPN)


@control("vuln_source_web")
def web(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the proxy or DNS is received."""
    yield _family(entry, coverage, Family.WEB)


@control("vuln_source_backups")
def backups(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the backups are received."""
    yield _family(entry, coverage, Family.BACKUPS)


@control("vuln_source_records")
def records(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """Judge whether the record system is received."""
    yield _family(entry, coverage, Family.RECORDS)


@control("info_sources")
def inventory(entry: Control, coverage: Coverage) -> Iterator[Verdict]:
    """List what came in the last week, by source."""
    week = coverage.within(coverage.snapshot.days, WEEK)
    sources = week.group_by("source").agg(pl.col("events").sum()).sort("source")
    subjects = sources.select(key=pl.col("source"), name=pl.col("source"), events="events")
    yield entry.judge(subjects, measured={"log_sources": sources.height, "events": int(week["events"].sum())})


def _family(entry: Control, coverage: Coverage, family: Family) -> Verdict:
    """Return the verdict on a family: events of it in the last week, or none."""
    why = coverage.absent(family)
    if why is not None:
        return entry.not_applicable(_ABSENT.filled(why=why))
    if not coverage.known_days:
        return entry.not_evaluated(_YOUNG)
    rows = coverage.received(family)
    measured = {"events": int(rows["events"].sum()), "days_received": rows["day"].n_unique()}
    verdict = entry.judge(
        pl.DataFrame(schema={"key": pl.String, "name": pl.String}), failed=not rows.height, measured=measured
    )
    return verdict.model_copy(update={"reason": _MISSING}) if not rows.height else verdict
