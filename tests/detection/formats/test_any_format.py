"""What holds for every format: recognised as itself, the same events whatever the chunks, any bytes read or counted."""

import io
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart.detection.census import Census
from rempart.detection.collect.blocks import Blocks
from rempart.detection.collect.kinds import Chunk, formats, recognise
from rempart.detection.collect.wanted import Wanted
from rempart.detection.events import OFFSET
from tests.detection.formats.reading import ALL, opened, read
from tests.detection.formats.samples import AUDIT, COUNTED, CSV, IIS, SAMPLES

EACH = [
    pytest.param(name, data, id=f"{name}{number}") for name, many in SAMPLES.items() for number, data in enumerate(many)
]
NAMES = [*SAMPLES, "lines"]


@pytest.mark.parametrize(("name", "data"), EACH)
def test_a_sample_is_recognised_as_itself(name, data):
    assert recognise(data, "journal.log") == name


@pytest.mark.parametrize(("name", "data"), EACH)
def test_what_a_windows_machine_wrote_is_recognised_too(name, data):
    assert recognise(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), "journal.log") == name


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"bonjour\ntout le monde\n", b"\x00\x01\x02\xff" * 50, b"a=b\n", b"MZ\x90\x00\x03"]
)
def test_what_is_none_of_them_is_not_recognised(data):
    assert recognise(data, "journal.log") is None


@pytest.mark.parametrize(("name", "data"), EACH)
def test_every_event_is_dated_and_led_back_to_its_bytes(name, data):
    rows, census = read(name, data)
    assert census.flawed == 0
    for row in rows:
        if b"sans date" not in data:
            assert row.get("@time") is not None or name == "csv", row
        place = data[row[OFFSET] : row[OFFSET] + row["@length"]]
        assert len(place) == row["@length"] > 0
        assert place.strip(b"\r\n") == place


@pytest.mark.parametrize("size", [300, 700, 1500])
@pytest.mark.parametrize(("name", "data"), EACH)
def test_the_size_of_the_chunks_changes_nothing(name, data, size):
    whole, _ = read(name, data)
    assert read(name, data, size=size)[0] == whole
    assert len(whole) >= len(data.splitlines()) / 4


@pytest.mark.parametrize(("name", "data"), EACH)
def test_blocks_take_every_piece(name, data):
    reader, census = opened(name, data), Census()
    blocks = Blocks(Wanted(ALL), census)
    pieces = [*reader.read(Chunk(0, data, last=True)), *reader.finish()]
    made = [block for piece in pieces for block in blocks.add(piece)] + list(blocks.rest())
    assert sum(block.batch.num_rows for block in made) == sum(piece.batch.num_rows for piece in pieces)


def mutations():
    """Bytes near those of a sample: cut, repeated, with strange bytes inside."""
    strange = st.sampled_from(
        [b"\x00", b"\xff", b"\n", b'"', b"\\", b"=", b" ", b"\xc3", b"|", b"<", b";", b"'", b"\r", b"9" * 30, b"["]
    )
    samples = st.sampled_from([data for many in SAMPLES.values() for data in many])

    @st.composite
    def mutated(draw):
        data = bytearray(draw(samples)[:1500])
        for _ in range(draw(st.integers(1, 8))):
            at = draw(st.integers(0, len(data)))
            data[at : at + draw(st.integers(0, 40))] = draw(strange)
        return bytes(data)

    return mutated() | st.binary(max_size=300)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=mutations())
def test_any_bytes_are_events_or_flaws(name, data):
    rows, _ = read(name, data)
    whole, _ = read(name, data, size=256)
    places = {(row[OFFSET], row["@length"]) for row in rows}
    assert all(0 <= offset <= offset + length <= len(data) for offset, length in places)
    if (
        name not in {"csv", "syslog", "auditd", "w3c"} or len(data) < 256
    ):  # these remember, and hostile bytes may mislead
        assert [row[OFFSET] for row in whole] == [row[OFFSET] for row in rows]


HOSTILE = {
    "one long line": b"a" * 3_000_000,
    "long line of pairs": b"k=v " * 500_000,
    "long line of quotes": b'"' * 1_000_000 + b"\n" + b'a="' * 300_000,
    "backslashes": b"\\" * 1_000_000,
    "nested brackets": b"<34>1 2026-11-24T18:47:38Z h a p m " + b"[a" * 300_000,
    "spaces": b"<34>Nov 24 18:47:38 h a: " + b" " * 1_000_000 + b"x",
    "invalid UTF-8": b"\xff\xfe\xc3" * 300_000,
    "NULs": b"\x00" * 1_000_000 + b"\n" + b"\x00\n" * 1000,
    "empty lines": b"\n" * 1_000_000,
    "new keys everywhere": b"\n".join(b"k%d=1 l%d=2 m%d=3" % (n, n, n) for n in range(20_000)),
    "new programs everywhere": b"\n".join(b"<34>Nov 24 18:47:38 h p%d: x" % n for n in range(5_000)),
    "new headers everywhere": b"\n".join(b"#Fields: a%d b\n1 2" % n for n in range(3_000)),
    "digits": b"9" * 1_000_000,
    "separators": b";" * 200_000,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_read_in_bounded_time_and_few_classes(name, what):
    reader = opened(name, HOSTILE[what])
    pieces = [*reader.read(Chunk(0, HOSTILE[what], last=True)), *reader.finish()]
    assert len({piece.event_class for piece in pieces}) <= 210


@pytest.mark.parametrize("name", ["syslog", "access", "squid", "pairs", "cef", "daemon", "lines"])
def test_a_file_may_be_shared_between_readers_at_the_start_of_a_line(name):
    data = SAMPLES.get(name, SAMPLES["pairs"])[0]
    stream = io.BytesIO(data)
    starts = {formats()[name].next_start(stream, place, data) for place in range(1, len(data))}
    lines = {place + 1 for place, byte in enumerate(data) if byte == ord("\n")}
    assert starts - {None} == lines


def test_a_file_whose_lines_need_each_other_is_not_shared():
    for name, data in (("auditd", AUDIT), ("syslog", COUNTED), ("csv", CSV), ("w3c", IIS)):
        assert formats()[name].next_start(io.BytesIO(data), 10, data) is None


def test_memory_is_bounded_by_what_is_kept_not_by_what_is_written():
    wide = b"#Fields: a b\n" + b"x " * 4_000_000
    tracemalloc.start()
    reader = opened("w3c", wide)
    pieces = [*reader.read(Chunk(0, wide, last=True))]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [piece.event_class.source for piece in pieces] == ["unknown"]
    assert peak < 8 * len(wide)
    assert any("cut" in flaw.problem for flaw in reader.opened.census.flaws)
