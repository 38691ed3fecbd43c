"""Business time: the desk's windows of local wall time, converted to UTC and summed.

Going by UTC makes daylight saving, short days, lunch breaks and holidays come out right without a case of
their own: an hour of the desk is always an hour that passed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

from desk.hours import DAY_MINUTES, Hours, Window

_DAY = timedelta(days=1)
_ZERO = timedelta()
# Longer than any closure of a desk that works at all: the search for the next window stops here.
_LONGEST_CLOSURE = timedelta(days=2 * 366)
_FRIDAY = 4


class CalendarNeverOpens(ValueError):
    """There is no opening left to count on: the calendar has no windows, or none for two years."""


class Span(NamedTuple):
    """A stretch of opening as two moments in UTC, open from `start` up to but without `end`."""

    start: datetime
    end: datetime


class Calendar:
    """The business time of a desk. Every moment given is aware, every moment returned is in UTC.

    A wall time that the clocks skip is read with the offset before the change, one that they repeat is its
    first occurrence. Raises ValueError for a moment without a zone.
    """

    def __init__(self, hours: Hours, zone: str) -> None:
        self._hours = hours
        self._zone = ZoneInfo(zone)
        self._holidays = _holidays_of(hours.holidays) if hours.holidays else None
        self._spans: dict[date, tuple[Span, ...]] = {}
        self._last_open_date = max(hours.open, default=date.min)

    def windows(self, day: date) -> tuple[Span, ...]:
        """The openings of a local date, in order and apart; none on a closed day."""
        spans = self._spans.get(day)
        if spans is None:
            spans = self._spans[day] = tuple(self._convert(day))
        return spans

    def knows_moved_days(self, year: int) -> bool:
        """Whether the days off that a government moves each year by decree are known for this year."""
        if self._holidays is None or not self._holidays.has_substituted_holidays:
            return True
        if not (self._hours.moved_days_off or self._hours.work_on_moved_days):
            return True
        return bool(_moved_days_off(self._holidays.country, year))

    def is_open(self, at: datetime) -> bool:
        """Whether the desk works at this moment."""
        moment = _utc(at)
        return any(span.start <= moment < span.end for span in self._near(moment))

    def next_opening(self, at: datetime) -> datetime | None:
        """*at* itself while the desk is open, else when it opens next; None if it never does."""
        moment = _utc(at)
        for span in self._from(moment):
            return max(span.start, moment)
        return None

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """When *duration* of business time has passed since *start*.

        The earliest such moment, so an hour before closing plus an hour is the closing, not the next opening;
        nothing added to a closed moment is the next opening. Raises CalendarNeverOpens, and ValueError for a
        negative duration.
        """
        if duration < _ZERO:
            raise ValueError("business time can only be added")
        moment, left = _utc(start), duration
        for span in self._from(moment):
            begin = max(span.start, moment)
            if left <= span.end - begin:
                return begin + left
            left -= span.end - begin
        raise CalendarNeverOpens(f"no opening to add {duration} to after {moment.isoformat()}")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The business time from *start* to *end*; negative where *end* is the earlier one."""
        first, last = _utc(start), _utc(end)
        if last < first:
            return -self.elapsed(last, first)
        total = _ZERO
        day, until = self._local(first) - _DAY, self._local(last) + _DAY
        while day <= until:
            for span in self.windows(day):
                total += max(_ZERO, min(span.end, last) - max(span.start, first))
            day += _DAY
        return total

    def working_dates(self, at: datetime) -> Iterator[date]:
        """The local dates with an opening that ends after *at*, in order.

        They end before a closure longer than a desk can have.
        """
        moment = _utc(at)
        day = self._local(moment) - _DAY
        horizon = self._horizon(day)
        while day <= horizon:
            spans = self.windows(day)
            if spans and spans[-1].end > moment:
                yield day
                horizon = self._horizon(day)
            day += _DAY

    def _from(self, moment: datetime) -> Iterator[Span]:
        for day in self.working_dates(moment):
            yield from (span for span in self.windows(day) if span.end > moment)

    def _horizon(self, day: date) -> date:
        # The last date of all is left alone: its midnight to come is not a date any more.
        furthest = date.max - 2 * _DAY
        ahead = furthest if day > furthest - _LONGEST_CLOSURE else day + _LONGEST_CLOSURE
        return max(ahead, self._last_open_date) if any(self._hours.week) else self._last_open_date

    def _near(self, moment: datetime) -> Iterator[Span]:
        # Where clocks change around midnight, a window may reach a moment that has another local date.
        day = self._local(moment)
        for near in (day - _DAY, day, day + _DAY):
            yield from self.windows(near)

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _convert(self, day: date) -> Iterator[Span]:
        """The wall times of a date as UTC.

        An hour or a date that the clocks skip may push a window into what follows it: cutting each at the one
        before and at midnight counts no moment twice.
        """
        walls = self._wall(day)
        if not walls:
            return
        free_from, midnight = self._moment(day, 0), self._moment(day, DAY_MINUTES)
        for window in walls:
            start = max(self._moment(day, window.start), free_from)
            end = min(self._moment(day, window.end), midnight)
            if start < end:
                yield Span(start, end)
                free_from = end

    def _wall(self, day: date) -> tuple[Window, ...]:
        hours = self._hours
        if day in hours.open:
            return hours.open[day]
        if day in hours.closed:
            return ()
        if self._holidays is not None:
            if day in self._holidays and (hours.moved_days_off or not self._is_moved(day)):
                return ()
            if hours.work_on_moved_days and day in self._holidays.weekend_workdays:
                return hours.week[_FRIDAY]
        return hours.week[day.weekday()]

    def _is_moved(self, day: date) -> bool:
        assert self._holidays is not None
        return day in _moved_days_off(self._holidays.country, day.year)

    def _moment(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, DAY_MINUTES)
        wall = datetime.combine(day + days * _DAY, time(rest // 60, rest % 60), self._zone)
        return wall.astimezone(UTC)


@cache
def _holidays_of(country: str) -> holidays.HolidayBase:
    """The public holidays of a country; years are worked out as they are asked for, which is slow."""
    return holidays.country_holidays(country)


@cache
def _moved_days_off(country: str, year: int) -> frozenset[date]:
    """The days off of a year that are no holidays but moved by decree; the package tells by their names."""
    known = holidays.country_holidays(country, years=year, language="en_US")
    return frozenset(day for day in known if all("substituted" in name for name in known.get_list(day)))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
