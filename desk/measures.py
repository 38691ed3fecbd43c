"""Ways to count time, all with the face of a `Calendar`: every hour, the desk's hours, working days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from desk.calendar import Calendar, CalendarNeverOpens, Span

_ZERO = timedelta()
_TICK = timedelta.resolution
_DAY = timedelta(days=1)
_DAY_TICKS = _DAY // _TICK


class Measure(Protocol):
    """A way to count time. Moments given are aware, moments returned are in UTC."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment at which *duration*, not negative, has passed since *start*.

        Raises CalendarNeverOpens where that moment never comes.
        """
        ...

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How much of it passes from *start* to a later *end*."""
        ...


class EveryHour:
    """Time as it passes, day and night."""

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """*start* and *duration*."""
        return start.astimezone(UTC) + duration

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The time between them."""
        return end - start


class WorkingDays:
    """Business time by the day: each working date, however short, is one day of 24 nominal hours.

    So N days end N working dates later at the same share of the day, which is the same time of day where the
    hours are alike, and a short day before a holiday moves nothing.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which so many working days have passed since *start*."""
        left = duration // _TICK
        for day in self._calendar.working_dates(start):
            spans = self._calendar.windows(day)
            behind = _share(spans, start)
            if left <= _DAY_TICKS - behind:
                moment = _moment(spans, behind + left)
                # Within a lunch break nothing more is behind than at its beginning.
                return moment if moment > start else self._calendar.add(start, _ZERO)
            left -= _DAY_TICKS - behind
        raise CalendarNeverOpens(f"no opening to add {duration} to after {start.isoformat()}")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """The working days from *start* to *end*, whole and in part."""
        ticks = 0
        for day in self._calendar.working_dates(start):
            spans = self._calendar.windows(day)
            if spans[0].start >= end:
                break
            ticks += _share(spans, end) - _share(spans, start)
        return ticks * _TICK


def _share(spans: Sequence[Span], moment: datetime) -> int:
    """How much of a working date is behind at *moment*, in ticks of a nominal day."""
    return _behind(spans, moment) * _DAY_TICKS // _length(spans)


def _behind(spans: Sequence[Span], moment: datetime) -> int:
    return sum((max(_ZERO, min(span.end, moment) - span.start) for span in spans), _ZERO) // _TICK


def _length(spans: Sequence[Span]) -> int:
    return sum((span.end - span.start for span in spans), _ZERO) // _TICK


def _moment(spans: Sequence[Span], share: int) -> datetime:
    """The earliest moment of a working date at which that much of it is behind."""
    # Rounded up, as `_share` rounds down: there and back again is the same moment.
    open_time = -(-share * _length(spans) // _DAY_TICKS) * _TICK
    for span in spans:
        if open_time <= span.end - span.start:
            return span.start + open_time
        open_time -= span.end - span.start
    raise AssertionError("a share is of the date it was taken from")
