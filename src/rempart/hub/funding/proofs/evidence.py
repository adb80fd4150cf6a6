"""What is known of files, gathered for the rules in a set number of queries, for one file or for all of a call."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from rempart.hub.common.clock import paris_day
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.calls.models import Stage, Window
from rempart.hub.funding.proofs import antivirus
from rempart.hub.funding.proofs.members import Members, members_of_all
from rempart.hub.funding.proofs.models import Deposit, DocumentVersion, Judgement, OutsideResult, ScanState
from rempart.hub.funding.rules import evidence as kernel

Slot = tuple[int, str]
"""A file's primary key and the code of one of its requirements."""
Closings = dict[tuple[str, str], date]
"""The last day of a desk, by call and stage."""


@dataclass(slots=True)
class Found:
    """The proofs of one requirement of one file. `arrived_at` is the last change; `doubtful` measures need a person."""

    pieces: list[kernel.Piece] = field(default_factory=list)
    measures: list[kernel.Measure] = field(default_factory=list)
    outside: list[kernel.Outside] = field(default_factory=list)
    judgement: kernel.Judgement | None = None
    arrived_at: datetime | None = None
    doubtful: set[int] = field(default_factory=set)

    def arrives(self, *moments: datetime | None) -> None:
        """Note that a proof came, changed or left."""
        known = [moment for moment in (self.arrived_at, *moments) if moment is not None]
        self.arrived_at = max(known, default=None)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known of some files."""

    applications: Sequence[Application]
    members: dict[int, Members]
    found: dict[Slot, Found]
    closings: Closings

    def evidence(
        self, application: Application, requirement: Requirement, *, at: datetime, declared_at: datetime | None = None
    ) -> kernel.Evidence:
        """Return the evidence of one requirement; `declared_at` supposes a declaration when there is none yet."""
        definition, members = application.version.definition, self.members[application.pk]
        found = self.found[application.pk, requirement.code]
        return kernel.Evidence(
            at=at,
            submitted_at=application.submitted_at,
            declared_at=application.declared_at or declared_at,
            operational_from=definition.operational_from,
            submit_by=self.closings.get((application.call_id, Stage.APPLICATION)),
            declare_by=self.closings.get((application.call_id, Stage.DECLARATION)),
            is_ght=application.ght_id is not None,
            shares=members.shares(),
            names=members.names,
            pieces=tuple(found.pieces),
            measures=tuple(found.measures),
            outside=tuple(found.outside),
            judgement=found.judgement,
        )


def gather(applications: Sequence[Application]) -> Gathered:
    """Gather the proofs of files: at most eleven queries, however many files there are."""
    prefetch_related_objects(applications, "version")
    found: dict[Slot, Found] = defaultdict(Found)
    files = [application.pk for application in applications]
    openable = _pieces(files, found)
    _measures(files, found)
    _outside(files, found, openable)
    _judgements(files, found)
    calls = {application.call_id for application in applications}
    windows = Window.objects.filter(call__in=calls).order_by("id").values_list("call", "stage", "closes_at")
    closings = {(call, stage): paris_day(end) for call, stage, end in windows if end}
    return Gathered(applications, members_of_all(applications), found, closings)


def openable(scan: str) -> bool:
    """Return whether a file may be opened: called clean, or not looked at on a hub that has no antivirus."""
    return scan == ScanState.CLEAN or (scan == ScanState.NOT_SCANNED and not antivirus.is_configured())


def _pieces(files: list[int], found: dict[Slot, Found]) -> set[int]:
    """Read the last version of every piece, and return the pieces that can be opened."""
    last = DocumentVersion.objects.filter(document__application__in=files).select_related("document")
    can_open = set()
    for version in last.order_by("document_id", "-number").distinct("document_id"):
        document = version.document
        place = found[document.application_id, document.requirement]
        place.arrives(version.deposited_at, document.withdrawn_at)
        if version.scan == ScanState.INFECTED:
            place.arrives(version.scanned_at)
        if document.withdrawn_at is not None:
            continue
        opens = openable(version.scan)
        if opens:
            can_open.add(document.pk)
        members = frozenset(document.members)
        place.pieces.append(
            kernel.Piece(document.pk, document.nature, version.dated, version.signatory, members, opens)
        )
    return can_open


def _measures(files: list[int], found: dict[Slot, Found]) -> None:
    rows = Deposit.objects.filter(application__in=files).order_by("taken_at", "id")
    for pk, file, code, engine, level, at_most, taken_at, members, known, deposited_at in rows.values_list(
        "id", "application", "requirement", "engine", "level", "at_most", "taken_at", "members", "catalogue_known",
        "deposited_at",
    ):  # fmt: skip
        place = found[file, code]
        place.arrives(deposited_at)
        place.measures.append(kernel.Measure(pk, engine, level, at_most, taken_at, frozenset(members)))
        if not known:
            place.doubtful.add(pk)


def _outside(files: list[int], found: dict[Slot, Found], can_open: set[int]) -> None:
    for row in OutsideResult.objects.filter(application__in=files).order_by("taken_on", "id"):
        place = found[row.application_id, row.requirement]
        place.arrives(row.entered_at, row.withdrawn_at)
        if row.withdrawn_at is None:
            members, shown = frozenset(row.members), row.document_id in can_open
            place.outside.append(kernel.Outside(row.pk, row.service, row.level, row.taken_on, members, shown))


def _judgements(files: list[int], found: dict[Slot, Found]) -> None:
    """Keep the last decision of each requirement, unless a proof came or left after it."""
    last = Judgement.objects.filter(application__in=files)
    for row in last.order_by("application_id", "requirement", "-at", "-id").distinct("application_id", "requirement"):
        place = found[row.application_id, row.requirement]
        if place.arrived_at is None or row.at >= place.arrived_at:
            place.judgement = kernel.Judgement(row.met, row.at, row.reason)
