"""Scores by category: declared points, the worst service counts, what was not looked at earns nothing and is said.

The model is the one of public measuring sites (declared points a rule, worst result counts, plain mean of categories);
points and letters are Rempart's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rempart.measurement.control import Control, Kind
from rempart.measurement.verdict import Status, Verdict

POINTS = {1: 10, 2: 10, 3: 5, 4: 2, 5: 2}
"""What a threshold is worth, by the level it guards."""
LETTERS = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("E", 0))
CAPS = {1: "E", 2: "C"}
"""The best letter a category may have while a threshold of that level fails in it: no pass hides an open door."""


@dataclass(frozen=True)
class CategoryScore:
    """One category: its score out of 100 (None when nothing could be judged), its letter, and what was judged."""

    category: str
    score: int | None
    letter: str
    failed: int
    judged: int
    unseen: int


def category_scores(controls: Mapping[str, Control], verdicts: Sequence[Verdict]) -> list[CategoryScore]:
    """Return the score of each category that has a threshold to judge, worst first."""
    by_category: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        entry = controls[verdict.control]
        if entry.kind is Kind.VULNERABILITY and verdict.status is not Status.NOT_APPLICABLE:
            by_category.setdefault(entry.category or "", []).append(verdict)
    scores = [_score(category, found) for category, found in sorted(by_category.items())]
    return sorted(scores, key=lambda each: (each.score is None, each.score or 0))


def overall(scores: Iterable[CategoryScore]) -> CategoryScore:
    """Return the plain mean of the categories that could be judged; the worst letter caps it."""
    known = [each for each in scores if each.score is not None]
    mean = round(sum(each.score or 0 for each in known) / len(known)) if known else None
    letter = max((_letter(mean), *(each.letter for each in known if each.letter in CAPS.values())), default="–")
    return CategoryScore(
        "overall",
        mean,
        letter if known else "–",
        sum(each.failed for each in known),
        sum(each.judged for each in known),
        sum(each.unseen for each in scores),
    )


def _score(category: str, verdicts: Sequence[Verdict]) -> CategoryScore:
    judged = [verdict for verdict in verdicts if verdict.status is not Status.NOT_EVALUATED]
    failed = [verdict for verdict in judged if verdict.status is Status.FAILED]
    most = sum(POINTS[verdict.level or 5] for verdict in judged)
    lost = sum(POINTS[verdict.level or 5] for verdict in failed)
    score = round(100 * (most - lost) / most) if most else None
    caps = [CAPS[verdict.level] for verdict in failed if verdict.level in CAPS]
    return CategoryScore(
        category, score, max([_letter(score), *caps]), len(failed), len(judged), len(verdicts) - len(judged)
    )


def _letter(score: int | None) -> str:
    """Return the letter of a score; letters grow worse in the order of the alphabet."""
    return "–" if score is None else next(letter for letter, least in LETTERS if score >= least)
