"""What the engine finds on the labelled OTRF recordings, and how quickly beside one SQL query a rule.

    python benchmarks/detection_truth.py RULES OTRF.jsonl INDEX.csv SAMPLE.jsonl

RULES is SigmaHQ's folder; INDEX gives the lines and the ATT&CK techniques of each recording. The peer does as Zircolite
does: events in a SQLite table, one query a rule, with the rules this engine compiled that SQLite can say alike.
"""

import argparse
import csv
import re
import sqlite3
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from rempart.detection.collect.read import Options
from rempart.detection.pipeline import detect
from rempart.detection.rules.cache import cached, default_folder
from rempart.detection.rules.form import And, Compiled, Expression, Leaf, Not, Or, Pattern, Wildcard


def matches(path: Path, compiled: Compiled) -> tuple[pa.Table, int, float]:
    """The matches of a file, its events, and the seconds from raw lines to matches."""
    start = time.perf_counter()
    found = detect([str(path)], compiled, Options(threads=2))
    return found.matched, found.census.events.total(), time.perf_counter() - start


def starts_of(path: Path) -> np.ndarray:
    """Where each line starts."""
    with path.open("rb") as file:
        lengths = np.fromiter((len(line) for line in file), dtype=np.int64)
    return np.concatenate([[0], np.cumsum(lengths)])[:-1]


def techniques(tags: tuple[str, ...]) -> set[str]:
    """ATT&CK techniques of a rule, sub-techniques counted for their technique too."""
    named = {tag.removeprefix("attack.").upper() for tag in tags if re.fullmatch(r"attack\.t\d+(\.\d+)?", tag)}
    return named | {name.partition(".")[0] for name in named}


def recall(found: pa.Table, compiled: Compiled, path: Path, index: Path) -> None:
    """Print, by technique, in how many recordings that show it some alert names it."""
    lines = np.searchsorted(starts_of(path), found["offset"].to_numpy(), side="right")
    named = {number: techniques(rule.about.tags) for number, rule in enumerate(compiled.rules)}
    rules = found["rule"].to_numpy()
    seen: dict[str, list[bool]] = defaultdict(list)
    for row in csv.DictReader(index.open(encoding="utf-8")):
        wanted = {each for each in re.split(r"[;, ]+", row["attack_techniques"] or "") if each}
        here = (lines >= int(row["first_line"])) & (lines <= int(row["last_line"]))
        told = set().union(*(named[rule] for rule in set(rules[here].tolist())))
        for technique in wanted:
            seen[technique].append(technique in told or technique.partition(".")[0] in told)
    hit, total = sum(map(sum, seen.values())), sum(map(len, seen.values()))
    print(f"Recall on labelled recordings: {hit} of {total} pairs of recording and technique ({hit / total:.0%})")
    for technique, told in sorted(seen.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        print(f"  {technique:12} {sum(told):3} of {len(told):3}")


class Sql:
    """A rule's condition as SQLite text, where its tests can be said so."""

    def __init__(self, compiled: Compiled, columns: set[str]) -> None:
        self.compiled, self.columns = compiled, columns

    def of(self, what: Expression) -> str:
        """Return the text; raises `KeyError` for what SQLite cannot say alike."""
        if isinstance(what, Not):
            return f"NOT coalesce({self.of(what.of)}, 0)"
        if isinstance(what, And):
            return "(" + " AND ".join(map(self.of, what.of)) + ")" if what.of else "1"
        if isinstance(what, Or):
            return "(" + " OR ".join(map(self.of, what.of)) + ")" if what.of else "0"
        return self._leaf(what)

    def _leaf(self, what: Leaf) -> str:
        predicate = self.compiled.predicates[what.predicate]
        if not isinstance(predicate.test, Pattern) or predicate.field not in self.columns:
            raise KeyError(predicate.field)
        shapes = {Wildcard.ANY: "%", Wildcard.ONE: "_"}
        text = "".join(
            shapes[part] if isinstance(part, Wildcard) else re.sub(r"([%_^])", r"^\1", part)
            for part in predicate.test.parts
        ).replace("'", "''")
        return f"\"{predicate.field}\" LIKE '{text}' ESCAPE '^'"


def by_sql(path: Path, compiled: Compiled) -> tuple[int, float]:
    """How many rules SQLite can run, and the seconds it takes, reading included."""
    start = time.perf_counter()
    events = [orjson.loads(line) for line in path.open("rb")]
    columns = sorted({key.lower(): key for event in events for key in event if '"' not in key}.values())
    base = sqlite3.connect(":memory:")
    declared = ", ".join(f'"{name}" TEXT' for name in columns)
    base.execute(f"CREATE TABLE logs ({declared})")
    rows = ([None if event.get(name) is None else str(event[name]) for name in columns] for event in events)
    base.executemany(f"INSERT INTO logs VALUES ({', '.join('?' * len(columns))})", rows)  # noqa: S608 — our columns
    sql, ran = Sql(compiled, set(columns)), 0
    for rule in compiled.rules:
        for scope in rule.scopes:
            try:
                base.execute(f"SELECT count(*) FROM logs WHERE {sql.of(scope.condition)}").fetchone()  # noqa: S608
                ran += 1
            except (KeyError, sqlite3.OperationalError):
                continue
    return ran, time.perf_counter() - start


def main() -> int:
    """Measure, print, and tell whether the ratio is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("rules", "log", "index", "sample"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    folders = [asked.rules / name for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
    compiled = cached(folders, default_folder())
    matches(asked.sample, compiled)  # compiles the loops
    _, events, ours = matches(asked.sample, compiled)
    ran, theirs = by_sql(asked.sample, compiled)
    print(
        f"{events} lines: {ours:.2f} s for {len(compiled.rules)} rules; one SQL query a rule: {theirs:.1f} s for {ran}"
    )
    scaled = theirs / ran * sum(len(rule.scopes) for rule in compiled.rules)
    print(f"  {theirs / ours:.0f} x quicker as it ran, {scaled / ours:.0f} x for as many rules (target 50)")
    found, events, seconds = matches(asked.log, compiled)
    print(f"{events} events: {seconds:.1f} s from raw lines to matches, {events / seconds:,.0f} events/s")
    print(f"  {found.num_rows} matches, {found.num_rows / events * 1e6:,.0f} per million events, attacks included")
    recall(found, compiled, asked.log, asked.index)
    return 0 if scaled / ours >= 50 else 1  # noqa: PLR2004 — the target


if __name__ == "__main__":
    sys.exit(main())
