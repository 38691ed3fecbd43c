"""Dates and times as agents type them: `25.11 14:00`, `25.11.2026 14.00`, `2026-11-25 14:00`."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_NUMBERS = r"(?P<{}>\d{{1,2}})"
_DAY_FIRST = rf"{_NUMBERS.format('day')}\.{_NUMBERS.format('month')}(?:\.(?P<year>\d{{4}}|\d{{2}}))?\.?"
_YEAR_FIRST = rf"(?P<year>\d{{4}})-{_NUMBERS.format('month')}-{_NUMBERS.format('day')}"
_TIME = rf"{_NUMBERS.format('hour')}[:.](?P<minute>\d{{2}})"
_PATTERNS = [re.compile(rf"{date},?\s+{_TIME}") for date in (_DAY_FIRST, _YEAR_FIRST)]


def parse_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment that a local date and time name, in UTC; None if *text* is none.

    Without a year it is the next such date from *now* on.
    """
    found = next((match for pattern in _PATTERNS if (match := pattern.fullmatch(text.strip()))), None)
    if found is None:
        return None
    numbers = {name: int(value) for name, value in found.groupdict().items() if value is not None}
    today = now.astimezone(zone)
    year = numbers.get("year")
    if year is not None and year < 100:
        year += 2000
    try:
        if year is not None:
            return _moment(numbers, year, zone)
        moment = _moment(numbers, today.year, zone)
        over = moment.astimezone(zone).date() < today.date()
        return _moment(numbers, today.year + 1, zone) if over else moment
    except (ValueError, OverflowError):
        return None


_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)


def parse_date(text: str) -> date | None:
    """The date that *text* names, with its year: `25.11.2026` or `2026-11-25`; None if it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    day, month, year = found.groups()[:3] if found[1] else reversed(found.groups()[3:])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _moment(numbers: dict[str, int], year: int, zone: ZoneInfo) -> datetime:
    wall = datetime(year, numbers["month"], numbers["day"], numbers["hour"], numbers["minute"], tzinfo=zone)
    return wall.astimezone(UTC)
