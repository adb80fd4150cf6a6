"""The matching kernel alone: from columns to matches, on real events and on the worst case, beside a query a rule.

    python benchmarks/detection_kernel.py RULES EVENTS.jsonl [--lines 200000] [--curves kernel.svg]

RULES: folder of Sigma rules (SigmaHQ). EVENTS: Windows events, one JSON object a line, flat (OTRF Security-Datasets).
Times are of one thread's processor, best of several: the machine may be shared.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
import orjson
import polars as pl
import pyarrow as pa

from rempart.detection.events import NULL, EventClass
from rempart.detection.kernel import Machine, program
from rempart.detection.kernel.late import written
from rempart.detection.kernel.program import Looking
from rempart.detection.rules.form import And, Compiled, Expression, Leaf, Not, Pattern, Predicate, Regex, Wildcard
from rempart.detection.rules.load import load

PROCESS = EventClass("windows/sysmon", "1")
SOURCES = {
    "microsoft-windows-sysmon/operational": "windows/sysmon",
    "security": "windows/security",
    "system": "windows/system",
    "application": "windows/application",
    "microsoft-windows-powershell/operational": "windows/powershell",
    "windows powershell": "windows/powershell-classic",
}
ROWS = 80_000
PEER_RULES = 40
Blocks = Sequence[tuple[EventClass, pa.RecordBatch]]


def text(value: object) -> str:
    """Write a value as a block holds it."""
    if isinstance(value, bool):
        return str(value).lower()
    return NULL if value is None else str(value)


def blocks(path: Path, wanted: frozenset[str], lines: int) -> Iterator[tuple[EventClass, pa.RecordBatch]]:
    """Read events into blocks of one class: the fields that rules read, as dictionaries."""
    waiting: dict[EventClass, list[dict[str, str]]] = defaultdict(list)
    with path.open("rb") as source:
        for number, line in enumerate(source):
            if number == lines:
                break
            event = orjson.loads(line)
            event_class = EventClass(SOURCES.get(event["Channel"].lower(), "windows/other"), str(event["EventID"]))
            waiting[event_class].append({name: text(value) for name, value in event.items() if name in wanted})
            if len(waiting[event_class]) == ROWS:
                yield event_class, batch(waiting.pop(event_class))
    for event_class, events in waiting.items():
        yield event_class, batch(events)


def batch(events: Sequence[dict[str, str]]) -> pa.RecordBatch:
    """Return the columns of these events."""
    names = sorted({name for event in events for name in event})
    columns = {name: pa.array([one.get(name) for one in events], pa.string()).dictionary_encode() for name in names}
    return pa.RecordBatch.from_pydict(columns or {"EventID": pa.nulls(len(events), pa.string())})


def best(work: Callable[[], object], times: int = 3) -> float:
    """Return the least processor time, in seconds, after a first run that warms up."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def worst(found: pa.RecordBatch, rows: int) -> pa.RecordBatch:
    """Return process events with a random token in every command line: none is seen twice."""
    random = np.random.default_rng(1)
    taken = found.take(pa.array(np.resize(np.arange(found.num_rows), rows)))
    for name in ("CommandLine", "ParentCommandLine"):
        at = taken.schema.get_field_index(name)
        tokens = random.integers(0, 1 << 62, rows).tolist()
        values = [
            value and f"{value} {token:016x}" for value, token in zip(taken.column(at).to_pylist(), tokens, strict=True)
        ]
        taken = taken.set_column(at, name, pa.array(values, pa.string()))
    return taken


def as_polars(predicate: Predicate) -> pl.Expr:
    """Return a test as a Polars expression, as one would write it for one rule."""
    field, test = pl.col(predicate.field), predicate.test
    if isinstance(test, Regex):
        return field.str.contains(written(test))
    if not isinstance(test, Pattern):
        return field.is_null()
    quoted = [
        part if isinstance(part, Wildcard) else "".join(f"\\x{{{ord(one):x}}}" for one in part) for part in test.parts
    ]
    joined = "".join({Wildcard.ANY: ".*", Wildcard.ONE: "."}.get(part, part) for part in quoted)  # type: ignore[call-overload]
    return field.str.contains(f"(?is)^{joined}$")


def query(expression: Expression, predicates: Sequence[Predicate]) -> pl.Expr:
    """Return a whole condition as a Polars expression."""
    if isinstance(expression, Leaf):
        return as_polars(predicates[expression.predicate]).fill_null(value=False)
    if isinstance(expression, Not):
        return ~query(expression.of, predicates)
    parts = [query(part, predicates) for part in expression.of]
    if isinstance(expression, And):
        return reduce(pl.Expr.and_, parts, pl.lit(value=True))
    return reduce(pl.Expr.or_, parts, pl.lit(value=False))


