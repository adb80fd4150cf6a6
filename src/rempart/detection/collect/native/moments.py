"""Moments as text, read to microseconds since 1970 (UTC)."""

from rempart.detection.collect.native.raw import byte, compiled

NO_MOMENT = -(1 << 63)
"""What could not be read as a moment."""
_SECOND = 1_000_000
_DAY = 86_400


@compiled
def _digits(data: int, at: int, end: int, count: int) -> int:
    """Return the number that exactly `count` digits write, -1 if they are not there."""
    if at + count > end:
        return -1
    number = 0
    for place in range(at, at + count):
        now = byte(data, place) - 0x30
        if now < 0 or now > 9:
            return -1
        number = number * 10 + now
    return number


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 of a date of the Gregorian calendar."""
    shifted = year - (1 if month <= 2 else 0)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@compiled
def _fraction(data: int, at: int, end: int) -> tuple[int, int]:
    """Return the microseconds that follow a point or a comma, and where they end."""
    micros, weight = 0, 100_000
    if at < end and (byte(data, at) == 0x2E or byte(data, at) == 0x2C):
        at += 1
        while at < end and 0x30 <= byte(data, at) <= 0x39:
            micros += (byte(data, at) - 0x30) * weight
            weight //= 10
            at += 1
    return micros, at


@compiled
def _zone(data: int, at: int, end: int) -> tuple[int, bool, bool]:
    """Return the seconds east of Greenwich that the end of a moment says, whether it says any, whether it is read."""
    if at < end and byte(data, at) == 0x20:
        at += 1
    if at == end:
        return 0, False, True
    now = byte(data, at)
    if (now == 0x5A or now == 0x7A) and at + 1 == end:
        return 0, True, True
    if end - at == 3 and now == 0x55 and byte(data, at + 1) == 0x54 and byte(data, at + 2) == 0x43:
        return 0, True, True
    if now != 0x2B and now != 0x2D:
        return 0, False, False
    hours = _digits(data, at + 1, end, 2)
    colon = at + 3 < end and byte(data, at + 3) == 0x3A
    minutes = _digits(data, at + (4 if colon else 3), end, 2)
    if hours < 0 or hours > 23 or at + (6 if colon else 5) < end or (minutes < 0 and at + 3 < end) or minutes > 59:
        return 0, False, False
    seconds = hours * 3600 + max(minutes, 0) * 60
    return (seconds if now == 0x2B else -seconds), True, True


@compiled
def _since_1970(data: int, start: int, end: int) -> int:
    """Return the moment a count of seconds, milli-, micro- or nanoseconds writes (10, 13, 16, 19 digits)."""
    at, number = start, 0
    while at < end and at - start < 19 and 0x30 <= byte(data, at) <= 0x39:
        number = number * 10 + (byte(data, at) - 0x30)
        at += 1
    micros, close = _fraction(data, at, end)
    if close != end:
        return NO_MOMENT
    size = at - start
    if size == 9 or size == 10:
        return number * _SECOND + micros
    if size == 12 or size == 13:
        return number * 1000
    if size == 16:
        return number
    return number // 1000 if size == 19 else NO_MOMENT


@compiled
def moment(data: int, start: int, end: int) -> tuple[int, bool]:
    """Return the moment that these bytes write, and whether they say their zone (a count since 1970 does).

    `2020-09-21 13:12:07`, `2020-09-21T13:12:07.123456789Z`, `...+02:00`, `...+0200`, and counts since 1970.
    """
    year, month, day = _digits(data, start, end, 4), _digits(data, start + 5, end, 2), _digits(data, start + 8, end, 2)
    if year < 0 or month < 1 or month > 12 or day < 1 or day > 31:
        return _since_1970(data, start, end), True
    between = byte(data, start + 4)
    if (between != 0x2D and between != 0x2F) or byte(data, start + 7) != between or end - start < 19:
        return NO_MOMENT, False
    hour, minute = _digits(data, start + 11, end, 2), _digits(data, start + 14, end, 2)
    second = _digits(data, start + 17, end, 2)
    separator = byte(data, start + 10)
    if separator != 0x20 and separator != 0x54 and separator != 0x74:
        return NO_MOMENT, False
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60 or year < 1:
        return NO_MOMENT, False
    micros, at = _fraction(data, start + 19, end)
    zone, told, read = _zone(data, at, end)
    if not read:
        return NO_MOMENT, False
    seconds = _days(year, month, day) * _DAY + hour * 3600 + minute * 60 + second - zone
    return seconds * _SECOND + micros, told
