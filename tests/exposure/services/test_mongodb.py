import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart.exposure.protocols import Malformed, mongodb


def test_no_byte_at_all_is_no_answer():
    with pytest.raises(Malformed, match="no MongoDB message"):
        mongodb.read(b"")


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_or_malformed(data):
    try:
        read = mongodb.read(data)
    except Malformed:
        return
    assert isinstance(read, mongodb.Mongo)
