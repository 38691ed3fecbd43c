"""Until when a ticket may be put off by a button: dates in the desk's hours, never in the night."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from desk.calendar import Calendar

_DAY = timedelta(days=1)
_MORNING = time(9)
_MONDAY = 0


class Until(StrEnum):
    """What can be chosen."""

    NEXT_DAY = "1"
    """The next working day; of a desk that publishes no hours, tomorrow."""
    THIRD_DAY = "3"
    """The third working day after today."""
    NEXT_WEEK = "7"
    """The first working day from next Monday on."""
    OPEN = "0"
    """No date: until an agent takes it up again."""


def until(choice: Until, calendar: Calendar | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment in UTC that a choice made *now* stands for; None for no date.

    It is nine in the morning of that day on the desk's wall clock, or where the desk is closed then its first
    opening of the day. *calendar* is None where every day counts.
    """
    today = now.astimezone(zone).date()
    match choice:
        case Until.OPEN:
            return None
        case Until.NEXT_DAY:
            first, number = today + _DAY, 1
        case Until.THIRD_DAY:
            first, number = today + _DAY, 3
        case Until.NEXT_WEEK:
            first, number = today + (7 - today.weekday() + _MONDAY) * _DAY, 1
    days = list(islice(_days(first, calendar, zone), number))
    # Without working days to come the desk is at an end, and a plain day is as good as any.
    day = days[-1] if len(days) == number else first + (number - 1) * _DAY
    return _morning(day, calendar, zone)


def _days(first: date, calendar: Calendar | None, zone: ZoneInfo) -> Iterator[date]:
    if calendar is not None:
        yield from calendar.working_dates(datetime.combine(first, time(0), zone).astimezone(UTC))
        return
    while True:
        yield first
        first += _DAY


def _morning(day: date, calendar: Calendar | None, zone: ZoneInfo) -> datetime:
    morning = datetime.combine(day, _MORNING, zone).astimezone(UTC)
    spans = () if calendar is None else calendar.windows(day)
    if not spans or any(span.start <= morning < span.end for span in spans):
        return morning
    return spans[0].start
