"""Banners matched a second: patterns in columns against a plain loop over Python's `re`, on recog's own examples.

The same patterns and texts in the same run, in interleaved rounds; only the ratio is worth keeping.
"""

import argparse
import re
import time
from pathlib import Path

import polars as pl

from rempart.exposure.fingerprints.matcher import LONGEST, Matcher, Pattern
from rempart.exposure.fingerprints.recog import read

ROUNDS = 3


def prepared(folder: Path, copies: int) -> tuple[list[Pattern], pl.DataFrame]:
    """Return the patterns of every file that both engines take, and the examples of all, each in `copies` variants."""
    patterns: list[Pattern] = []
    texts: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("*.xml")):
        for item in read(path.read_bytes(), path.name).fingerprints:
            try:
                re.compile(item.regex)
            except re.error:
                continue
            patterns.append(Pattern(len(patterns), item.where, item.regex))
            texts |= {
                (item.where, f"{text[:LONGEST]}{' ' * copy}") for text, _ in item.examples for copy in range(copies)
            }
    return patterns, pl.DataFrame(sorted(texts), schema=["where", "text"], orient="row")


def looped(compiled: dict[str, list[re.Pattern[str]]], texts: list[tuple[str, str]]) -> int:
    """Return how many matches a plain loop finds."""
    return sum(pattern.search(text) is not None for where, text in texts for pattern in compiled.get(where, []))


def main() -> None:
    """Measure both ways in turn and print the ratio of their best rounds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("recog", type=Path, help="folder of recog's XML files")
    asked.add_argument("--copies", type=int, default=1, help="distinct variants of each banner")
    chosen = asked.parse_args()
    patterns, texts = prepared(chosen.recog, chosen.copies)
    compiled: dict[str, list[re.Pattern[str]]] = {}
    for pattern in patterns:
        compiled.setdefault(pattern.where, []).append(re.compile(pattern.regex))
    matcher, rows = Matcher(patterns), list(texts.iter_rows())
    ours, plain, counts = [], [], (0, 0)
    matcher.match(texts.head(1))
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = matcher.match(texts).height
        middle = time.perf_counter()
        counts = (found, looped(compiled, rows))
        ours.append(middle - start)
        plain.append(time.perf_counter() - middle)
    print(f"{len(patterns):,} patterns, {len(rows):,} texts; matches {counts[0]:,} in columns, {counts[1]:,} by re")
    print(f"columns {len(rows) / min(ours):,.0f} banners/s, loop over re {len(rows) / min(plain):,.0f} banners/s")
    print(f"ratio {min(plain) / min(ours):.1f} x")


if __name__ == "__main__":
    main()
