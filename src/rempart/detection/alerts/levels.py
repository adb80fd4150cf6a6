"""The levels of Sigma, and what they weigh."""

from collections.abc import Mapping

LEVELS = ("informational", "low", "medium", "high", "critical")
"""From the least to the most serious."""

WEIGHTS: Mapping[str, int] = {"informational": 0, "low": 2, "medium": 8, "high": 20, "critical": 40}
"""What one rule of that level adds to the score of an incident, before its rarity."""


def rank(level: str) -> int:
    """Return the place of a level, 0 for the least; a level that is not one counts as medium, never as nothing."""
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("medium")


def weight(level: str) -> int:
    """Return what a rule of a level weighs; a level that is not one counts as medium."""
    return WEIGHTS.get(level, WEIGHTS["medium"])
