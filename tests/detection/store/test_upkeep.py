"""Merging, forgetting, listing, and files that are not what was written."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.census import Census
from rempart.detection.events import TIME, Reading
from rempart.detection.store.adding import add
from rempart.detection.store.manifest import kept_still, parts, writing
from rempart.detection.store.reading import Damaged, part_of, read
from rempart.detection.store.upkeep import compact, listing, prune
from rempart.detection.store.writing import write
from rempart.measurement.errors import InputError
from tests.detection.store.made import EVERYTHING, START, block, logs, stored


@pytest.fixture
def store(tmp_path):
    """A store filled hour after hour: five runs of many small files."""
    for hour in range(5):
        path = logs(tmp_path / "logs", f"{hour}.jsonl", 24, start=START + timedelta(hours=4 * hour))
        add([path], tmp_path / "store")
    return tmp_path / "store"


def test_compaction_keeps_the_same_events_in_fewer_files(store):
    before = stored(store)
    changed = compact(store, Census())
    assert changed.after < changed.before
    assert changed.bytes_after < changed.bytes_before
    assert changed.forgotten == 0
    assert stored(store) == before
    assert len(list(store.rglob("*.parquet"))) == changed.after
    again = compact(store, Census())
    assert again.before == again.after


def test_what_was_added_stays_known_after_compaction(store, tmp_path):
    compact(store, Census())
    assert add([tmp_path / "logs"], store).events == 0


def test_retention_forgets_what_is_older_and_nothing_else(store, tmp_path):
    compact(store, Census())
    oldest = START + timedelta(hours=7, minutes=30)
    before = stored(store)
    changed = prune(store, timedelta(days=1), oldest + timedelta(days=1), Census())
    after = stored(store)
    assert changed.forgotten == before.total() - after.total() > 0
    assert after == stored(store, since=oldest)
    assert set(after) < set(before)
    assert add([tmp_path / "logs"], store).events == 0


def test_retention_of_a_young_store_changes_nothing(store):
    before = stored(store)
    assert prune(store, timedelta(days=400), START, Census()).forgotten == 0
    assert stored(store) == before


def test_a_period_has_its_events_and_those_without_a_moment(store):
    since, until = START + timedelta(hours=2), START + timedelta(hours=3)
    found = stored(store, since=since, until=until)
    census = Census()
    times = [
        time for block in read(store, EVERYTHING, census, since=since, until=until) for time in block.batch.column(TIME)
    ]
    dated = [time.as_py() for time in times if time.is_valid]
    assert len(dated) == 5
    assert all(since <= time < until for time in dated)
    assert census.undated == len(times) - len(dated) > 0
    assert found.total() == len(times)


def test_the_listing_counts_every_event_by_class_and_day(store):
    held = listing(store)
    assert sum(one.events for one in held) == stored(store).total()
    assert {one.source for one in held} == {"windows/sysmon", "windows/security"}
    assert any(one.day is None for one in held)
    assert all(one.bytes > 0 for one in held)


def test_only_the_columns_wanted_are_read(store):
    reading = Reading({"windows/*": frozenset({"Image"})})
    names = {name for block in read(store, reading, Census()) for name in block.batch.schema.names if name[0] != "@"}
    assert names == {"Image"}


def test_text_is_rebuilt_from_the_fields_where_rules_ask_for_it(store):
    reading = Reading({}, text=frozenset({"windows/sysmon"}))
    for one in read(store, reading, Census()):
        if one.event_class.source == "windows/sysmon":
            assert all("--été" in text for text in one.batch.column("@text").to_pylist())
        else:
            assert "@text" not in one.batch.schema.names


def test_no_file_goes_while_somebody_reads(store):
    with kept_still(store), pytest.raises(InputError, match="reading this store"):
        compact(store, Census())


def _foreign(path):
    pq.write_table(pa.table({"a": [1]}), path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"PAR1 not at all"), "not the file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "not the file"),
        (lambda path: path.unlink(), "missing"),
        (_foreign, "not the file"),
    ],
)
def test_a_file_that_is_not_what_was_written_is_told_with_its_place(store, spoil, said):
    before = stored(store)
    part = parts(store)[1]
    spoil(store / part.path)
    census = Census()
    rows = sum(block.batch.num_rows for block in read(store, EVERYTHING, census))
    assert rows == before.total() - part.rows
    assert census.flawed == part.rows
    assert census.flaws[0].place == part.path
    assert said in census.flaws[0].problem


def test_no_byte_can_change_unseen(tmp_path):
    made = block({"Image": ["a" * 40, "é", "c"] * 30, "Data": [["x"], ["y", "z"], None] * 30}, [START] * 90)
    with writing(tmp_path):
        write([made], tmp_path, Census(), run="one")
    part = parts(tmp_path)[0]
    whole, path = (tmp_path / part.path).read_bytes(), tmp_path / part.path
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        with pytest.raises(Damaged, match="not the file"):
            part_of(tmp_path, part, None)


def test_compaction_leaves_a_damaged_file_where_it_is_and_tells_it(store):
    part = parts(store)[1]
    (store / part.path).write_bytes(b"spoiled")
    census = Census()
    compact(store, census)
    assert census.flaws[0].place == part.path
    assert (store / part.path).read_bytes() == b"spoiled"


def test_a_damaged_manifest_stops_everything_with_its_place(store, tmp_path):
    path = next((store / "runs").glob("*.json"))
    path.write_bytes(b"{")
    with pytest.raises(InputError, match=path.name):
        list(read(store, EVERYTHING, Census()))
    with pytest.raises(InputError, match=path.name):
        add([tmp_path / "logs"], store)


def test_a_manifest_cannot_name_a_file_outside(store):
    path = next((store / "runs").glob("*.json"))
    path.write_text(path.read_text().replace("events/source", "../../../etc/source"))
    census = Census()
    list(read(store, EVERYTHING, census))
    assert census.flaws[0].problem == "not a file of this store"


def test_a_folder_that_is_no_store_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="not a store"):
        list(read(tmp_path, EVERYTHING, Census()))


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: f'{{"run":"one",{text}}}'.encode()))
def test_a_manifest_of_any_bytes_is_an_error_with_its_place(content):
    with tempfile.TemporaryDirectory() as name, writing(Path(name)):
        (Path(name) / "runs" / "one.json").write_bytes(content)
        with pytest.raises(InputError) as error:
            parts(Path(name))
        assert error.value.where == str(Path(name) / "runs" / "one.json")
