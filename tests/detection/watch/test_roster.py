"""Who answers, and when nobody does: weeks, nights, holidays, replacements, and the two nights when clocks move."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rempart.detection.watch.roster import Roster, french_holidays, open_roster
from rempart.measurement.errors import InputError

PARIS = ZoneInfo("Europe/Paris")
SAMPLE = Path(__file__).parents[3] / "deploy" / "roster.toml"
PEOPLE = [{"id": "a", "name": "A", "mail": "a@valmont.example"}, {"id": "b", "name": "B"}]


def roster(*periods, **more):
    return Roster(person=PEOPLE, period=list(periods), **more)


def names(found, *moment):
    return [person.id for person in found.on_call(datetime(*moment, tzinfo=PARIS))]


def test_nights_belong_to_the_day_they_begin():
    found = roster({"days": ["fri"], "from": "18:00", "to": "08:00", "people": ["a"]})
    assert names(found, 2026, 11, 27, 17, 59) == []
    assert names(found, 2026, 11, 27, 18, 0) == ["a"]
    assert names(found, 2026, 11, 28, 7, 59) == ["a"]
    assert names(found, 2026, 11, 28, 8, 0) == []


def test_people_take_turns_by_week():
    found = roster({"turn": [["a", "b"], ["b"]], "turn_from": "2026-01-05"})
    assert names(found, 2026, 1, 6, 12) == ["a", "b"]
    assert names(found, 2026, 1, 12, 12) == ["b"]
    assert names(found, 2026, 1, 19, 12) == ["a", "b"]


def test_a_replacement_answers_in_place_of_the_absent():
    away = {"absent": "a", "by": "b", "from": "2026-12-24T18:00:00", "to": "2026-12-28T08:00:00"}
    found = roster({"people": ["a"]}, replacement=[away])
    assert names(found, 2026, 12, 24, 17, 59) == ["a"]
    assert names(found, 2026, 12, 25, 12) == ["b"]
    assert names(found, 2026, 12, 28, 8) == ["a"]


def test_a_holiday_follows_the_holiday_periods_only():
    found = roster(
        {"days": ["mon", "tue", "wed", "thu", "fri"], "people": ["a"]}, {"days": ["holiday"], "people": ["b"]}
    )
    assert names(found, 2026, 7, 14, 12) == ["b"]
    assert names(found, 2026, 7, 15, 12) == ["a"]


def test_holidays_are_those_of_the_law():
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25), date(2026, 11, 11)} <= french_holidays(2026)
    assert date(2027, 3, 29) in french_holidays(2027)
    assert all(len(french_holidays(year)) in {10, 11} for year in range(2000, 2100))


def test_gaps_are_told_to_the_minute():
    found = roster({"from": "08:00", "to": "18:30", "people": ["a"]})
    start = datetime(2026, 11, 24, tzinfo=PARIS)
    gaps = found.gaps(start, start + timedelta(days=1))
    told = [
        (gap.start.astimezone(PARIS).strftime("%H:%M"), gap.end.astimezone(PARIS).strftime("%H:%M")) for gap in gaps
    ]
    assert told == [("00:00", "08:00"), ("18:30", "00:00")]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_full_cover_has_no_gap_when_clocks_move(day):
    found = roster({"from": "08:00", "to": "18:00", "people": ["a"]}, {"from": "18:00", "to": "08:00", "people": ["b"]})
    start = datetime(day.year, day.month, day.day, tzinfo=PARIS) - timedelta(days=2)
    assert found.gaps(start, start + timedelta(days=4)) == ()


def test_the_hour_that_comes_twice_is_a_gap_of_two_hours():
    found = roster({"from": "03:00", "to": "02:00", "people": ["a"]})
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    (gap,) = found.gaps(start, start + timedelta(hours=12))
    assert gap.end - gap.start == timedelta(hours=2)


def test_gaps_agree_with_asking_every_minute():
    found = roster(
        {"days": ["sat", "sun"], "from": "09:30", "to": "01:15", "people": ["a"]},
        {"days": ["sun", "mon"], "from": "00:45", "to": "23:10", "people": ["b"]},
    )
    start = datetime(2026, 10, 23, 12, tzinfo=UTC)
    minutes = [start + timedelta(minutes=number) for number in range(5 * 1440)]
    empty = {minute for minute in minutes if not found.on_call(minute)}
    gaps = found.gaps(start, start + timedelta(days=5))
    assert empty == {minute for minute in minutes if any(gap.start <= minute < gap.end for gap in gaps)}


def test_the_sample_is_covered_around_the_clock_for_a_year():
    start = datetime(2026, 11, 24, tzinfo=UTC)
    assert open_roster(SAMPLE).gaps(start, start + timedelta(days=366)) == ()


def test_mistakes_are_told_with_their_place(tmp_path):
    path = tmp_path / "roster.toml"
    path.write_text('[[person]]\nid = "a"\nname = "A"\n[[period]]\npeople = ["b"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="nobody is called b"):
        open_roster(path)
