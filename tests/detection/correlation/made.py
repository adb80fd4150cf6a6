"""Rules and matches made up for the tests of this room."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from rempart.detection.matched import matched_schema
from rempart.detection.rules.form import About, Compiled, Correlation, Rule

FIELDS = ("User", "Host", "Bytes")
START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def about(title="made up"):
    return About(title, title, "high", "test", "", "", "", (), (), (), "made", f"{title}.yml")


def correlation(gather, rules, group_by=("User",), seconds=10, condition=(), **more):
    return Correlation(
        about(str(gather)),
        gather,
        tuple(rules),
        tuple(group_by),
        more.pop("aliases", ()),
        timedelta(seconds=seconds),
        tuple(condition),
        **more,
    )


def compiled(rules, *correlations):
    return Compiled(
        (), tuple(Rule(about(f"rule {number}"), ()) for number in range(rules)), correlations, (), (), "made"
    )


def matched(rows):
    """A table of matches from (rule, seconds or None, {field: value}); `file` and `offset` may be among the fields."""
    columns = {name: [] for name in matched_schema(FIELDS).names}
    for number, (rule, seconds, given) in enumerate(rows):
        fields = {"file": "night.jsonl", "offset": number, **given}
        time = None if seconds is None else START + timedelta(seconds=seconds)
        row = {
            "rule": rule,
            "time": time,
            "length": 1,
            "source": "windows/security",
            "code": "4625",
            "host": "",
            "user": "",
            "address": "",
            "file": fields["file"],
            "offset": fields["offset"],
        }
        for name, column in columns.items():
            column.append(row[name] if name in row else fields.get(name[1:]))
    return pa.table(columns, schema=matched_schema(FIELDS))


def seconds_of(moment):
    return (moment - START).total_seconds()


def told(correlated):
    """Results as (rule, keys, first, last, measured, rows), moments in seconds."""
    return [
        (
            one["rule"],
            tuple(one["keys"]),
            seconds_of(one["first"]),
            seconds_of(one["last"]),
            one["measured"],
            tuple(one["rows"]),
        )
        for one in correlated.to_pylist()
    ]
