"""The next twelve months of a desk's calendar, as `talon check` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date
from rich.table import Table

from desk.calendar import Calendar, Span
from desk.profile import Profile

_DAY = timedelta(days=1)
_MONTHS = 12


def clock(minutes: int) -> str:
    """A wall time, in minutes after midnight."""
    return f"{minutes // 60}:{minutes % 60:02}"


def unknown_years(profile: Profile, today: date) -> list[int]:
    """The years among these months whose moved days are not known yet."""
    years = sorted({first.year for first in _firsts(today)})
    calendar = profile.calendar
    return [] if calendar is None else [year for year in years if not calendar.knows_moved_days(year)]


def months(profile: Profile, calendar: Calendar, today: date) -> Table:
    """The next twelve months: the hours open in each, and the days that differ from an ordinary week."""
    table = Table("Month", "Hours open", "Days that differ from the week", title="The next twelve months")
    for first in _firsts(today):
        days = [first + number * _DAY for number in range((_following(first) - first).days)]
        opened = sum((span.end - span.start for day in days for span in calendar.windows(day)), timedelta())
        table.add_row(
            format_date(first, "LLLL yyyy", locale="en"),
            f"{opened.total_seconds() / 3600:g}",
            ", ".join(_exceptions(profile, calendar, days)) or "none",
        )
    return table


def _firsts(today: date) -> Iterator[date]:
    """The first days of the twelve months, this one included."""
    first = today.replace(day=1)
    for _ in range(_MONTHS):
        yield first
        first = _following(first)


def _following(first: date) -> date:
    return (first + 32 * _DAY).replace(day=1)


def _exceptions(profile: Profile, calendar: Calendar, days: list[date]) -> Iterator[str]:
    assert profile.hours is not None
    for day in days:
        usual = profile.hours.week[day.weekday()]
        now = [_wall(span, profile) for span in calendar.windows(day)]
        if now != [(window.start, window.end) for window in usual]:
            name = format_date(day, "d MMM (EEE)", locale="en")
            yield f"{name} {', '.join(f'{clock(a)}–{clock(b)}' for a, b in now) or 'closed'}"


def _wall(span: Span, profile: Profile) -> tuple[int, int]:
    start, end = (moment.astimezone(profile.timezone) for moment in span)
    until = end.hour * 60 + end.minute
    return start.hour * 60 + start.minute, until if end.date() == start.date() else 24 * 60


def today_at(profile: Profile) -> date:
    """The date in the desk's zone."""
    return datetime.now(UTC).astimezone(profile.timezone).date()
