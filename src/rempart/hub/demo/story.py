"""The simulated life of each file of the replay: when it moved, drawn once from a seed, to the published figures.

Pure: applicants in, stories out. Days of the call are facts; which file moved on which day is invented.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rempart.hub.common.clock import PARIS
from rempart.hub.demo.figures import Figures
from rempart.hub.demo.territory import SEED
from rempart.hub.funding.calls.definition import ApplicantKind

OPENING, CLOSING = date(2024, 3, 18), date(2024, 4, 19)
REVIEW_ENDS = date(2024, 5, 21)
DECLARATION_OPENS, DECLARATION_CLOSES = date(2024, 5, 21), date(2025, 6, 30)
REFUSED = {ApplicantKind.NONPROFIT: 6, ApplicantKind.FORPROFIT: 19}
"""How the files that were not retained fall among kinds: invented, only their number (25) is known."""
CHECKED, TRANSMITTED = 300, 80
"""How many declared files were in check, and how many at the ANS, when the replay stops: invented."""
CORRECTED_SHARE = 0.15
MEAN_CEILING = {
    ApplicantKind.GHT: 180_000,
    ApplicantKind.PUBLIC: 60_000,
    ApplicantKind.NONPROFIT: 30_000,
    ApplicantKind.FORPROFIT: 41_000,
}
"""Mean ceilings in euros, before they are brought to the published total: the true list was not found."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move of a file."""

    action: str
    at: datetime
    reason: str = ""


@dataclass(slots=True)
class Story:
    """What happens to one file; `applicant` is the rank of the applicant within its kind."""

    kind: ApplicantKind
    applicant: int
    ceiling_cents: int = 0
    steps: list[Step] = field(default_factory=list)

    def did(self, action: str) -> bool:
        """Tell whether the file made this move."""
        return any(step.action == action for step in self.steps)

    def when(self, action: str) -> datetime:
        """Return when the file last made this move."""
        return max(step.at for step in self.steps if step.action == action)


def stories(figures: Figures) -> list[Story]:
    """Return one story for each application, in order of submission. The first GHT is Valmont's, never refused."""
    chance = random.Random(SEED + 1)  # noqa: S311 — a simulation needs no secret
    told = [
        Story(kind, applicant)
        for kind, numbers in figures.kinds.items()
        for applicant in sorted([0, *chance.sample(range(1, numbers.eligible), numbers.applications - 1)])
    ]
    refused = [story for kind, count in REFUSED.items() for story in chance.sample(_of(told, kind), count)]
    retained = [story for story in told if not any(story is other for other in refused)]
    _apply(chance, told)
    _review(chance, retained, refused, figures.validated_at_closing)
    declared = _declare(chance, retained, figures)
    _check(chance, declared, figures.objectives_met)
    share_out(chance, told, retained, figures.committed)
    return sorted(told, key=lambda story: story.when("submit"))


def share_out(chance: random.Random, told: Sequence[Story], retained: Sequence[Story], total_cents: int) -> None:
    """Give each file a ceiling in whole euros, so that those of the retained ones sum to `total_cents`."""
    for story in told:
        story.ceiling_cents = round(MEAN_CEILING[story.kind] * chance.uniform(0.4, 1.6)) * 100
    scale = total_cents / sum(story.ceiling_cents for story in retained)
    for story in told:
        story.ceiling_cents = round(story.ceiling_cents * scale / 100) * 100
    retained[-1].ceiling_cents += total_cents - sum(story.ceiling_cents for story in retained)


def _of(told: Sequence[Story], kind: ApplicantKind) -> list[Story]:
    return [story for story in told if story.kind is kind]


def _moment(chance: random.Random, first: date, last: date, haste: float = 1.0) -> datetime:
    """Return a working hour between two days, both included; `haste` above 1 draws it to the end."""
    days = (last - first).days
    day = first + timedelta(days=round(days * chance.random() ** (1 / haste)))
    return datetime.combine(day, time(chance.randint(8, 18), chance.randint(0, 59), chance.randint(0, 59)), PARIS)


def _after(chance: random.Random, moment: datetime, hours: tuple[float, float]) -> datetime:
    return moment + timedelta(hours=chance.uniform(*hours))


def _apply(chance: random.Random, told: Sequence[Story]) -> None:
    for story in told:
        story.steps.append(Step("submit", _moment(chance, OPENING, CLOSING - timedelta(days=1), haste=2.5)))


def _review(chance: random.Random, retained: list[Story], refused: list[Story], at_closing: int) -> None:
    """Validate `at_closing` files before the desk closes, the first submitted; the others before the review ends."""
    end_of_closing_day = datetime.combine(CLOSING, time(23, 30), PARIS)
    in_order = sorted(retained, key=lambda story: story.when("submit"))
    for rank, story in enumerate(in_order):
        early = rank < at_closing
        begins = story.when("submit") if early else max(end_of_closing_day, story.when("submit")) + timedelta(hours=9)
        ends = end_of_closing_day if early else datetime.combine(REVIEW_ENDS, time(18), PARIS)
        corrected = chance.random() < CORRECTED_SHARE
        moments = sorted(begins + (ends - begins) * chance.random() for _ in range(4 if corrected else 2))
        story.steps.append(Step("start_review", moments[0]))
        if corrected:
            story.steps.append(Step("request_correction", moments[1], "Une pièce du dossier simulé était illisible."))
            story.steps.append(Step("resubmit", moments[2]))
        story.steps.append(Step("validate", moments[-1]))
        story.steps.append(Step("start_operations", _moment(chance, date(2024, 5, 27), date(2024, 9, 30))))
    for story in refused:
        start = _moment(chance, CLOSING + timedelta(days=3), date(2024, 5, 10))
        story.steps.append(Step("start_review", start))
        story.steps.append(Step("refuse", _after(chance, start, (24, 200)), "Candidature simulée non éligible."))


def _declare(chance: random.Random, retained: list[Story], figures: Figures) -> list[Story]:
    declared = []
    for kind, numbers in figures.kinds.items():
        files = _of(retained, kind)
        others = [story for story in files if story.applicant or kind is not ApplicantKind.GHT]
        declared += chance.sample(others, round(len(files) * numbers.declared_percent / 100))
    for story in declared:
        story.steps.append(Step("declare", _moment(chance, date(2024, 11, 4), DECLARATION_CLOSES, haste=3)))
    return sorted(declared, key=lambda story: story.when("declare"))


def _check(chance: random.Random, declared: Sequence[Story], met: int) -> None:
    """The first files declared are the first checked; the ANS had ended with `met` of them when the replay stops."""
    stop = datetime.combine(DECLARATION_CLOSES, time(20), PARIS)
    for rank, story in enumerate(declared[:CHECKED]):
        moments = iter(_spread(chance, story.when("declare"), stop, 4))
        story.steps.append(Step("start_check", next(moments)))
        if rank < TRANSMITTED:
            story.steps.append(Step("transmit", next(moments)))
            if rank < met:
                story.steps.append(Step("validate_objectives", next(moments)))
            elif rank % 9 == 0:
                reason = "Le second audit simulé manque."
                story.steps.append(Step("request_correction", next(moments), reason))
        elif rank % 8 == 0:
            story.steps.append(Step("request_correction", next(moments), "La date d’un audit simulé est à préciser."))


def _spread(chance: random.Random, first: datetime, last: datetime, count: int) -> Iterator[datetime]:
    return iter(sorted(first + (last - first) * chance.uniform(0.02, 0.98) for _ in range(count)))
