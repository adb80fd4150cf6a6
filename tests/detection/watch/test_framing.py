"""Messages out of a stream: both framings of syslog, RELP, whatever the cuts and the bytes."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.watch.framing import Frame, Relp, Syslog, one_line

TEXT = st.binary(min_size=1, max_size=40).map(lambda each: b"<13>" + each.replace(b"\n", b"").rstrip(b"\r\0"))


def cut(whole: bytes, places: list[int]) -> list[bytes]:
    marks = sorted({0, len(whole), *(place % (len(whole) + 1) for place in places)})
    return [whole[start:end] for start, end in pairwise(marks)]


@given(st.lists(st.tuples(TEXT, st.booleans())), st.lists(st.integers(0, 10**6)))
def test_both_framings_of_rfc_6587_may_alternate_and_be_cut_anywhere(messages, places):
    whole = b"".join(b"%d %s" % (len(text), text) if counted else text + b"\n" for text, counted in messages)
    framing = Syslog(1000)
    found = [message for part in cut(whole, places) for message in framing.feed(part)]
    assert found == [text for text, _ in messages]
    assert framing.dropped == 0


def test_a_line_that_begins_by_digits_is_a_line():
    framing = Syslog(1000)
    assert framing.feed(b"2026-11-24 03:12 failed\n12 monkeys\n") == [b"2026-11-24 03:12 failed", b"12 monkeys"]


def test_a_message_too_long_is_dropped_whole_and_counted():
    framing = Syslog(10)
    assert framing.feed(b"20 <" + b"x" * 19 + b"3 <ab") == [b"<ab"]
    assert framing.feed(b"y" * 50) == []
    assert framing.feed(b"y" * 50 + b"\nshort\n") == [b"short"]
    assert framing.dropped == 2


def test_the_last_line_without_its_line_feed_is_kept_when_the_stream_ends():
    framing = Syslog(100)
    assert framing.feed(b"whole\nlast") == [b"whole"]
    assert framing.end() == [b"last"]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_any_bytes_give_messages_or_are_dropped_within_bounds(parts):
    syslog, relp = Syslog(64), Relp(64)
    for part in parts:
        assert all(0 < len(message) <= 65 for message in syslog.feed(part))
        assert len(syslog._rest) <= 64 + 300 + 12
        assert all(len(frame.data) <= 64 for frame in relp.feed(part))
    syslog.end()


@given(st.lists(st.binary(max_size=30), max_size=5), st.lists(st.integers(0, 10**6)))
def test_relp_frames_may_hold_anything_and_be_cut_anywhere(messages, places):
    whole = b"".join(b"%d syslog %d %s\n" % (n, len(m), m) for n, m in enumerate(messages, 1))
    framing = Relp(100)
    found = [frame for part in cut(whole, places) for frame in framing.feed(part)]
    assert found == [Frame(n, "syslog", m) for n, m in enumerate(messages, 1)]
    assert not framing.broken


def test_a_frame_that_lies_on_its_length_breaks_the_stream():
    framing = Relp(100)
    assert framing.feed(b"1 syslog 3 abcdef\n") == []
    assert framing.broken


def test_a_message_of_several_lines_is_one_line_as_rsyslog_writes_it():
    assert one_line(b"a\nb") == b"a#012b"
