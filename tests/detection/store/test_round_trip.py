"""What is written comes back: any text, lists, explicit nulls, empty texts, absent fields, any name."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.detection.alerts.alert import Reference
from rempart.detection.census import Census
from rempart.detection.events import NULL, EventClass
from rempart.detection.store.layout import hour_of, part_path
from rempart.detection.store.lookup import event
from rempart.detection.store.manifest import writing
from rempart.detection.store.reading import read
from rempart.detection.store.upkeep import compact
from rempart.detection.store.writing import write
from tests.detection.store.made import EVERYTHING, START, block, rows

texts = st.one_of(st.text(max_size=6), st.sampled_from(("", NULL, "été", "😀", "a\x00b", "4624")))
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8).filter(lambda name: name[0] != "@")
moments = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
classes = st.builds(EventClass, st.text(st.characters(exclude_categories=("Cs",)), max_size=80), st.text(max_size=4))


@st.composite
def blocks(draw):
    count = draw(st.integers(1, 12))
    single = st.lists(st.none() | texts, min_size=count, max_size=count)
    several = st.lists(st.none() | st.lists(texts, max_size=3), min_size=count, max_size=count)
    fields = draw(st.dictionaries(names, single | several, max_size=4))
    times = draw(st.lists(moments, min_size=count, max_size=count))
    return block(fields, times, draw(classes))


def told(found):
    """Rows of blocks, a list of one value and that value being the same thing, like a list of none and nothing."""
    kept = {}
    for (event_class, cells), count in rows(found).items():
        flat = tuple(
            sorted((name, value.removeprefix("[").removesuffix("]")) for name, value in cells if value != "[]")
        )
        kept[event_class, flat] = kept.get((event_class, flat), 0) + count
    return kept


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(blocks(), min_size=1, max_size=3))
def test_events_come_back_as_they_were_before_and_after_compaction(made):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, one in enumerate(made):
            with writing(folder):
                write([one], folder, Census(), run=f"run{number}")
        census = Census()
        assert told(read(folder, EVERYTHING, census)) == told(made)
        compact(folder, census)
        assert told(read(folder, EVERYTHING, census)) == told(made)
        assert not census.flaws


def test_one_event_comes_back_whole(tmp_path):
    made = block({"Image": ["a", NULL, None], "Data": [["x", "y"], [], None], "Empty": ["", "", ""]}, [START] * 3)
    with writing(tmp_path):
        write([made], tmp_path, Census(), run="one")
    assert event(tmp_path, Reference("a.jsonl", 0, 100)) == {"Image": "a", "Data": ("x", "y"), "Empty": ""}
    assert event(tmp_path, Reference("a.jsonl", 100, 100)) == {"Image": NULL, "Data": (), "Empty": ""}
    assert event(tmp_path, Reference("a.jsonl", 200, 100)) == {"Empty": ""}
    assert event(tmp_path, Reference("b.jsonl", 0, 100)) == {}


def test_any_name_of_a_class_is_a_folder_inside_the_store():
    for source, code in (("..", "../../etc"), ("a/b", ""), ("é" * 300, "x" * 300), ("a", "\x00")):
        path = Path(part_path(EventClass(source, code), (), "r-0"))
        assert len(path.parts) == 4
        assert ".." not in path.parts
        assert all(len(part.encode()) < 256 for part in path.parts)


def test_two_long_names_that_begin_alike_are_two_folders():
    one, other = (part_path(EventClass("a" * 300 + end, ""), (), "r-0") for end in "xy")
    assert one != other


def test_an_hour_that_no_calendar_has_is_the_nearest():
    assert hour_of(10**12).year == 9999
    assert hour_of(-(10**12)).year == 1
