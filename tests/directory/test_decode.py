import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.directory.attributes import DECODERS, Attribute
from rempart.directory.decode import HUGE, decode
from tests.directory.maker import sid_bytes

LIKELY = {
    "text": st.text(max_size=8).map(str.encode),
    "integer": st.integers(-(2**66), 2**66).map(lambda number: str(number).encode()),
    "boolean": st.sampled_from([b"TRUE", b"false", b"1", b"0", b"yes"]),
    "filetime": st.integers(-5, 2**63).map(lambda number: str(number).encode()),
    "time": st.datetimes().map(lambda moment: moment.strftime("%Y%m%d%H%M%S.0Z").encode())
    | st.sampled_from([b"20240230120000.0Z", b"2024", b"20240131120000Z", b"20240131120000.5z", b"20240131120060Z"]),
    "interval": st.integers(-(2**63), 5).map(lambda number: str(number).encode()),
    "sid": st.sampled_from([sid_bytes("S-1-5-18"), sid_bytes("S-1-5-21-1-2-3-4294967295"), b"\1\0\0\0\0\0\0\5"])
    | st.binary(min_size=8, max_size=30).map(lambda raw: b"\1" + raw),
    "guid": st.binary(min_size=16, max_size=16),
    "octets": st.binary(max_size=8),
}
ODD = st.sampled_from([b"", b" 5", b"+5", b"1_0", b"1e3", b"0x5", "٣".encode(), b"\xff", b"5\0", b"-", b"1.0"])


def exact(kind: str, raw: bytes) -> tuple[object, bool]:
    try:
        value = DECODERS[kind](raw)
    except (ValueError, OverflowError):
        return None, True
    too_big = isinstance(value, int) and not -(2**63) <= value < 2**63
    return (None, True) if too_big else (value, False)


@pytest.mark.parametrize("kind", sorted(DECODERS))
@given(data=st.data())
def test_a_column_decodes_as_its_values_do(kind, data):
    values = data.draw(st.lists(LIKELY[kind] | ODD | st.binary(max_size=20), max_size=6))
    decoded, broken = decode(Attribute("cn", kind, many=False), values)
    expected = [exact(kind, raw) for raw in values]
    assert decoded.to_list() == [value for value, _ in expected]
    assert [place for place, _ in broken] == [place for place, (_, wrong) in enumerate(expected) if wrong]


def test_a_value_no_server_sends_is_broken_whatever_its_kind():
    values = [b"x" * (HUGE + 1), b"x"]
    for kind in ("text", "octets"):
        decoded, broken = decode(Attribute("cn", kind, many=False), values)
        assert decoded.is_null().to_list() == [True, False]
        assert broken == [(0, f"OverflowError: value of {HUGE + 1} bytes")]


def test_lists_decode_to_the_inner_type():
    decoded, broken = decode(Attribute("sIDHistory", "sid", many=True), [sid_bytes("S-1-5-32-544")])
    assert (decoded.dtype, decoded.to_list(), broken) == (pl.String, ["S-1-5-32-544"], [])
