"""What it means that two engines found the same."""


def assert_same(found, expected):
    """Every match once, in the same order; every correlation; everything that was counted."""
    assert found.matched.num_rows == expected.matched.num_rows
    assert found.matched.equals(expected.matched)
    assert found.correlated.equals(expected.correlated)
    assert found.left_out == expected.left_out
    assert found.census == expected.census
