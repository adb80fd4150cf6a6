"""From a rule to one SELECT."""

from sqlglot import exp

from rempart.detection.lake.asked import Asked, Query
from rempart.detection.lake.conditions import condition_of
from rempart.detection.lake.windows import related
from rempart.detection.rules.form import Compiled


def query(compiled: Compiled, number: int, asked: Asked) -> Query:
    """Return the query that finds in a table the events that a rule matches.

    Raises:
        InputError: the rule cannot be written so, or the lake lacks what it needs.

    """
    if number >= len(compiled.rules):
        return related(compiled, compiled.correlations[number - len(compiled.rules)], asked)
    condition, notes = condition_of(compiled.rules[number], compiled.predicates, asked)
    select = exp.select("*").from_(exp.to_table(asked.table)).where(condition)
    return Query(select.sql(dialect=asked.dialect.value, pretty=True), notes)
