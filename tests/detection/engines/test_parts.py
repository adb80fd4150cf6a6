"""Which correlations and which matches must meet, and the package that goes with the work."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

import rempart
from rempart.detection.correlation import correlate_and_count, in_order
from rempart.detection.engines import bootstrap
from rempart.detection.engines.package import package
from rempart.detection.engines.parts import BUCKET, PART, Part, parts_of, put_together, shared_out
from rempart.detection.engines.travel import correlate_part, packed_work
from rempart.detection.engines.work import Work
from rempart.detection.kernel import match
from rempart.detection.rules.form import Gather
from tests.detection.correlation.drawn import events, rule_sets
from tests.detection.correlation.made import FIELDS, compiled, correlation, matched
from tests.detection.engines import standin


def test_correlations_that_gather_each_other_are_one_part():
    rules = compiled(
        3,
        correlation(Gather.TEMPORAL, (4, 1), ("User",)),
        correlation(Gather.EVENT_COUNT, (0,), ("User", "Host")),
        correlation(Gather.EVENT_COUNT, (2,), ("Host",)),
    )
    assert parts_of(rules) == (Part((3, 4), (0, 1), ("User",)), Part((5,), (2,), ("Host",)))


@given(events(), rule_sets(), st.integers(1, 5))
def test_groups_correlated_apart_give_what_the_whole_table_gives(rows, rules, buckets):
    rules = replace(rules, carried=tuple((name, ()) for name in FIELDS))
    work = Work(rules, (), standin.read, match)
    table = in_order(matched(rows))
    shared = shared_out(work, table, buckets)
    data = packed_work(work)
    sent = []
    for place, part in enumerate(parts_of(rules)):
        for bucket in range(buckets):
            of_part = shared.filter(pc.equal(shared[PART], place))
            sent.append(correlate_part(data, part.correlations, of_part.filter(pc.equal(of_part[BUCKET], bucket))))
    correlated, left = put_together(pa.concat_tables(sent), rules)
    expected, expected_left = correlate_and_count(table, rules)
    assert correlated.equals(expected)
    assert left == expected_left


def test_the_package_is_used_where_another_version_is_installed(tmp_path):
    archive = tmp_path / "package.zip"
    archive.write_bytes(package().archive)
    program = (
        "import runpy, sys; from pathlib import Path\n"
        f"room = runpy.run_path({bootstrap.__file__!r})\n"
        f"room['ready'](Path({str(archive)!r}).read_bytes(), 'another')\n"
        "import rempart.detection.engines.travel as t; print(t.__file__)\n"
        f"room['ready'](Path({str(archive)!r}).read_bytes(), 'another'); print('again')"
    )
    environment = {"HOME": str(tmp_path), "PATH": ""}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[0].startswith(str(tmp_path / ".cache" / "rempart" / "packages" / "another"))
    assert told.stdout.splitlines()[1] == "again"


def test_the_same_version_installed_is_used_as_it_is(monkeypatch):
    monkeypatch.delattr(sys, "_rempart_digest", raising=False)
    before = list(sys.path)
    bootstrap.ready(b"", package().digest)
    assert sys.path == before
    assert bootstrap.digest_of(Path(rempart.__file__).parent) == package().digest
    monkeypatch.delattr(sys, "_rempart_digest")
