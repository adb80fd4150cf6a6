from hypothesis import given
from hypothesis import strategies as st

from rempart.detection.alerts.result import to_json
from tests.detection.alerts import night
from tools.fuzz_incidents import attempt

WHOLE = to_json(night.result()).encode()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_their_place(tmp_path_factory, content):
    attempt(content, tmp_path_factory.mktemp("any") / "x")


@given(st.integers(0, len(WHOLE)), st.binary(max_size=8))
def test_a_result_cut_or_altered_anywhere_is_read_or_refused(tmp_path_factory, place, altered):
    content = WHOLE[:place] + altered + WHOLE[place + len(altered) :]
    attempt(content, tmp_path_factory.mktemp("cut") / "x")
