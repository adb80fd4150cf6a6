"""What a query takes for granted, what it refuses, and the command that writes it."""

from dataclasses import replace
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest
import sqlglot
import typer
from typer.testing import CliRunner

from rempart.detection.commands.export_sql import export_sql_command
from rempart.detection.events import TEXT
from rempart.detection.lake import Asked, Dialect, query
from rempart.detection.lake.addresses import address_pattern
from rempart.detection.rules.form import (
    Compare,
    Leaf,
    Network,
    Nothing,
    Or,
    OtherField,
    Pattern,
    Predicate,
    Scope,
    TimePart,
    Wildcard,
)
from rempart.measurement.errors import InputError
from tests.detection.kernel.making import compiled

ANY = Wildcard.ANY
CMD = Predicate("Image", Pattern((ANY, "\\cmd.exe")))
RULE = """
title: Shadow copies deleted
id: 3c1e2f0a-6b0d-4c0e-9a59-0c2a5ed7f001
status: test
level: high
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\\vssadmin.exe'
        CommandLine|contains|all: [delete, shadows]
    filter:
        User: null
    condition: selection and not filter
"""


def written(predicate, dialect=Dialect.DUCKDB, **asked):
    return query(compiled([predicate], [Leaf(0)]), 0, Asked(dialect, **asked)).sql


def test_a_windows_class_is_told_by_its_channel_and_its_event_id():
    sql = written(CMD)
    assert "LOWER(\"Channel\") IN ('microsoft-windows-sysmon/operational')" in sql
    assert "CAST(\"EventID\" AS TEXT) IN ('1')" in sql


def test_each_dialect_has_its_own_functions():
    assert "ENDS_WITH(LOWER(\"Image\"), '\\cmd.exe')" in written(CMD)
    assert "ENDSWITH(LOWER(`Image`), '\\\\cmd.exe')" in written(CMD, Dialect.SPARK)
    assert "endsWith(lowerUTF8(\"Image\"), '\\\\cmd.exe')" in written(CMD, Dialect.CLICKHOUSE)


def test_a_field_that_the_table_lacks_is_absent():
    known = frozenset({"Channel", "EventID"})
    assert "Image" not in written(CMD, columns=known)
    assert "TRUE" in written(Predicate("Image", Nothing()), columns=known)
    assert "FALSE" in written(Predicate("EventID", OtherField("Image")), columns=known)


def test_what_the_lake_must_name_is_asked_for():
    keyword = Predicate(TEXT, Pattern((ANY, "mimikatz", ANY)))
    night = Predicate("UtcTime", TimePart("hour", Compare.GTE, 22))
    for predicate, option in ((keyword, "--text"), (night, "--time")):
        with pytest.raises(InputError, match=option):
            written(predicate)
    assert "CONTAINS(LOWER(\"raw\"), 'mimikatz')" in written(keyword, text="raw")
    assert 'EXTRACT(HOUR FROM "at") >= 22' in written(night, time="at")
    assert "toISOWeek" in written(Predicate("x", TimePart("week", Compare.EQ, 3)), Dialect.CLICKHOUSE, time="at")


def test_the_hour_is_that_of_the_column():
    sql = written(Predicate("x", TimePart("hour", Compare.GTE, 22)), time="at", columns=frozenset({"EventID"}))
    with duckdb.connect() as lake:
        at = pa.array([datetime(2026, 11, 3, hour) for hour in (21, 22, 23)], pa.timestamp("us"))  # noqa: DTZ001
        lake.register("events", pa.table({"EventID": ["1"] * 3, "at": at}))
        assert len(lake.execute(sql).fetchall()) == 2


def test_sources_that_nothing_tells_apart_are_to_be_chosen():
    rules = compiled([CMD], [Leaf(0)])
    scopes = (Scope("linux/syslog", None, Leaf(0)), Scope("windows/sysmon", ("1",), Leaf(0)))
    rules = replace(rules, rules=(replace(rules.rules[0], scopes=scopes),))
    with pytest.raises(InputError, match="--source"):
        query(rules, 0, Asked(Dialect.DUCKDB))
    chosen = query(rules, 0, Asked(Dialect.DUCKDB, source="linux/syslog"))
    assert "linux/syslog" in chosen.notes[0].en
    with pytest.raises(InputError, match="does not look at"):
        query(rules, 0, Asked(Dialect.DUCKDB, source="web/proxy"))


def test_a_network_that_writing_cannot_tell_is_refused():
    assert address_pattern("2001:db8:1::/48") is None
    with pytest.raises(InputError, match="2001:db8:1::/48"):
        written(Predicate("SourceIp", Network("2001:db8:1::/48")))
    with pytest.raises(InputError, match="list"):
        written(Predicate("Image", OtherField("Hashes")), lists=frozenset({"Hashes"}))


def test_a_long_list_of_values_makes_a_query_that_is_still_read():
    many = [Predicate("Image", Pattern((ANY, f"tool{n}", ANY))) for n in range(800)]
    rules = compiled(many, [Or(tuple(Leaf(n) for n in range(800)))])
    assert sqlglot.parse_one(query(rules, 0, Asked(Dialect.DUCKDB)).sql, dialect="duckdb")


@pytest.fixture
def export():
    app = typer.Typer()
    app.command()(export_sql_command)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_command_prints_the_query_of_a_file(tmp_path, export):
    rule = tmp_path / "rule.yml"
    rule.write_text(RULE)
    done = export(rule, "--dialect", "spark", "--table", "lake.process", "--source", "windows/sysmon")
    assert done.exit_code == 0
    assert "FROM lake.process" in done.stdout
    assert "`CommandLine`" in done.stdout
    assert "`User` IS NULL" in done.stdout
    assert "4688" not in done.stdout


def test_the_command_says_why_a_rule_is_refused(tmp_path, export):
    rule = tmp_path / "rule.yml"
    rule.write_text(RULE.replace("condition: selection", "condition: nothing"))
    done = export(rule)
    assert isinstance(done.exception, InputError)
    assert done.stdout == ""
