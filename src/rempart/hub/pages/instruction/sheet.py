"""A file as its instructor reads it: requirement by requirement, what is asked and judged, and the proofs beside."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rempart.hub.accounts.models import User
from rempart.hub.common.errors import Refusal
from rempart.hub.exports.listing import CANDIDACY
from rempart.hub.funding.applications.models import Application
from rempart.hub.funding.calls.definition import Requirement
from rempart.hub.funding.proofs.access import check_may_judge
from rempart.hub.funding.proofs.evidence import openable
from rempart.hub.funding.proofs.members import members_of_all
from rempart.hub.funding.proofs.models import Assessment, Deposit, Document, DocumentVersion, Judgement, OutsideResult
from rempart.hub.pages.instruction.desk import listed
from rempart.measurement.text import Text


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its last version, whether it opens, the older ones."""

    document: Document
    last: DocumentVersion
    opens: bool
    older: list[DocumentVersion]
    members: list[str]


@dataclass(frozen=True, slots=True)
class Attested:
    """A verified attestation and the members it speaks for."""

    deposit: Deposit
    members: list[str]


@dataclass(frozen=True, slots=True)
class Outside:
    """A result of a State service and the members it speaks for."""

    result: OutsideResult
    members: list[str]


@dataclass(slots=True)
class Line:
    """One requirement: what it asks, what the rule says, what a person decided, and the proofs."""

    asked: Requirement
    verdict: Assessment | None = None
    parts: list[tuple[str, str]] = field(default_factory=list)
    judgement: Judgement | None = None
    papers: list[Paper] = field(default_factory=list)
    attested: list[Attested] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """The colour; what was never judged lacks its proof."""
        return self.verdict.outcome if self.verdict else "missing"

    @property
    def has_proofs(self) -> bool:
        """Whether anything was brought."""
        return bool(self.papers or self.attested or self.outside)

    @property
    def reasons(self) -> list[Text]:
        """Why, in order."""
        return [Text(**one) for one in self.verdict.reasons] if self.verdict else []

    @property
    def missing(self) -> list[Text]:
        """What must still be brought."""
        return [Text(**one) for one in self.verdict.missing] if self.verdict else []

    @property
    def warning(self) -> Text | None:
        """What is about to be missed."""
        return Text(**self.verdict.warning) if self.verdict and self.verdict.warning else None


@dataclass(frozen=True, slots=True)
class Section:
    """The prerequisites or the objectives; `now` are those that are judged at this stage."""

    title: Promise
    lines: list[Line]
    now: bool


def file_of(user: User, number: str) -> Application:
    """Return a file somebody works on.

    Raises:
        Http404: none, or not theirs: the answer is the same.

    """
    files = listed(user).select_related("call", "version", "region", "ght", "legal_entity__department", "assigned_to")
    file = files.filter(number=number).first()
    if file is None:
        raise Http404
    return file


def sections(file: Application) -> list[Section]:
    """Return all that is asked of a file with its proofs: a set number of queries, however many requirements."""
    definition = file.version.definition
    lines = {item.code: Line(item) for item in (*definition.prerequisites, *definition.objectives)}
    names = members_of_all([file])[file.pk].names
    _judged(file, lines, names)
    _brought(file, lines, names)
    candidate = file.state in CANDIDACY
    found = (
        Section(_("Prérequis"), [lines[item.code] for item in definition.prerequisites], candidate),
        Section(_("Objectifs"), [lines[item.code] for item in definition.objectives], not candidate),
    )
    return sorted((section for section in found if section.lines), key=lambda section: not section.now)


def may_judge(user: User, file: Application) -> bool:
    """Return whether `user` may decide of a requirement now."""
    try:
        check_may_judge(user, file)
    except Refusal:
        return False
    return True


def _judged(file: Application, lines: dict[str, Line], names: dict[str, str]) -> None:
    for row in Assessment.objects.filter(application=file, requirement__in=list(lines)).order_by("requirement"):
        line = lines[row.requirement]
        line.verdict = row
        line.parts = [(names.get(finess, finess), outcome) for finess, outcome in row.parts.items()]
    for judgement in Judgement.objects.filter(application=file).select_related("by").order_by("at", "pk"):
        if judgement.requirement in lines:
            lines[judgement.requirement].judgement = judgement


def _brought(file: Application, lines: dict[str, Line], names: dict[str, str]) -> None:
    versions = Prefetch("versions", DocumentVersion.objects.select_related("deposited_by").order_by("-number"))
    documents = Document.objects.filter(application=file, withdrawn_at=None).prefetch_related(versions)
    for document in documents.order_by("pk"):
        kept = list(document.versions.all())
        if document.requirement in lines and kept:
            paper = Paper(document, kept[0], openable(kept[0].scan), kept[1:], _named(document.members, names))
            lines[document.requirement].papers.append(paper)
    deposits = Deposit.objects.filter(application=file).select_related("key", "deposited_by").defer("content")
    for deposit in deposits.order_by("taken_at", "pk"):
        if deposit.requirement in lines:
            lines[deposit.requirement].attested.append(Attested(deposit, _named(deposit.members, names)))
    results = OutsideResult.objects.filter(application=file, withdrawn_at=None).select_related("document", "entered_by")
    for result in results.order_by("taken_on", "pk"):
        if result.requirement in lines:
            lines[result.requirement].outside.append(Outside(result, _named(result.members, names)))


def _named(members: Iterable[str], names: dict[str, str]) -> list[str]:
    return [names.get(finess, finess) for finess in members]


def counted(sections_: Iterable[Section]) -> list[tuple[str, int]]:
    """Return how many requirements judged now have each colour, the good ones first."""
    found: dict[str, int] = defaultdict(int)
    for section in sections_:
        if section.now:
            for line in section.lines:
                found["met" if line.outcome == "not_applicable" else line.outcome] += 1
    return [(colour, found[colour]) for colour in ("met", "to_review", "unmet", "missing") if found[colour]]
