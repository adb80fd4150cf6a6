"""The kernel against the slow evaluator, on rules and events drawn at random."""

from datetime import datetime

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart.detection.events import Block
from rempart.detection.kernel import Machine, program
from rempart.detection.rules.form import Compiled
from tests.detection.kernel import oracle
from tests.detection.kernel.making import SYSMON, block, events, moments, rule_sets
from tests.detection.kernel.oracle import Event

Pairs = list[tuple[int, int]]
logs = st.lists(st.tuples(events, moments), min_size=1, max_size=12)


def found(compiled: Compiled, taken: Block, **options: int) -> Pairs:
    matches = Machine(program(compiled, SYSMON), **options).match(taken.batch)
    return list(zip(matches.rules.tolist(), matches.rows.tolist(), strict=True))


def expected(compiled: Compiled, log: list[tuple[Event, datetime | None]]) -> Pairs:
    return sorted(
        (rule, row) for row, (event, at) in enumerate(log) for rule in oracle.matches(compiled, SYSMON, event, at)
    )


@settings(max_examples=250, deadline=None)
@given(rule_sets(), logs)
def test_the_kernel_finds_what_the_oracle_finds(compiled, log):
    happened, times = zip(*log, strict=True)
    assert found(compiled, block(happened, times)) == expected(compiled, log)


@settings(max_examples=40, deadline=None)
@given(rule_sets(), logs, st.data())
def test_the_form_and_the_size_of_a_block_change_nothing(compiled, log, data):
    happened, times = zip(*log, strict=True)
    whole = found(compiled, block(happened, times))
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.large_string())):
        assert found(compiled, block(happened, times, kind=kind)) == whole
    assert found(compiled, block(happened, times), most=1) == whole
    cut = data.draw(st.integers(0, len(log)))
    taken = block(happened, times)
    first = found(compiled, Block(SYSMON, taken.batch.slice(0, cut)))
    second = found(compiled, Block(SYSMON, taken.batch.slice(cut)))
    assert sorted(first + [(rule, row + cut) for rule, row in second]) == whole


@settings(max_examples=40, deadline=None)
@given(rule_sets(), logs, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(compiled, log, random):
    order = list(range(len(log)))
    random.shuffle(order)
    happened, times = zip(*(log[row] for row in order), strict=True)
    assert sorted((rule, order[row]) for rule, row in found(compiled, block(happened, times))) == expected(
        compiled, log
    )
