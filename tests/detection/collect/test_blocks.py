"""Blocks: whatever the pieces, the same events come out, in blocks of the agreed size and columns."""

from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pytest

from rempart.detection.census import Census
from rempart.detection.collect import blocks
from rempart.detection.collect.blocks import Blocks, pieces_of_frame
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import FILE, HOST, LENGTH, OFFSET, ORIGIN, TEXT, TIME, USER, EventClass, Reading

SYSMON = EventClass("windows/sysmon", "1")
SECURITY = (pl.lit("windows/security").alias("@source"), pl.lit("4688").alias("@code"))
READING = Reading({"windows/*": frozenset({"Image", "CommandLine"})})


def frame(rows: int, **columns: object) -> pl.DataFrame:
    made = {
        "@source": ["windows/sysmon"] * rows,
        "@code": ["1"] * rows,
        OFFSET: range(rows),
        LENGTH: [10] * rows,
        TIME: [datetime(2026, 1, 1, tzinfo=UTC)] * rows,
        **columns,
    }
    return pl.DataFrame(made, schema_overrides={TIME: pl.Datetime("us", "UTC")})


def gathered(frames, reading=READING, census=None):
    wanted = Wanted(reading)
    built = Blocks(wanted, census or Census())
    out = []
    for number, one in enumerate(frames):
        for piece in pieces_of_frame(one, f"file{number}", wanted):
            out.extend(built.add(piece))
    return [*out, *built.rest()]


def test_a_block_has_the_columns_of_origin_then_the_wanted_fields():
    [block] = gathered([frame(2, Image=["a", None], Other=["x", "y"], Computer=["PC1", "PC2"])])
    assert block.event_class == SYSMON
    assert block.batch.schema.names == [*ORIGIN, "Image"]
    assert {name: block.batch.schema.field(name).type for name in ORIGIN} == dict(ORIGIN)
    assert block.batch.column(HOST).to_pylist() == ["PC1", "PC2"]
    assert block.batch.column(FILE).to_pylist() == ["file0", "file0"]


def test_pieces_of_one_class_become_one_block_with_one_dictionary():
    [block] = gathered([frame(2, Image=["a", "b"]), frame(2, CommandLine=["x", None]), frame(1, Image=["b"])])
    assert block.batch.column("Image").to_pylist() == ["a", "b", None, None, "b"]
    assert block.batch.column("Image").dictionary.to_pylist() == ["a", "b"]
    assert block.batch.column("CommandLine").to_pylist() == [None, None, "x", None, None]


def test_a_list_in_one_piece_makes_the_field_a_list_in_the_block():
    one = frame(2, Image=[["a", "b"], None])
    [block] = gathered([frame(2, Image=["c", None]), one])
    assert block.batch.column("Image").type == pa.list_(pa.string())
    assert block.batch.column("Image").to_pylist() == [["c"], None, ["a", "b"], None]


def test_blocks_are_cut_by_rows_and_lose_nothing():
    census = Census()
    sizes = [30_000, 30_000, 90_000, 250_000, 1]
    out = gathered([frame(rows, Image=["a"] * rows) for rows in sizes], census=census)
    assert all(block.batch.num_rows <= blocks.MOST_ROWS for block in out)
    assert sum(block.batch.num_rows for block in out) == sum(sizes) == census.events[SYSMON]


def test_memory_stays_flat_when_classes_are_many(monkeypatch):
    monkeypatch.setattr(blocks, "PENDING_BYTES", 100_000)
    frames = [
        frame(10, Image=["x" * 1000 + str(n)] * 10).with_columns(pl.lit(str(n)).alias("@code")) for n in range(500)
    ]
    built, wanted, out = Blocks(Wanted(READING), Census()), Wanted(READING), 0
    for one in frames:
        for piece in pieces_of_frame(one, "f", wanted):
            out += sum(block.batch.num_rows for block in built.add(piece))
            assert built._total <= 100_000
    assert out + sum(block.batch.num_rows for block in built.rest()) == 5000


def test_text_is_kept_only_when_it_is_asked():
    one = frame(1, **{TEXT: ["a\nb"], "Image": ["a"]})
    [without] = gathered([one])
    [with_text] = gathered([one], Reading(READING.fields, text=frozenset({"windows/*"})))
    assert TEXT not in without.batch.schema.names
    assert with_text.batch.column(TEXT).to_pylist() == ["a\nb"]


def test_a_store_keeps_every_field():
    [block] = gathered([frame(1, Image=["a"], Other=["x"])], Reading({}, every_field=True))
    assert {"Image", "Other"} <= set(block.batch.schema.names)


def test_the_census_counts_events_the_undated_and_the_fields_seen():
    census = Census()
    gathered(
        [frame(3, Image=["a"] * 3).with_columns(pl.lit(None).cast(pl.Datetime("us", "UTC")).alias(TIME))], census=census
    )
    assert (census.events[SYSMON], census.undated) == (3, 3)
    assert census.seen == {"windows/sysmon": {"Image"}}


@pytest.mark.parametrize(
    ("user", "target", "told"), [("a", "b", "a"), ("-", "b", "b"), ("", "\x00", None), (None, "b", "b")]
)
def test_the_account_is_the_first_field_that_says_something(user, target, told):
    [block] = gathered([frame(2, SubjectUserName=[user, "z"], TargetUserName=[target, None]).with_columns(SECURITY)])
    assert block.batch.column(USER).to_pylist() == [told, "z"]
