"""Random matches and random correlations, small enough for the oracle and full of ties."""

from hypothesis import strategies as st

from rempart.detection.rules.form import And, Compare, Gather, Leaf, Not, Or
from tests.detection.correlation.made import compiled, correlation
from tests.detection.correlation.oracle import TEMPORAL, Match

RULES = 3
USERS = (None, "Anne", "anne", "BRUNO", "\x00")
VALUES = (None, "1", "2.5", "7", "-3", "much", "0.1")


@st.composite
def events(draw):
    """Events of one log: each matches one rule or several."""
    rows = []
    for number in range(draw(st.integers(0, 14))):
        fields = {
            "User": draw(st.sampled_from(USERS)),
            "Host": draw(st.sampled_from((None, "pacs", "dpi", "DPI"))),
            "Bytes": draw(st.sampled_from(VALUES)),
            "file": draw(st.sampled_from(("a.jsonl", "b.jsonl"))),
            "offset": number,
        }
        second = draw(st.one_of(st.none(), st.integers(0, 14), st.integers(0, 14)))
        matching = draw(st.sets(st.integers(0, RULES - 1), min_size=1, max_size=RULES))
        rows.extend((rule, second, fields) for rule in sorted(matching))
    return draw(st.permutations(rows))


def formulas(rules):
    leaves = st.sampled_from([Leaf(rule) for rule in rules])
    return st.recursive(
        leaves,
        lambda of: st.one_of(
            st.builds(And, st.lists(of, min_size=1, max_size=3).map(tuple)),
            st.builds(Or, st.lists(of, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, of),
        ),
        max_leaves=5,
    )


@st.composite
def one_correlation(draw, known):
    """A correlation over some of the rules known so far."""
    gather = draw(st.sampled_from(Gather))
    rules = draw(st.lists(st.integers(0, known - 1), min_size=1, max_size=3, unique=gather not in TEMPORAL))
    conditions = st.lists(
        st.tuples(st.sampled_from(Compare), st.sampled_from((1.0, 2.0, 3.0, 4.0))), min_size=1, max_size=2
    )
    formula = None
    condition = ()
    if gather in TEMPORAL:
        shape = draw(st.sampled_from(("all", "count", "formula")))
        condition = draw(conditions) if shape == "count" else ()
        formula = draw(formulas(rules)) if shape == "formula" else None
    else:
        condition = draw(conditions)
    group_by = draw(st.sampled_from(((), ("User",), ("Host",), ("User", "Host"), ("who",))))
    aliases = ()
    of = draw(st.sampled_from(("Bytes", "Bytes", "who")))
    if "who" in {*group_by, of}:
        aliases = (
            ("who", tuple((rule, draw(st.sampled_from(("User", "Host", "Bytes")))) for rule in sorted(set(rules)))),
        )
    field = None
    if gather not in {*TEMPORAL, Gather.EVENT_COUNT}:
        field = draw(st.sampled_from((of, "Host"))) if gather is Gather.VALUE_COUNT else of
    percentile = draw(st.sampled_from((0.0, 25.0, 95.0, 100.0))) if gather is Gather.VALUE_PERCENTILE else None
    seconds = draw(st.integers(1, 6))
    return correlation(
        gather,
        rules,
        group_by,
        seconds,
        condition,
        aliases=aliases,
        formula=formula,
        field=field,
        percentile=percentile,
    )


@st.composite
def rule_sets(draw):
    found = [draw(one_correlation(RULES))]
    if draw(st.booleans()):
        found.append(draw(one_correlation(RULES + 1)))
    if len(found) > 1 and draw(st.booleans()):
        found.append(draw(one_correlation(RULES + 2)))
    return compiled(RULES, *found)


def as_matches(table):
    """The table as the oracle reads it; its rows in the order of the engine's `order_of`, told by their place."""
    rows = table.to_pylist()
    return [
        Match(
            place,
            row["rule"],
            None if row["time"] is None else round(row["time"].timestamp() * 1_000_000),
            (row["file"], row["offset"]),
            tuple((name[1:], value) for name, value in row.items() if name.startswith("=")),
        )
        for place, row in enumerate(rows)
    ]
