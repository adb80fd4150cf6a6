"""How correlations are shared out: matches that some correlation must see together go to the same task."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rempart.detection.correlation import by_moment
from rempart.detection.correlation.elements import Elements, groups_of, keys_of
from rempart.detection.correlation.matches import Ints, Matches
from rempart.detection.engines.travel import LEFT, ROW, plain
from rempart.detection.engines.work import Work
from rempart.detection.findings import LeftOut
from rempart.detection.matched import CORRELATED
from rempart.detection.rules.form import Compiled, Correlation

PART, BUCKET = "part", "bucket"


@dataclass(frozen=True)
class Part:
    """Correlations that gather each other, and what they all group by.

    Attributes:
        correlations: their numbers.
        rules: numbers of the simple rules they gather.
        names: fields of `group_by` that all of them share, so that matches which differ there never meet.

    """

    correlations: tuple[int, ...]
    rules: tuple[int, ...]
    names: tuple[str, ...]


def parts_of(compiled: Compiled) -> tuple[Part, ...]:
    """Return the parts of all correlations, by their first number."""
    first = len(compiled.rules)
    part = {first + place: {first + place} for place in range(len(compiled.correlations))}
    for place, one in enumerate(compiled.correlations):
        for inner in one.rules:
            if inner >= first and part[inner] is not part[first + place]:
                together = part[inner] | part[first + place]
                part.update(dict.fromkeys(together, together))
    distinct = {min(numbers): tuple(sorted(numbers)) for numbers in part.values()}
    return tuple(_part(compiled, distinct[least]) for least in sorted(distinct))


def _part(compiled: Compiled, numbers: tuple[int, ...]) -> Part:
    first = len(compiled.rules)
    ones = [compiled.correlations[number - first] for number in numbers]
    rules = sorted({rule for one in ones for rule in one.rules if rule < first})
    if len(ones) == 1:
        return Part(numbers, tuple(rules), ones[0].group_by)
    aliased = {alias for one in ones for alias, _ in one.aliases}
    shared = [name for name in ones[0].group_by if all(name in one.group_by for one in ones) and name not in aliased]
    return Part(numbers, tuple(rules), tuple(dict.fromkeys(shared)))


def shared_out(work: Work, matched: pa.Table, buckets: int) -> pa.Table:
    """Return the matches that correlations gather, with the part and the bucket of groups each goes to.

    Args:
        work: what was done.
        matched: its matches, in order.
        buckets: how many tasks a part may make; a group is whole in one of them.

    """
    matches = Matches(matched)
    tables = []
    for place, part in enumerate(parts_of(work.compiled)):
        rows = np.flatnonzero(np.isin(matches.rule, part.rules))
        chosen = matched.take(pa.array(rows)).rename_columns(plain(work.schema).names)
        bucket = _group(work.compiled, part, matches, rows) % buckets
        for name, numbers in ((ROW, rows), (PART, np.full(len(rows), place)), (BUCKET, bucket)):
            chosen = chosen.append_column(name, pa.array(numbers, pa.int64()))
        tables.append(chosen)
    return pa.concat_tables(tables).combine_chunks()


def _group(compiled: Compiled, part: Part, matches: Matches, rows: Ints) -> Ints:
    """Return a number that is the same for the matches which may meet; matches without a key are all together."""
    lead = compiled.correlations[part.correlations[0] - len(compiled.rules)]
    having = _with_names(lead, part.names)
    keys = keys_of(having, matches, rows, matches.rule[rows])
    group = np.zeros(len(rows), dtype=np.int64)
    whole = np.ones(len(rows), dtype=bool)
    for codes in keys:
        whole &= codes >= 0
    none = np.zeros(int(whole.sum()), dtype=np.int64)
    group[whole], _ = groups_of(Elements(none, none, none, none, tuple(codes[whole] for codes in keys)), matches.words)
    return group


def _with_names(correlation: Correlation, names: tuple[str, ...]) -> Correlation:
    """Return the correlation grouped by these names only."""
    return type(correlation)(**{**vars(correlation), "group_by": names})


def put_together(sent: pa.Table, compiled: Compiled) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Return the results of all parts, and what the correlations could not gather."""
    first = len(compiled.rules)
    counts = {number: [0, 0, 0] for number in range(first, first + len(compiled.correlations))}
    for row in sent.filter(pc.is_valid(sent[LEFT[0]])).to_pylist():
        counts[row["rule"]] = [before + row[name] for before, name in zip(counts[row["rule"]], LEFT, strict=True)]
    results = sent.filter(pc.is_null(sent[LEFT[0]])).select(CORRELATED.names).cast(CORRELATED)
    return by_moment(results), tuple(LeftOut(number, *figures) for number, figures in counts.items())