def peer(compiled: Compiled, events: pa.RecordBatch) -> float:
    """Return the seconds that a Polars query a rule would take for all rules, scaled from a few drawn evenly."""
    rules = [(number, scope) for number, scope in compiled.looking_at(*PROCESS)]
    names = {predicate.field for predicate in compiled.predicates}
    frame = pl.DataFrame(pl.from_arrow(events)).with_columns(pl.col(pl.Categorical).cast(pl.String))
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in names - set(frame.columns))
    chosen = rules[:: max(1, len(rules) // PEER_RULES)]
    queries = [query(scope.condition, compiled.predicates) for _, scope in chosen]
    start = time.process_time()
    for one in queries:
        frame.lazy().filter(one).select(pl.len()).collect()
    return (time.process_time() - start) * len(rules) / len(chosen)


def curve(title: str, points: Sequence[tuple[int, float]]) -> None:
    """Draw seconds against a size, in text."""
    print(f"\n{title}")
    longest = max(seconds for _, seconds in points)
    for size, seconds in points:
        print(f"{size:>9,} {seconds:8.3f} s  {'█' * max(1, round(50 * seconds / longest))}")


def drawn(path: Path, curves: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> None:
    """Write the curves as one SVG."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(curves) * 320} 220" font-size="11">']
    for place, (title, points) in enumerate(curves):
        widest, longest = points[-1][0], max(seconds for _, seconds in points)
        at = [(place * 320 + 40 + 250 * size / widest, 180 - 140 * seconds / longest) for size, seconds in points]
        parts.append(f'<text x="{place * 320 + 40}" y="20">{title} (≤ {widest:,}, ≤ {longest:.2f} s)</text>')
        parts.append(f'<path d="M{place * 320 + 40} 30V180H{place * 320 + 300}" fill="none" stroke="#1b2a33"/>')
        parts.append(f'<polyline points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in at)}" fill="none" stroke="#0b6e6e"/>')
    path.write_text("\n".join([*parts, "</svg>"]), encoding="utf-8")


def curves_of(compiled: Compiled, events: pa.RecordBatch) -> list[tuple[str, list[tuple[int, float]]]]:
    """Return the cost against the number of rules, and against the number of events."""
    numbers = sorted({number for number, _ in compiled.looking_at(*PROCESS)})
    by_rules = []
    for count in (10, 100, 400, 800, len(numbers)):
        chosen = numbers[:: len(numbers) // count][:count]
        machine = Machine(program(replace(compiled, rules=tuple(compiled.rules[one] for one in chosen)), PROCESS))
        by_rules.append((count, best(partial(machine.match, events))))
    machine = Machine(program(compiled, PROCESS))
    sizes = [events.num_rows * part // 8 for part in (1, 2, 4, 8)]
    by_events = [(size, best(partial(machine.match, events.slice(0, size)))) for size in sizes]
    return [("rules", by_rules), ("events", by_events)]


def told(what: str, events: int, seconds: float) -> None:
    """Print one line of figures."""
    print(f"{what}: {seconds:.2f} s, {events / seconds:,.0f} events/s a core")


def main() -> None:
    """Measure, and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("rules", type=Path)
    asked.add_argument("events", type=Path)
    asked.add_argument("--lines", type=int, default=1_000_000)
    asked.add_argument("--distinct", type=int, default=50_000)
    asked.add_argument("--curves", type=Path)
    chosen = asked.parse_args()
    compiled = load([chosen.rules])
    read = list(blocks(chosen.events, frozenset(one.field for one in compiled.predicates), chosen.lines))
    looking = Looking(compiled)
    machines = {event_class: Machine(program(compiled, event_class, looking)) for event_class, _ in read}
    events = sum(found.num_rows for _, found in read)
    seconds = best(lambda: [machines[event_class].match(found) for event_class, found in read])
    told(f"{len(compiled.rules):,} rules, {events:,} real events", events, seconds)
    distinct = worst(next(found for event_class, found in read if event_class == PROCESS), chosen.distinct)
    machine = machines[PROCESS]
    seconds = best(lambda: machine.match(distinct))
    told(f"{len(machine.program.rules):,} rules, process events, all command lines distinct", chosen.distinct, seconds)
    scaled = peer(compiled, distinct)
    told(f"the same, a Polars query a rule ({PEER_RULES} rules measured, scaled)", chosen.distinct, scaled)
    print(f"ratio: {scaled / seconds:.0f}")
    drawings = curves_of(compiled, distinct)
    for title, points in drawings:
        curve(f"seconds against {title}", points)
    if chosen.curves:
        drawn(chosen.curves, drawings)


if __name__ == "__main__":
    main()
