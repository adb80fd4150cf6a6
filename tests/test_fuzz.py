"""The fuzzing harnesses themselves: each takes its own seeds without a fault, so that a finding is the parser's."""

import pytest

from tools.fuzz_harnesses import HARNESSES, attempt


@pytest.mark.parametrize("name", HARNESSES)
def test_a_harness_takes_its_seeds_and_what_is_left_of_them(name, tmp_path):
    harness = HARNESSES[name]()
    seeds = list(harness.seeds(tmp_path))
    assert seeds
    for data in (*seeds[:2], seeds[0][: len(seeds[0]) // 2], b""):
        assert attempt(harness, data) is None
